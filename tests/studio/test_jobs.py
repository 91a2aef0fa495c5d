"""Jobs are found, waited for and deleted, beside an app that holds the database."""

import pytest

from core.errors import JobError, NotFoundError
from core.jobs.kind import JobKind
from core.jobs.status import JobState
from core.studio import jobs, tuning
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs
from tests.studio.finished_job import finished_job


def test_jobs_are_found_by_survey_and_kind_newest_first(workspace, tea):
    tune = finished_job(workspace, "tune", tea.id)
    simulation = finished_job(workspace, "simulate", tea.id)
    other = finished_job(workspace, "tune", "another-survey")
    ids = [status.id for status in jobs.list_jobs(workspace)]
    assert set(ids) == {tune.id, simulation.id, other.id}
    assert [s.id for s in tuning.list_runs(workspace, tea.id)] == [tune.id]
    assert [s.id for s in simulations.list_simulations(workspace, tea.id)] == [simulation.id]
    assert jobs.find(workspace, tune.id).path == tune.path


def test_jobs_are_readable_while_the_database_is_taken(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    assert [s.id for s in jobs.list_jobs(open_jobs())] == [run.id]


def test_waiting_shows_every_status_until_the_job_ends(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.FAILED)
    seen = []
    assert jobs.wait(workspace, run.id, seen.append).state is JobState.FAILED
    assert [status.id for status in seen] == [run.id]


def test_an_unknown_job_names_those_that_exist(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(NotFoundError, match=run.id):
        jobs.find(workspace, "tune-20260101-000000-abcd")


def test_a_deleted_job_is_gone(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    jobs.delete(workspace, run.id)
    assert jobs.list_jobs(workspace) == []
    assert not run.path.exists()


def test_only_runs_and_experiments_go_on_where_they_stopped(workspace, tea):
    simulation = finished_job(workspace, "simulate", tea.id, JobState.CANCELLED)
    with pytest.raises(JobError, match="not a"):
        jobs.resume(workspace, simulation.id)
    run = finished_job(workspace, "tune", tea.id, JobState.CANCELLED)
    with pytest.raises(JobError, match="not a"):
        jobs.resume(workspace, run.id, JobKind.EXPERIMENT)
