"""Job folder of a simulation: what is refused, and what a job without a survey holds."""

import pandas as pd
import pytest

from core.errors import JobError
from core.simulation.job import prepare_adapter_simulation, prepare_simulation
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
