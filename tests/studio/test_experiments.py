"""Experiments of a survey: refused ones start nothing, finished ones are read newest first."""

import json

import pytest

from core.errors import RecipeError
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.studio import experiments, jobs
from core.tuning.recipe import Recipe


def experiment_of(ws, survey_id, key, state, **result):
    spec = {"survey_id": survey_id, "experiment": key, "recipe": Recipe().to_dict()}
    folder = JobFolder.create(ws.jobs_folder, "experiment", f"An experiment of {key}", spec)
    (folder.outputs / "result.json").write_text(json.dumps(result))
    folder.write_status(state=state)
    return folder


def test_an_experiment_the_survey_has_no_question_for_starts_nothing(workspace, tea):
    ordered = next(e.key for e in experiments.list_experiments() if e.ordered_only)
    for use in (experiments.plan, experiments.start):
        with pytest.raises(RecipeError, match="no scale and no number"):
            use(workspace, tea.id, ordered, Recipe())
    assert jobs.list_jobs(workspace) == []


def test_outcomes_are_those_of_this_survey_and_experiment_that_are_done(workspace, tea):
    first, second = (e.key for e in experiments.list_experiments()[:2])
    said = {"rows": [], "verdict": "undecided", "sentence": "Too few."}
    done = experiment_of(workspace, tea.id, first, JobState.DONE, **said)
    experiment_of(workspace, tea.id, second, JobState.DONE, **said)
    experiment_of(workspace, "another-survey", first, JobState.DONE, **said)
    failed = experiment_of(workspace, tea.id, first, JobState.FAILED)
    (outcome,) = experiments.outcomes(workspace, tea.id, first)
    assert (outcome.job.id, outcome.verdict, outcome.sentence) == (done.id, "undecided", "Too few.")
    assert experiments.latest(workspace, tea.id, first).id in (done.id, failed.id)
    assert experiments.latest(workspace, tea.id, "nothing") is None
