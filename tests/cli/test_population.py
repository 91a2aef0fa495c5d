"""The population command: sources of targets, checks without a draw, screeners, and people as files."""

import json

import pandas as pd
import pytest

from core.survey.codebook import Codebook
from tests.comparison.survey_factory import SMALL_CODEBOOK, small_survey


@pytest.fixture
def survey(core, tmp_path):
    """The id of a stored survey of 300 people."""
    data = small_survey(300)
    table = data.profiles.copy()
    for item in Codebook.from_dict(SMALL_CODEBOOK).items[:1]:
        table[item.column] = [item.answers[code] for code in data.answers[item.key]]
    table.to_csv(tmp_path / "small.csv", index=False)
    book = {**SMALL_CODEBOOK, "questions": SMALL_CODEBOOK["questions"][:1]}
    (tmp_path / "codebook.json").write_text(json.dumps(book))
    return core("import", tmp_path / "small.csv", "--codebook", tmp_path / "codebook.json")[1]["survey_id"]


def test_a_census_csv_and_published_figures_are_put_together(core, survey, tmp_path):
    targets = tmp_path / "census.csv"
    targets.write_text("variable,category,count\nArea,City,300\nArea,Country,100\n")
    out = tmp_path / "people.csv"
    code, found, err = core(
        "population", survey, "--size", 200, "--public", "us-2020-sex", "--marginals", targets, "--out", out
    )
    assert code == 0
    assert "U.S. Census Bureau" in err
    people = pd.read_csv(out, encoding="utf-8-sig")
    assert people["area"].value_counts().to_dict() == {"City": 150, "Country": 50}
    assert people["sex"].value_counts()["Female"] == 103  # 51.5 % of adults
    assert found["worst_margin_error"] < 0.5


def test_another_survey_gives_targets(core, survey):
    code, found, err = core("population", survey, "--size", 100, "--like", survey)
    assert code == 0
    assert "(unweighted)" in err
    assert found["weighting_efficiency"] > 0.95


def test_a_check_draws_nothing(core, survey, tmp_path):
    code, found, _ = core("population", survey, "--size", 100, "--check")
    assert (code, found["verdict"]) == (0, "good")
    targets = tmp_path / "t.json"
    targets.write_text('{"sex": {"Female": 100, "Male": 0}, "area": {"City": 0, "Country": 100}}')
    code, found, _ = core("population", survey, "--size", 100, "--check", "--marginals", targets)
    assert (code, found["verdict"]) == (0, "poor")


def test_a_screener_says_its_incidence_and_a_cap_holds(core, survey):
    code, found, err = core(
        "population", survey, "--size", 60, "--screen", "car=Yes", "--screen", "age=18-34|35-54", "--cap", 4
    )
    assert code == 0
    assert 0 < found["incidence"] < 1
    assert f"Incidence {found['incidence']:.1%} (car: Yes; age: 18-34 or 35-54)" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--screen", "car"], "column and its answers"),
        (["--screen", "car=Perhaps"], "does not exist"),
        (["--out", "people.xlsx"], "people.xlsx"),
        (["--cap", "0.5"], "cap"),
        (["--unseen", "0.9"], "unseen"),
    ],
)
def test_wrong_options_are_named(core, survey, options, says):
    code, found, _ = core("population", survey, "--size", 10, *options)
    assert code == 2
    assert says in found["error"]


def test_a_json_file_of_percentages_is_met(core, tea, tmp_path):
    file, codebook = tea
    _, survey, _ = core("import", file, "--codebook", codebook)
    targets = tmp_path / "marginals.json"
    targets.write_text('{"sex": {"Female": 80, "Male": 20}}', encoding="utf-8")
    code, population, _ = core("population", survey["survey_id"], "--size", 50, "--marginals", targets)
    assert code == 0
    assert population["worst_margin_error"] == pytest.approx(0)
    assert population["size"] == 50


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ('{"sex": {"Female": 0.8, "Male": 0.4}}', "120"),
        ('{"sex": {"Female": 0.5, "Other": 0.5}}', "Other"),
        ('{"age": {"18-29": 1}}', "age"),
        ("not json", "JSON"),
    ],
)
def test_targets_that_cannot_be_met_are_refused(core, tea, tmp_path, targets, says):
    file, codebook = tea
    _, survey, _ = core("import", file, "--codebook", codebook)
    (tmp_path / "marginals.json").write_text(targets, encoding="utf-8")
    code, answer, _ = core(
        "population", survey["survey_id"], "--size", 50, "--marginals", tmp_path / "marginals.json"
    )
    assert code == 2
    assert says in answer["error"]
