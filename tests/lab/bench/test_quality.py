"""Quality on a small published survey, with the real jobs; the gates by hand."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import NotFoundError
from core.lab.bench.published import Reference, load_published, published_surveys, reference_figures
from core.lab.bench.quality import BASELINES as METHODS
from core.lab.bench.quality import Quality, bench_quality, evaluate, subgroup_tv
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars

BASELINES = """
| survey | q | n test | marg NLL | LR | GB |
|---|---|---|---|---|---|
| tea_2020 | 2 | 100 | 0.700 | 0.600 | 0.610 |

| survey | KL | half | TV | one sampled answer each: KL / TV |
|---|---|---|---|---|
| tea_2020 | 0.0041 | 0.0187 | 0.066 | 0.0087 / 0.042 |
"""


@pytest.fixture
def published(tmp_path):
    """A survey of 300 in which area decides about tea."""
    folder = tmp_path / "tea_2020"
    folder.mkdir()
    rng = np.random.default_rng(0)
    city = rng.random(300) < 0.5
    tea = np.where(rng.random(300) < np.where(city, 0.9, 0.2), "Yes", "No")
    table = pd.DataFrame({"area": np.where(city, "City", "Village"), "tea": tea, "w": 1 + city})
    table.to_csv(folder / "clean.csv", index=False)
    split = np.repeat(["train", "validation", "test"], [180, 40, 80])
    pd.DataFrame({"row": np.arange(300), "split": split}).to_csv(folder / "split_seed0.csv", index=False)
    book = {
        "title": "Tea",
        "weight_column": "w",
        "demographics": [{"column": "area", "options": ["City", "Village"]}],
        "questions": [{"column": "tea", "text": "Tea?", "type": "single", "options": ["Yes", "No"]}],
    }
    (folder / "codebook.json").write_text(json.dumps(book))
    (tmp_path / "BASELINES.md").write_text(BASELINES)
    return tmp_path


def test_a_published_survey_keeps_its_split_and_loses_its_weights(published):
    data = load_published(published / "tea_2020")
    assert [len(data.part(name)) for name in ("train", "validation", "test")] == [180, 40, 80]
    assert (data.weights == 1).all()


REFERENCE = Reference(
    {"training_marginals": 0.7, "logistic_regression": 0.6, "gradient_boosting": 0.61}, 0.0087
)


def test_reference_figures_are_read_from_their_tables(published):
    assert reference_figures(published) == {"tea_2020": REFERENCE}
    assert reference_figures(published / "tea_2020") == {}


def test_without_surveys_the_folder_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="no surveys with a codebook"):
        next(bench_quality(tmp_path))


def test_an_unknown_survey_is_answered_with_the_known_ones(published):
    with pytest.raises(NotFoundError, match=r"coffee.*Use one of: tea_2020"):
        published_surveys(published, ("tea_2020", "coffee"))


@pytest.mark.slow
def test_a_survey_is_taught_simulated_and_judged(published):
    (found,) = bench_quality(published, recipe=Recipe(steps=60))
    model, marginals = found.figures["model"], found.figures["training_marginals"]
    assert set(found.figures) == {"model", *METHODS}
    assert model["nll"] < marginals["nll"] - 0.1  # who is asked is used
    assert model["spread"] > 0.2 and marginals["spread"] == pytest.approx(0.0)
    assert 0 < found.steps <= 60 and found.cpu_seconds > 0
    assert found.validation_nll < marginals["nll"]
    assert found.gates["profile"] and found.gates["marginals"]


def test_subgroup_tv_by_hand():
    """A forecaster that is right about every answer has none; one that says half and half is 0.4 off."""
    data = cars(n=400)
    owns = data.items[0]
    answers = data.answers[owns.key].to_numpy()
    right = np.log(np.clip(np.eye(2)[answers], 1e-12, 1))
    assert subgroup_tv(data, {owns.key: right}) == pytest.approx(0.0, abs=1e-9)
    half = {owns.key: np.full((len(data), 2), np.log(0.5))}
    gaps = [
        abs((answers[rows] == 0).mean() - 0.5)
        for column in ("area", "age")
        for rows in data.profiles.groupby(column).groups.values()
    ]
    assert subgroup_tv(data, half) == pytest.approx(np.mean(gaps))


def test_judging_compares_everybody_on_the_same_answers():
    data = cars(n=400)
    tables = {i.key: np.full((len(data), len(i.answers)), -np.log(len(i.answers))) for i in data.items}
    found = evaluate(data, {"model": tables, "uniform": tables})
    assert found["model"] == found["uniform"]
    assert found["model"]["nll"] == pytest.approx(np.log(2))  # the numeric question does not count


def entry(**model):
    figures = {"nll": 0.62, "nll_permuted": 0.75, "kl": 0.01, "subgroup_tv": 0.05} | model
    others = {
        "training_marginals": {"nll": 0.70, "nll_permuted": 0.70, "kl": 0.0, "subgroup_tv": 0.05},
        "logistic_regression": {"nll": 0.60, "nll_permuted": 0.80, "kl": 0.0, "subgroup_tv": 0.05},
    }
    return Quality(
        "tea",
        "qlora",
        "smoothed",
        {"model": figures, **others},
        1.0,
        1.0,
        1,
        0.61,
        REFERENCE,
    )


@pytest.mark.parametrize(
    ("model", "failed"),
    [
        ({}, set()),
        ({"nll": 0.6201, "nll_permuted": 0.73}, {"regression"}),
        ({"nll": 0.711, "nll_permuted": 0.9}, {"regression", "marginals"}),
        ({"nll_permuted": 0.71}, {"profile"}),
        ({"kl": 0.0131}, {"population"}),
    ],
)
def test_gates_by_hand(model, failed):
    assert {name for name, passed in entry(**model).gates.items() if not passed} == failed


def test_invented_differences_are_looked_for_where_demographics_carry_nothing():
    plain = entry(subgroup_tv=0.07)
    quiet = plain.figures["training_marginals"] | {"nll": 0.605}
    silent = replace(plain, figures={**plain.figures, "training_marginals": quiet})
    assert "invention" not in plain.gates
    assert not silent.gates["invention"] and "profile" not in silent.gates
