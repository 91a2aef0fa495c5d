import pytest

from core.errors import JobError
from core.studio import simulation as simulations
from core.studio import surveys
from core.studio.workspace import open_jobs

pytest_plugins = ("tests.simulation_fixtures",)


def test_respondents_who_were_not_simulated_are_refused(workspace, simulation):
    with pytest.raises(JobError, match="no such respondents"):
        simulations.results(workspace, simulation, split="train")


def test_results_outlive_the_survey_and_need_no_database(workspace, survey, simulation):
    surveys.delete(workspace, survey.id)
    found = simulations.results(open_jobs(), simulation)
    assert found.survey == survey
    assert found.population.size == 50
