from dataclasses import replace

import numpy as np
import pytest

from core.errors import JobError
from core.results.synthetic import synthetic_answers
from core.studio import simulation as simulations

pytest_plugins = ("tests.simulation_fixtures",)


def test_every_person_of_the_population_gives_one_answer(workspace, simulation):
    results = simulations.results(workspace, simulation)
    found, again, other = (synthetic_answers(results, seed) for seed in (1, 1, 2))
    assert list(found.ids[[0, -1]]) == ["synthetic-1", "synthetic-50"]
    tea = found.answers["tea"]
    assert len(tea) == 50 and set(np.unique(tea)) <= {0, 1, 2}
    assert np.array_equal(tea, again.answers["tea"])
    assert not np.array_equal(tea, other.answers["tea"])


def test_held_out_respondents_are_never_drawn_as_people(workspace, simulation):
    results = simulations.results(workspace, simulation)
    with pytest.raises(JobError, match="no synthetic people"):
        synthetic_answers(replace(results, scored=replace(results.scored, people=None)))
