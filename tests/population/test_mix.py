"""Another mix of people by arithmetic on scored profiles."""

import numpy as np
import pytest

from core.population.building import build_population
from core.population.marginals import Marginals, survey_marginals
from core.population.mix import mix
from core.population.plan import PopulationPlan
from core.simulation.scores import distinct_profiles
from tests.comparison.survey_factory import small_survey

DATA = small_survey(800, seed=2)
PEOPLE = build_population(DATA, PopulationPlan(None, 2000, 0)).people
CELLS, CELL_OF = distinct_profiles(PEOPLE)
COUNTS = np.bincount(CELL_OF).astype(float)
YOUNGER = Marginals({**survey_marginals(DATA).shares, "age": {"18-34": 0.6, "35-54": 0.3, "55+": 0.1}})


def share(column, option, weights):
    return weights[(CELLS[column] == option).to_numpy()].sum()


def test_the_same_mix_changes_nothing():
    same = Marginals({c: PEOPLE[c].value_counts(normalize=True).to_dict() for c in PEOPLE})
    found = mix(CELLS, COUNTS, DATA, same)
    assert np.allclose(found.weights, COUNTS / COUNTS.sum())
    assert found.efficiency == pytest.approx(1)


def test_the_targets_are_met_and_simulated_shares_follow_as_if_simulated_anew():
    found = mix(CELLS, COUNTS, DATA, YOUNGER)
    assert share("age", "18-34", found.weights) == pytest.approx(0.6)
    # any probability of an answer per profile: what a new population of the same mix would average to
    rng = np.random.default_rng(0)
    answer = dict(zip(map(tuple, CELLS.to_numpy()), rng.random(len(CELLS)), strict=True))
    mixed = sum(
        w * answer[tuple(profile)] for w, profile in zip(found.weights, CELLS.to_numpy(), strict=True)
    )
    anew = build_population(DATA, PopulationPlan(YOUNGER, 50_000, 0)).people
    assert mixed == pytest.approx(np.mean([answer[tuple(p)] for p in anew.to_numpy()]), abs=0.005)
    assert found.verdict in ("good", "fair")


def test_profiles_that_were_not_scored_are_counted_and_timed():
    some = CELLS["area"] == "City"
    asked = Marginals({"sex": {"Female": 0.5, "Male": 0.5}})
    found = mix(CELLS[some].reset_index(drop=True), COUNTS[some], DATA, asked)
    assert set(found.unseen["area"]) == {"Country"} or found.unseen["age"].isna().any()
    country = (DATA.profiles["area"] == "Country").mean()
    assert found.unseen_share > 0.8 * country
    assert found.seconds(0.5) == len(found.unseen) * 0.5


def test_targets_the_scored_profiles_cannot_meet_are_a_finding():
    some = CELLS["age"] != "18-34"
    found = mix(CELLS[some].reset_index(drop=True), COUNTS[some], DATA, YOUNGER)
    assert (found.weights, found.verdict) == (None, "impossible")
    assert "age: 18-34" in str(found.problem)
    assert len(found.unseen) > 0
    assert found.unseen_share == pytest.approx(0.6)
