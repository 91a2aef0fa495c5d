"""What cannot be simulated, and what is no simulation. The whole loop is in tests/cli/test_pilot.py."""

import pytest

from core.errors import JobError, MarginalsError, NotFoundError
from core.jobs.status import JobState
from core.studio import population as populations
from core.studio import report, surveys
from core.studio import simulation as simulations
from tests.studio.finished_job import finished_job


@pytest.mark.parametrize("use", [simulations.results, simulations.predictions, report.html])
def test_a_tuning_run_is_not_a_simulation(workspace, tea, use):
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(JobError, match="not a simulation"):
        use(workspace, run.id)


def test_an_unfinished_run_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id, JobState.CANCELLED)
    with pytest.raises(JobError, match="it is cancelled"):
        simulations.start(workspace, run.id)


def test_a_run_of_a_deleted_survey_cannot_be_simulated(workspace, tea):
    run = finished_job(workspace, "tune", tea.id)
    surveys.delete(workspace, tea.id)
    with pytest.raises(NotFoundError, match="no survey"):
        simulations.start(workspace, run.id)


def test_a_population_of_another_survey_cannot_be_simulated(workspace, tea, tea_csv, tea_codebook):
    other = surveys.save(workspace, surveys.draft_survey(tea_csv, "other.csv", tea_codebook))
    population = populations.build(workspace, other.id, size=20)
    run = finished_job(workspace, "tune", tea.id)
    with pytest.raises(MarginalsError, match="another survey"):
        simulations.start(workspace, run.id, population.id)
