"""Job folder of a simulation: what is refused, and what a job without a survey holds."""

import pandas as pd
import pytest

from core.errors import JobError, ModelError
from core.simulation.job import prepare_adapter_simulation, prepare_simulation
from core.store.files import read_json, write_json
from core.survey.respondents import SurveyData
from core.tuning.job import prepare_tuning
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import CODEBOOK, cars


def test_an_unfinished_run_cannot_be_simulated(tmp_path):
    run = prepare_tuning(tmp_path, cars(), Recipe(), "Cars", "s1")
    with pytest.raises(JobError, match="has not finished learning"):
        prepare_simulation(tmp_path, run, cars(), title="Cars")


def test_an_adapter_is_simulated_without_respondents(tmp_path):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "understudy.json").write_text("{}")
    people = pd.DataFrame({"age": ["40+", pd.NA], "area": ["City", "City"], "id": ["a", "b"]})
    recipe = {"base": "embedded", "adapter": "lora"}
    folder = prepare_adapter_simulation(
        tmp_path / "jobs", tmp_path / "adapter", CODEBOOK, people, recipe=recipe, title="Cars"
    )
    assert folder.spec()["recipe"] == recipe and folder.spec()["respondents"] == []
    assert len(SurveyData.read(folder.inputs)) == 0
    assert pd.read_parquet(folder.inputs / "people.parquet")["age"].isna().tolist() == [False, True]
    assert (folder.inputs / "adapter" / "understudy.json").exists()


def test_a_run_of_another_releases_embedded_model_is_refused_before_it_starts(tmp_path):
    run = prepare_tuning(tmp_path, cars(), Recipe(), "Cars", "s1")
    write_json(run.path / "status.json", {**read_json(run.path / "status.json"), "state": "done"})
    (run.outputs / "adapter").mkdir(parents=True)
    base = {"id": "understudy/embedded", "sha256": "0" * 64}
    write_json(run.outputs / "adapter" / "understudy.json", {"base": base})
    with pytest.raises(ModelError, match="other weights of its base model"):
        prepare_simulation(tmp_path, run, cars(), title="Cars")
    assert [folder.name for folder in tmp_path.iterdir()] == [run.id]  # nothing was queued
