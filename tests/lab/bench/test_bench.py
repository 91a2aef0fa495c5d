"""Benchmarks on a small survey: the same work on both sides, and figures that can be counted by hand."""

import json

import pytest

from core.cli.main import main
from core.errors import NotFoundError
from core.lab.bench.importing import bench_import, generate_survey
from core.lab.bench.inference import bench_inference
from core.lab.bench.models import SHAPES, ModelBench, bench_models, shapes_here
from core.lab.bench.results import bench_results
from core.lab.bench.training import ReadCost, bench_training
from core.models.machine import Gpu, Machine
from core.models.memory import MemoryEstimate
from core.models.shape import Shape


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


def test_whole_surveys_reach_the_aim(every_study):
    *each, together = bench_inference(every_study)
    assert len(each) >= len(list(every_study.glob("*/codebook.json"))) > 1
    for entry in each:
        assert entry.shares["types"] >= 0.95, entry.survey
    assert together.shares["roles"] >= 0.98
    assert together.shares["types"] >= 0.98
    assert together.shares["orders"] >= 0.97


@pytest.fixture
def split(published):
    """The published survey with its split: 40 respondents to train."""
    splits = [
        "respondent_id,split",
        *(f"{i},{('train', 'train', 'train', 'train', 'validation', 'test')[i // 10]}" for i in range(60)),
    ]
    (published / "tea" / "split_seed0.csv").write_text("\n".join(splits))
    return published


@pytest.mark.slow
def test_training_reads_the_same_answers_with_a_fraction_of_the_tokens(split):
    found, setup = bench_training(split, only=("tea",), respondents=30)
    assert (found.survey, found.targets, setup.targets) == ("tea", "individual", "smoothed")
    assert found.naive.answers == found.ours.answers == 30  # one question, asked of 30 people
    assert (found.naive.sequences, found.ours.sequences) == (30, 1)  # who are of two kinds
    assert found.ratios["tokens"] > 10  # 30 rows against one bundle of two prompts
    assert found.naive.cpu_seconds > 0 and found.ours.cpu_seconds > 0
    assert setup.naive.answers == setup.ours.answers > 40  # ten steps of four bundles
    assert setup.ratios["tokens"] > 10


MACHINE = Machine(memory=16 * 10**9, free_memory=12 * 10**9, cores=4, core_speed=40e9)


@pytest.mark.slow
def test_a_random_model_learns_what_the_usual_way_learns_beside_its_estimate(split):
    shape = Shape(2, 64, 64, 64, 128, 5000, tied=True)
    (found,) = bench_models({"tiny": shape}, ("qlora",), split / "tea", respondents=30, steps=1)
    assert (found.model, found.adapter) == ("tiny", "qlora")
    assert (found.ours.answers, found.ours.sequences, found.ours.steps) == (30, 1, 1)
    assert (found.naive.answers, found.naive.sequences, found.naive.steps) == (30, 30, 4)  # eight rows each
    assert found.ours.step_tokens == found.ours.tokens < found.naive.tokens
    assert found.ours.step_positions < found.ours.tokens
    assert 0.5 < found.ratios["memory"] < 1.5  # a process with torch in it, whatever the model


def test_figures_of_models_are_set_against_the_estimate():
    ours = ReadCost(40, 8, 1000, 2, 500, 60, 4.0, 8.0, 100.0, 3000.0)
    naive = ReadCost(40, 40, 4000, 5, 800, 800, 30.0, 24.0, 900.0, 6000.0)
    found = ModelBench(
        "m", "lora", ours, naive, MemoryEstimate(2 * 10**9, 10**10, "fits", "", 1.0), 5.0
    ).ratios
    # 3 GB of 2; 4 s for 2 steps of 1 s, 8 CPU-seconds for 2 steps of 5; 24 s to 8; 6 GB to 3
    assert (found["memory"], found["time"], found["cpu_time"]) == (1.5, 2.0, 0.8)
    assert (found["naive_cpu_seconds"], found["naive_memory"]) == (3.0, 2.0)


def test_models_that_cannot_be_measured_here_are_left_out_with_a_reason():
    shapes, lines = shapes_here(MACHINE)
    assert list(shapes) == ["smollm2-135m"]
    assert lines == ["llama-7b: left out, it takes an NVIDIA GPU and there is none."]
    small_gpu = Machine(16 * 10**9, 12 * 10**9, 4, 40e9, (Gpu("NVIDIA T4", 4 * 10**9, 4 * 10**9),))
    assert "does not fit" in shapes_here(small_gpu)[1][-1]
    large_gpu = Machine(16 * 10**9, 12 * 10**9, 4, 40e9, (Gpu("NVIDIA H100", 80 * 10**9, 80 * 10**9),))
    assert shapes_here(large_gpu) == (SHAPES, [])


@pytest.mark.slow
def test_a_made_up_study_is_compared_as_a_real_one():
    found = bench_results(questions=5, respondents=60, browser=False)
    assert (found.questions, found.respondents, found.page) == (5, 60, None)
    assert {"comparison", "uncertainty", "sweep", "population sweep"} <= set(found.compare_seconds)
    assert all(count > 1000 for count in found.chart_bytes.values())
    assert found.assess_seconds > 0
