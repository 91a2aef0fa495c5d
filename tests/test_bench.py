"""Benchmarks on a small survey: the same work on both sides, and figures that can be counted by hand."""

import json

import pytest

from core.bench.importing import bench_import, generate_survey
from core.bench.inference import bench_inference
from core.bench.training import bench_training
from core.cli.main import main
from core.errors import NotFoundError


@pytest.fixture
def published(tmp_path):
    """One published survey: an ordinal question guessed as published and a background field that is not."""
    folder = tmp_path / "surveys" / "tea"
    folder.mkdir(parents=True)
    rows = [f"{i},{('Woman', 'Man')[i % 2]},{('Never', 'Sometimes', 'Often')[i % 3]}" for i in range(60)]
    (folder / "clean.csv").write_text("\n".join(["respondent_id,gender,tea", *rows]))
    book = {
        "title": "Tea",
        "demographics": [{"column": "gender", "options": ["Woman", "Man"], "ordinal": True}],
        "questions": [{"column": "tea", "type": "ordinal", "options": ["Often", "Sometimes", "Never"]}],
    }
    (folder / "codebook.json").write_text(json.dumps(book))
    return folder.parent


def test_a_generated_survey_is_the_same_for_the_same_seed():
    assert generate_survey(50, 3, seed=4) == generate_survey(50, 3, seed=4)
    lines = generate_survey(50, 3).decode().splitlines()
    assert len(lines) == 51 and all(line.count(",") == 5 for line in lines)


def test_import_is_timed_beside_pandas_and_stored():
    found = bench_import(respondents=300, questions=4)
    assert found.answers == 1200
    assert [step.ratio is None for step in found.steps] == [False, False, False, True, True, True]
    assert all(step.duckdb > 0 for step in found.steps)


def test_inference_counts_roles_types_orders_and_directions(published):
    tea, together = bench_inference(published)
    assert (tea.survey, together.survey) == ("tea", "all")
    # three columns have their role; of two types one is right; both scales: tea reversed, gender not ordinal
    assert (tea.roles, tea.columns, tea.types, tea.typed) == (3, 3, 1, 2)
    assert (tea.orders, tea.scales, tea.directions) == (1, 2, 0)


def test_no_surveys_are_an_error_a_user_can_mend(tmp_path):
    with pytest.raises(NotFoundError, match="no surveys with a codebook"):
        bench_inference(tmp_path)


def test_both_print_a_table_and_json(published, capsys):
    assert main(["bench", "import", "--respondents", "100", "--questions", "2"]) == 0
    assert "pandas s" in capsys.readouterr().out
    assert main(["--json", "bench", "inference", "--surveys", str(published)]) == 0
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["surveys"][0]["shares"]["types"] == 0.5
    assert main(["bench", "import", "--respondents", "2"]) == 2


def test_seven_published_surveys_reach_the_aim(surveys):
    *each, together = bench_inference(surveys)
    assert len(each) >= 7
    for entry in each:
        assert entry.shares["types"] >= 0.95, entry.survey
    assert together.shares["roles"] >= 0.98
    assert together.shares["types"] >= 0.98
    assert together.shares["orders"] >= 0.97


def test_training_reads_the_same_answers_with_a_fraction_of_the_tokens(published):
    splits = [
        "respondent_id,split",
        *(f"{i},{('train', 'train', 'train', 'train', 'validation', 'test')[i // 10]}" for i in range(60)),
    ]
    (published / "tea" / "split_seed0.csv").write_text("\n".join(splits))
    (found,) = bench_training(published, only=("tea",), respondents=30)
    assert found.survey == "tea"
    assert found.naive.answers == found.ours.answers == 30  # one question, asked of 30 people
    assert (found.naive.sequences, found.ours.sequences) == (30, 1)  # who are of two kinds
    assert found.ratios["tokens"] > 10  # 30 rows against one bundle of two prompts
    assert found.naive.cpu_seconds > 0 and found.ours.cpu_seconds > 0
