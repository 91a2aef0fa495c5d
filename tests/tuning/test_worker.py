"""A real, very short tuning job and a simulation with its adapter, in this process."""

import json
import shutil
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.jobs import process
from core.jobs.folder import JobFolder, JobState
from core.jobs.reporting import run_worker
from core.models.calibration_slope import Calibration, stretch_persona_effect
from core.models.temperature import fit_temperature
from core.publish.names import TEACHER
from core.simulation import worker as simulation_worker
from core.simulation.job import prepare_simulation
from core.simulation.known_scores import KNOWN_FOLDER
from core.simulation.result import SimulationResult
from core.simulation.standalone import StandaloneAdapter
from core.tuning import worker as tuning_worker
from core.tuning.checkpoint import newest
from core.tuning.job import WORKER, prepare_tuning
from core.tuning.recipe import Recipe
from core.tuning.respondent_loss import mean_nll
from tests.tuning.cars_survey import cars


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    folder = prepare_tuning(tmp_path_factory.mktemp("jobs"), cars(), Recipe(steps=30, seed=1), "Cars", "s1")
    assert run_worker(str(folder.path), tuning_worker.main) == 0, folder.log_tail()
    return folder


def test_the_model_learns_and_uses_the_profile(taught):
    result = taught.result()
    assert result["validation_nll"] < result["marginals_validation_nll"] - 0.1
    assert result["validation_nll"] < result["untuned_validation_nll"]
    base = {"id": "understudy/embedded", "revision": None, "quantisation": "nf4 double"}
    assert {key: result["base"][key] for key in base} == base
    assert len(result["base"]["sha256"]) == 64
    assert 0.1 <= result["temperature"] <= 3


def test_the_answers_are_a_blend_of_model_and_teacher(taught):
    """By hand from the parts: the teacher in the adapter's folder, and the model scored alone."""
    result, adapter, data = taught.result(), taught.outputs / "adapter", cars()
    study = json.loads((adapter / "understudy.json").read_text())
    weight = study["blend"]["weight"]
    assert 0 < weight < 1 and result["blend_weight"] == weight
    alone = StandaloneAdapter.load(adapter)
    people = data.part("validation")
    no_correction = Calibration(1.0, 0.0)
    parts = {
        w: replace(alone, calibration=no_correction, blend=replace(alone.blend, weight=w)).score(
            people.profiles
        )
        for w in (0.0, weight, 1.0)
    }
    model, blended, teacher = (np.exp(parts[w].logprob["rating"]) for w in (0.0, weight, 1.0))
    assert blended == pytest.approx((1 - weight) * model + weight * teacher)
    for w, figure in ((0.0, "model_validation_nll"), (weight, "validation_nll")):
        assert mean_nll(parts[w], people, data.items) == pytest.approx(result[figure], abs=1e-5)
    assert result["validation_nll"] < max(result["model_validation_nll"], result["teacher_validation_nll"])


def test_progress_and_curves_are_left_behind(taught):
    metrics = taught.metrics()
    assert [m["step"] for m in metrics if "loss" in m] == list(range(1, taught.result()["steps"] + 1))
    assert sum("validation_nll" in m for m in metrics) >= 3
    assert taught.status().state is JobState.DONE


