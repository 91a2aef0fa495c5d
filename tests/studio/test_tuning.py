"""Runs as records, and where two differ."""

import pytest

from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.studio import tuning
from core.tuning.recipe import Recipe
from tests.studio.finished_job import finished_job


def run_of(ws, survey_id, recipe):
    spec = {"survey_id": survey_id, "recipe": recipe.to_dict()}
    folder = JobFolder.create(ws.jobs_folder, "tune", "A run", spec)
    folder.write_status(state=JobState.DONE)
    return folder


def test_records_are_of_one_survey_newest_first_whatever_became_of_them(workspace, tea):
    first = run_of(workspace, tea.id, Recipe(seed=1))
    second = finished_job(workspace, "tune", tea.id, JobState.FAILED)
    run_of(workspace, "another-survey", Recipe())
    found = tuning.records(workspace, tea.id)
    assert {record.status.id for record in found} == {first.id, second.id}
    assert len(tuning.records(workspace)) == 3
    assert [status.id for status in tuning.list_runs(workspace, tea.id)] == [first.id]


def test_two_runs_differ_in_what_was_asked_for_alone(workspace, tea):
    runs = [tuning.record(run_of(workspace, tea.id, Recipe(seed=seed, rank=8))) for seed in (1, 2)]
    assert tuning.run_differences(runs) == {"seed": (1, 2)}


def test_the_embedded_model_needs_no_version():
    assert tuning.pinned(Recipe()) == Recipe()
    assert tuning.base_models()[0].id == Recipe.base


def test_only_a_run_can_be_stopped_and_kept(workspace, tea):
    simulation = finished_job(workspace, "simulate", tea.id)
    with pytest.raises(JobError, match="not a"):
        tuning.keep(workspace, simulation.id)
