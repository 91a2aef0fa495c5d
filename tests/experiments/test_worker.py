"""Experiments run for real on a small survey."""

import os
import shutil
from dataclasses import replace

import pytest

from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.errors import ModelError
from core.experiments import worker
from core.experiments.design import EXPERIMENTS, find_experiment
from core.experiments.job import prepare_experiment
from core.experiments.plan import plan_experiment
from core.experiments.row import ExperimentResult
from core.experiments.variants import variants
from core.jobs.folder import JobState
from core.jobs.reporting import EXIT_CANCELLED, EXIT_USER, run_worker
from core.survey.respondents import SurveyData
from core.tuning.data_parallel import can_fork
from core.tuning.recipe import Recipe
from tests.models.tiny import llama, tokenizer
from tests.tuning.cars_survey import cars


def run(tmp_path, key, recipe, data=None):
    folder = prepare_experiment(tmp_path, data or cars(), find_experiment(key), recipe, "s1")
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    return folder


@pytest.mark.slow
def test_an_experiment_runs_and_goes_on_where_it_stopped(tmp_path, monkeypatch):
    recipe = Recipe(steps=20, rank=4, targets="individual")
    folder = prepare_experiment(tmp_path, cars(), find_experiment("method"), recipe, "s1")
    make, made = worker._make, []

    def killed_in_the_second(variant, *args):
        if made:
            raise KeyboardInterrupt
        made.append(variant.name)
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", killed_in_the_second)
    assert run_worker(str(folder.path), worker.main) != 0
    assert folder.status().state is JobState.FAILED and not folder.result()

    def the_second_only(variant, *args):
        assert variant.name not in made
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", the_second_only)
    assert run_worker(str(folder.path), worker.main) == 0, folder.log_tail()
    result = folder.result()
    assert [r["name"] for r in result["rows"]] == ["LoRA", "QLoRA"]
    assert list(result) == ["experiment", "rows", "verdict", "sentence"]
    assert list(result["rows"][0]) == (
        "name x kl rmse_scaled nll sd_ratio floor_kl temperature weights_mb seconds".split()
    )
    assert ExperimentResult.from_dict(result).to_dict() == result
    assert folder.status().state is JobState.DONE
    assert not list(folder.checkpoints.iterdir())  # scores are known: nothing to go on from


@pytest.mark.slow
@pytest.mark.skipif(not can_fork(), reason="needs forked processes")
def test_models_are_taught_on_every_core_to_the_same_result(tmp_path, monkeypatch):
    recipe = Recipe(steps=6, rank=2, adapter="lora", targets="individual")
    found = []
    for cores in (1, 3):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        workers, counts = worker.DataParallelWorkers, tmp_path / f"{cores}.txt"

        def counted(*args, workers=workers, counts=counts):
            made = workers(*args)
            counts.write_text(str(len(made)))
            return made

        monkeypatch.setattr(worker, "DataParallelWorkers", counted)
        folder = run(tmp_path / str(cores), "temperature", recipe)
        monkeypatch.setattr(worker, "DataParallelWorkers", workers)
        assert counts.read_text() == str(cores - 1)  # written by the process of the model
        found.append(folder.result()["rows"])
    for one, several in zip(*found, strict=True):
        for figure in ("kl", "rmse_scaled", "nll"):
            assert several[figure] == pytest.approx(one[figure], rel=1e-3), one["name"]


def test_what_stops_the_process_of_a_model_is_told_and_a_cancelled_one_is_cancelled(tmp_path, monkeypatch):
    recipe = Recipe(steps=2, rank=2, targets="individual")

    def ended(reason):
        monkeypatch.setattr(worker, "_fine_tune", reason)
        folder = prepare_experiment(tmp_path, cars(), find_experiment("method"), recipe, "s1")
        return run_worker(str(folder.path), worker.main), folder.status()

    def fails(*_):
        raise ModelError("The model is no good.", fix="Take another.")

    code, status = ended(fails)
    assert code == EXIT_USER and "Take another." in status.error

    def asks_to_stop(_, score_cache, callback):
        score_cache.folder.cancel_flag.touch()
        callback.on_trained()

    code, status = ended(asks_to_stop)
    assert code == EXIT_CANCELLED and status.state is JobState.CANCELLED