def test_the_adapter_holds_no_path_and_no_respondent(taught):
    adapter = taught.outputs / "adapter"
    names = {p.name for p in adapter.iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors", "understudy.json", *TEACHER}
    assert (
        json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
        == "understudy/embedded"
    )
    text = (adapter / "understudy.json").read_text() + (adapter / "adapter_config.json").read_text()
    assert "r17" not in text and str(taught.path.parent) not in text


def test_simulation_scores_cells_once_and_agrees_with_the_run(taught, tmp_path):
    people = pd.DataFrame({"area": ["City"] * 50 + ["Countryside"] * 50, "age": ["40+"] * 100})
    folder = prepare_simulation(tmp_path, taught, cars(), people=people, population_id="p", title="Cars")
    assert run_worker(str(folder.path), simulation_worker.main) == 0, folder.log_tail()
    result = SimulationResult.read(folder)
    assert (
        len(result.profiles.dropna()) == 4
        and result.people_profile.tolist()
        == [result.people_profile[0]] * 50 + [result.people_profile[-1]] * 50
    )
    owns = np.exp(result.tuned.of(result.people_profile)["owns"])
    assert owns[0, 0] < 0.4 and owns[-1, 0] > 0.6
    assert np.exp(result.untuned.of(result.respondent_profile)["owns"]).sum(axis=1) == pytest.approx(1.0)
    validation = result.data.split == "validation"
    logprob = {k: v[validation] for k, v in result.tuned.of(result.respondent_profile).items()}
    answers = {k: result.data.answers[k].to_numpy()[validation] for k in logprob}
    assert result.temperature == pytest.approx(
        fit_temperature(logprob, answers, np.ones(validation.sum())), rel=1e-3
    )


def test_scores_of_taught_questions_are_emphasised_as_the_adapter_says(taught, tmp_path):
    found = []
    for slope_correction, learned in ((0.0, ["owns", "rating"]), (0.5, ["owns"])):
        folder = prepare_simulation(tmp_path, taught, cars(), title="Cars")
        card = folder.inputs / "adapter" / "understudy.json"
        study = json.loads(card.read_text()) | {"emphasis": slope_correction, "learned_questions": learned}
        card.write_text(json.dumps(study))
        assert run_worker(str(folder.path), simulation_worker.main) == 0, folder.log_tail()
        found.append(SimulationResult.read(folder))
    plain, emphasised = (result.tuned.logprob for result in found)
    no_persona = plain["owns"][found[0].no_persona]
    assert emphasised["owns"] == pytest.approx(stretch_persona_effect(plain["owns"], no_persona, 0.5))
    assert np.abs(emphasised["owns"] - plain["owns"]).max() > 0.1
    assert (emphasised["rating"] == plain["rating"]).all()  # not taught: its differences are not made larger


def test_an_adapter_alone_answers_as_its_simulation(taught, tmp_path):
    """Blend and slope correction included; people who do not say their age among them."""
    people = pd.DataFrame({"area": ["City", "Countryside", "City"], "age": ["40+", "18-39", None]})
    folder = prepare_simulation(tmp_path, taught, cars(), people=people, respondents=(), title="Cars")
    assert run_worker(str(folder.path), simulation_worker.main) == 0, folder.log_tail()
    result = SimulationResult.read(folder)
    alone = StandaloneAdapter.load(taught.outputs / "adapter").score(people)
    for key, table in result.tuned.of(result.people_profile).items():
        assert alone.logprob[key] == pytest.approx(table, abs=1e-9)


def test_raw_labels_have_no_teacher(tmp_path):
    folder = prepare_tuning(tmp_path, cars(), Recipe(steps=1, targets="individual"), "Cars", "s1")
    assert run_worker(str(folder.path), tuning_worker.main) == 0, folder.log_tail()
    assert "blend_weight" not in folder.result()
    assert not {path.name for path in (folder.outputs / "adapter").iterdir()} & set(TEACHER)


def test_a_second_population_is_asked_only_what_is_new_in_it(taught, tmp_path, monkeypatch):
    asked, real = [], simulation_worker.score_on_all_cores

    def counted(*arguments):
        asked.append(len(arguments[4]))
        return real(*arguments)

    monkeypatch.setattr(simulation_worker, "score_on_all_cores", counted)
    shutil.copytree(taught.path, tmp_path / taught.id, ignore=shutil.ignore_patterns(KNOWN_FOLDER))
    run, found = JobFolder(tmp_path / taught.id), []
    whole = pd.DataFrame({"area": ["City", "City", None], "age": ["40+", None, "40+"]})
    for people in (whole.iloc[:2], whole, whole):
        folder = prepare_simulation(tmp_path, run, cars(), people=people, title="Cars")
        assert run_worker(str(folder.path), simulation_worker.main) == 0, folder.log_tail()
        found.append((SimulationResult.read(folder), folder))
    # the base model the four profiles of respondents; the taught one these, a person without age and the
    # no-persona prompt, then the person without area; the third time nobody
    assert asked == [4, 6, 1]
    assert [folder.result()["known_cells"] for _, folder in found] == [0, 6, 7]
    shutil.rmtree(run.path / KNOWN_FOLDER)
    folder = prepare_simulation(tmp_path, run, cars(), people=whole, title="Cars")
    assert run_worker(str(folder.path), simulation_worker.main) == 0, folder.log_tail()
    fresh, last = SimulationResult.read(folder), found[-1][0]
    for key, table in fresh.tuned.logprob.items():
        assert last.tuned.logprob[key] == pytest.approx(table, abs=1e-5)
        assert np.array_equal(last.untuned.logprob[key], fresh.untuned.logprob[key])


@pytest.mark.slow
def test_same_seed_same_adapter(taught, tmp_path):
    folder = prepare_tuning(tmp_path, cars(), Recipe(steps=30, seed=1), "Cars", "s1")
    assert run_worker(str(folder.path), tuning_worker.main) == 0
    ours, theirs = (f.outputs / "adapter" / "adapter_model.safetensors" for f in (folder, taught))
    assert ours.read_bytes() == theirs.read_bytes()


@pytest.mark.slow
def test_a_killed_job_resumes_to_the_adapter_of_an_uninterrupted_one(taught, tmp_path):
    """A real process, killed as by the memory guard of the system, and started again."""
    folder = prepare_tuning(tmp_path, cars(), Recipe(steps=30, seed=1), "Cars", "s1")
    process.start(folder, WORKER)
    while not folder.checkpoints.glob("step-*") or len(folder.metrics()) < 12:
        assert folder.status().state.is_active, folder.log_tail()
        time.sleep(0.05)
    folder.process().kill()
    while folder.status().state is not JobState.LOST:
        time.sleep(0.05)
    assert newest(folder.checkpoints) is not None
    process.start(folder, WORKER)
    while folder.status().state.is_active:
        time.sleep(0.1)
    assert folder.status().state is JobState.DONE, folder.log_tail()
    ours, theirs = (f.outputs / "adapter" / "adapter_model.safetensors" for f in (folder, taught))
    assert ours.read_bytes() == theirs.read_bytes()
    kept = ("validation_nll", "untuned_validation_nll", "temperature", "steps", "best_step", "data_hash")
    assert {k: folder.result()[k] for k in kept} == {k: taught.result()[k] for k in kept}


def test_a_kept_run_is_done_and_says_so(tmp_path):
    folder = prepare_tuning(tmp_path, cars(), Recipe(steps=30), "Cars", "s1")
    folder.keep_flag.touch()
    assert run_worker(str(folder.path), tuning_worker.main) == 0
    assert (folder.result()["ending"], folder.result()["steps"]) == ("kept", 1)
    assert (folder.outputs / "adapter" / "adapter_model.safetensors").exists()


def test_questions_held_out_are_looked_at_but_not_learned(tmp_path):
    recipe = Recipe(steps=2, hold_out_questions=("rating",))
    folder = prepare_tuning(tmp_path, cars(), recipe, "Cars", "s1")
    assert run_worker(str(folder.path), tuning_worker.main) == 0
    card = json.loads((folder.outputs / "adapter" / "understudy.json").read_text())
    assert card["learned_questions"] == ["owns"]
    assert folder.result()["held_out_uniform_nll"] == pytest.approx(np.log(11))
    assert np.isfinite(folder.result()["held_out_validation_nll"])


def test_cancelling_leaves_no_adapter(tmp_path):
    folder = prepare_tuning(tmp_path, cars(), Recipe(steps=30), "Cars", "s1")
    folder.cancel_flag.touch()
    run_worker(str(folder.path), tuning_worker.main)
    assert folder.status().state is JobState.CANCELLED
    assert not (folder.outputs / "adapter").exists()
