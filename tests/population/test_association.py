import numpy as np
import pandas as pd
import pytest

from core.population.association import associations, cramers_v
from core.population.building import build_population
from core.population.marginals import Marginals, survey_marginals
from core.population.plan import Plan
from tests.comparison.survey_factory import small_survey


def test_bias_corrected_v_by_hand():
    # [[30, 20], [10, 40]]: chi-square 100 (30*40 - 20*10)^2 / (50*50*40*60) = 16.667, phi2 = 0.16667
    # corrected: phi2 - 1/99 = 0.156566; r = c = 2 - 1/99, minus 1: 0.989899; root of the ratio
    assert cramers_v(np.array([[30, 20], [10, 40]])) == pytest.approx(np.sqrt(0.156566 / 0.989899), abs=1e-5)


def test_independence_is_0_on_average_not_only_for_large_bases():
    rng = np.random.default_rng(0)
    found = []
    for _ in range(200):
        a, b = rng.integers(0, 4, 60), rng.integers(0, 5, 60)
        table = np.zeros((4, 5))
        np.add.at(table, (a, b), 1)
        found.append(cramers_v(table))
    assert np.mean(found) < 0.1  # the uncorrected one is about 0.25 here


@pytest.mark.parametrize("table", [[[5, 0], [0, 0]], [[1]], [[3, 4]]])
def test_a_table_with_one_row_or_column_has_no_association(table):
    assert cramers_v(np.array(table)) == 0


def test_pairs_are_listed_strongest_first_and_the_population_keeps_them():
    data = small_survey(2000, seed=3, weighted=True)
    found = build_population(data, Plan(survey_marginals(data), 1000, 0)).figures.associations
    assert (found[0].first, found[0].second) == ("age", "area")
    assert all(abs(pair.seed - pair.population) < 0.05 for pair in found)


def test_weights_count_in_the_survey_and_draws_in_the_population():
    people = pd.DataFrame({"a": list("xxyy") * 25, "b": list("pqpq") * 25}, dtype="str")
    (pair,) = associations(people, np.tile([40.0, 1, 1, 40], 25), np.full(100, 7))
    assert pair.seed > 0.5
    assert pair.population == 0


def test_odds_ratios_of_the_survey_are_in_the_population_when_marginals_move():
    data = small_survey(3000, seed=5)
    data = data.take((data.profiles["age"].notna()).to_numpy())
    asked = Marginals({**survey_marginals(data).shares, "age": {"18-34": 0.6, "35-54": 0.3, "55+": 0.1}})
    people = build_population(data, Plan(asked, 20_000, 0)).people

    def log_odds(frame):
        t = pd.crosstab(frame["age"], frame["area"]).to_numpy(dtype=float)
        return np.log(t[0, 0] * t[2, 1] / (t[0, 1] * t[2, 0]))

    assert log_odds(people) == pytest.approx(log_odds(data.profiles), abs=0.03)
