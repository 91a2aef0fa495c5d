import numpy as np
import pandas as pd
import pytest

from core.population.association import associations
from core.population.building import build_population
from core.population.marginals import Marginals, survey_marginals
from core.population.plan import PopulationPlan
from tests.comparison.survey_factory import small_survey


def test_pairs_are_listed_strongest_first_and_the_population_keeps_them():
    data = small_survey(2000, seed=3, weighted=True)
    found = build_population(data, PopulationPlan(survey_marginals(data), 1000, 0)).figures.associations
    assert (found[0].first, found[0].second) == ("age", "area")
    assert all(abs(pair.survey_v - pair.population_v) < 0.05 for pair in found)


def test_weights_count_in_the_survey_and_draws_in_the_population():
    people = pd.DataFrame({"a": list("xxyy") * 25, "b": list("pqpq") * 25}, dtype="str")
    (pair,) = associations(people, np.tile([40.0, 1, 1, 40], 25), np.full(100, 7))
    assert pair.survey_v > 0.5
    assert pair.population_v == 0


def test_a_demographic_that_does_not_vary_goes_with_nothing():
    people = pd.DataFrame({"a": list("xxxx"), "b": list("pqpq")}, dtype="str")
    (pair,) = associations(people, np.ones(4), np.ones(4))
    assert (pair.survey_v, pair.population_v) == (0, 0)


def test_odds_ratios_of_the_survey_are_in_the_population_when_marginals_move():
    data = small_survey(3000, seed=5)
    data = data.take((data.profiles["age"].notna()).to_numpy())
    asked = Marginals({**survey_marginals(data).shares, "age": {"18-34": 0.6, "35-54": 0.3, "55+": 0.1}})
    people = build_population(data, PopulationPlan(asked, 20_000, 0)).people

    def log_odds(frame):
        t = pd.crosstab(frame["age"], frame["area"]).to_numpy(dtype=float)
        return np.log(t[0, 0] * t[2, 1] / (t[0, 1] * t[2, 0]))

    assert log_odds(people) == pytest.approx(log_odds(data.profiles), abs=0.03)
