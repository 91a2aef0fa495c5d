"""Another mix of the people a simulation scored: only weights change, checked by hand."""

import json

import numpy as np
import pytest

from core.errors import MarginalsError
from core.population.marginals import Marginals
from core.studio import jobs, mix
from core.studio import simulation as simulations
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


@pytest.fixture
def results(workspace, simulation):
    took = {"temperature": 1.0, "answers": 12, "seconds": 8.0}  # 3 items: 4 profiles, 2 seconds each
    (jobs.find(workspace, simulation).outputs / "result.json").write_text(json.dumps(took))
    return simulations.results(workspace, simulation, temperature=1)


def test_the_sliders_start_at_the_population(results):
    assert mix.starting_marginals(results).shares == {"sex": {"Female": 0.8, "Male": 0.2}}


def test_shares_of_a_mix_are_the_profiles_own_in_its_proportions(workspace, results):
    mixed = mix.reweight(workspace, results, Marginals({"sex": {"Female": 0.25, "Male": 0.75}}))
    question, sweep = mixed.question("tea")
    at_one = int(np.argmin(np.abs(sweep.temperatures - 1)))
    expected = 0.25 * np.array(WOMEN) + 0.75 * np.array(MEN)
    np.testing.assert_allclose(question.simulated[at_one], expected, atol=1e-3)  # the grid has 1.002
    assert len(mixed.mix.unseen) == 0
    assert (mixed.seconds_per_profile, mixed.seconds) == (2.0, 0.0)


def test_a_category_the_survey_does_not_have_is_refused(workspace, results):
    with pytest.raises(MarginalsError, match="Other"):
        mix.reweight(workspace, results, Marginals({"sex": {"Female": 0.5, "Other": 0.5}}))