@pytest.mark.slow
def test_an_experiment_keeps_what_it_took_from_one_that_is_deleted(tmp_path, monkeypatch):
    """Also while it still teaches its other models."""
    data, recipe = cars(), Recipe(steps=2, rank=2, targets="individual")
    other = run(tmp_path, "taught", recipe, data)
    make = worker._make

    def after_a_deletion(*args):
        shutil.rmtree(other.path, ignore_errors=True)
        make(*args)

    monkeypatch.setattr(worker, "_make", after_a_deletion)
    result = run(tmp_path, "method", recipe, data).result()
    assert [r["name"] for r in result["rows"]] == ["LoRA", "QLoRA"] and not other.path.exists()


@pytest.mark.slow
def test_every_experiment_runs_and_shares_the_models_of_the_others(tmp_path, monkeypatch):
    """The model taught as usual is in all of them; it is taught once."""
    cars().write(tmp_path)
    data = SurveyData.read(tmp_path)
    recipe = Recipe(steps=3, rank=2, targets="individual")
    tiny = tmp_path / "tiny"
    words = tokenizer()
    llama(len(words)).save_pretrained(tiny), words.save_pretrained(tiny)
    make, taught = worker._make, []

    def counted(variant, *args):
        taught.extend([variant.name] if variant.baseline is None else [])
        make(variant, *args)

    monkeypatch.setattr(worker, "_make", counted)
    for experiment in EXPERIMENTS:
        if experiment.key == "size":
            continue
        planned = plan_experiment(tmp_path / "jobs", data, experiment, recipe)
        before = len(taught)
        result = run(tmp_path / "jobs", experiment.key, recipe, data).result()
        untaught = experiment.key == "taught"
        assert len(taught) - before == planned.teach + untaught
        assert result["verdict"] in ("supports", "contradicts", "undecided")
        names = [v.name for v in variants(experiment, recipe, data)]
        assert [r["name"] for r in result["rows"]] == names
    # before, taught; LoRA; none, mean, three lambdas, slope and width; 10, 25 and 50 per cent
    assert len(taught) == 2 + 1 + 6 + 3
    rows = run(tmp_path / "jobs", "size", replace(recipe, base=str(tiny)), data).result()["rows"]
    assert [r["name"].rpartition(", ")[2] for r in rows] == ["before", "taught"] * 2
    assert rows[0]["weights_mb"] < rows[2]["weights_mb"]  # the smallest first


@pytest.mark.slow
def test_baselines_stand_beside_the_model_and_svr_only_where_there_is_a_scale(tmp_path):
    recipe = Recipe(steps=5, rank=4, targets="individual")
    data = cars()
    rows = {row["name"]: row for row in run(tmp_path, "baselines", recipe, data).result()["rows"]}
    assert {"taught model", "everybody like the average", "SVR", "logistic regression"} <= set(rows)
    assert "gradient boosting" in rows
    partial = any(not item.is_ordered for item in data.items)
    assert (rows["SVR"]["nll"] is None) is partial  # a mean over fewer questions would not compare
    assert 0 < rows["SVR"]["rmse_scaled"] < 1
    test, train = data.part("test"), data.part("train")
    tables = fit_baselines(train, data.part("validation"), test.profiles, ("logistic_regression",))
    expected = compare(test, tables["logistic_regression"], {}).overall.model
    for figure in ("kl", "nll"):
        assert rows["logistic regression"][figure] == pytest.approx(getattr(expected, figure))


def test_fewer_respondents_are_part_of_more_and_nobody_else_is_left_out():
    data = cars()
    few, more = (worker._with_fewer(data, share, seed=0) for share in (0.25, 0.5))
    assert len(few.part("train")) == 42 and len(more.part("train")) == 84  # of 168
    assert set(few.ids) <= set(more.ids)
    assert len(few.part("test")) == len(data.part("test"))
