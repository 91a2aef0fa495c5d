"""Tables of a simulation whose scores were written by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import JobError
from core.results.banner import TableChoice, Whose, results_banner
from core.studio import simulation as simulations
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


def test_a_population_answers_with_as_many_people_as_it_has(workspace, simulation):
    results = simulations.results(workspace, simulation, temperature=1)
    made = results_banner(results, TableChoice(whose=Whose.POPULATION))
    shares = [row.simulated[0] for row in made.table("tea").rows]
    assert shares == pytest.approx(0.8 * np.array(WOMEN) + 0.2 * np.array(MEN))


def test_without_a_population_there_are_no_tables_of_one(workspace, simulation):
    results = simulations.results(workspace, simulation)
    alone = replace(results, scored=replace(results.scored, people=None, people_profile=None))
    with pytest.raises(JobError, match="no population"):
        results_banner(alone, TableChoice(whose=Whose.POPULATION))
