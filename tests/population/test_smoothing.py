import itertools

import numpy as np
import pandas as pd
import pytest

from core.errors import MarginalsError
from core.population import smoothing
from core.population.building import UNSEEN_COLUMN, build_population
from core.population.plan import PopulationPlan
from core.population.screening import Screener
from core.population.smoothing import unseen_profiles
from tests.comparison.survey_factory import small_survey


def few_people(seed=0):
    """Sixty people on four demographics: most of the 3^4 combinations are missing."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({c: rng.choice(list("xyz"), 60) for c in "abcd"}, dtype="str")


def test_unseen_profiles_are_new_and_made_of_pairs_that_occur():
    people = few_people()
    people.loc[people["a"] == "x", "b"] = "y"  # x never goes with b: x or z
    found = unseen_profiles(people, np.ones(60), 0.1, np.random.default_rng(1))
    assert len(found.profiles) > 5
    assert found.weights.sum() == pytest.approx(60 * 0.1 / 0.9)
    known = set(map(tuple, people.to_numpy()))
    assert not known & set(map(tuple, found.profiles.to_numpy()))
    for first, second in itertools.combinations("abcd", 2):
        pairs = set(map(tuple, people[[first, second]].to_numpy()))
        assert set(map(tuple, found.profiles[[first, second]].to_numpy())) <= pairs


def test_nothing_is_added_unless_asked_for_or_when_everything_occurs():
    assert not len(unseen_profiles(few_people(), np.ones(60), 0, np.random.default_rng(0)).weights)
    full = pd.DataFrame(itertools.product("xy", "pq"), columns=["a", "b"]).astype("str")
    assert not len(unseen_profiles(full, np.ones(4), 0.2, np.random.default_rng(0)).weights)


def test_the_tree_keeps_the_strongest_association():
    rng = np.random.default_rng(0)
    a = rng.choice(list("xyz"), 300)
    b = np.where(rng.random(300) < 0.95, a, rng.choice(list("xyz"), 300))
    others = {"c": rng.choice(list("abcdefghijklmnopqrst"), 300), "d": rng.choice(list("klmnopqrst"), 300)}
    people = pd.DataFrame({"a": a, "b": b, **others}, dtype="str")
    found = unseen_profiles(people, np.ones(300), 0.1, rng)
    same = found.weights[found.profiles["a"] == found.profiles["b"]].sum() / found.weights.sum()
    assert same > 0.6  # a third if a and b were drawn independently


def test_people_with_an_unseen_profile_are_marked():
    data = small_survey(60)
    data.profiles["area"] = pd.Series(np.where(np.arange(60) % 7, "City", "Country"), dtype="str")
    found = build_population(data, PopulationPlan(None, 500, 0, unseen=0.2))
    marked = found.people[UNSEEN_COLUMN] == "yes"
    assert marked.sum() == found.figures.unseen_people
    if found.figures.unseen_people:
        known = set(map(tuple, data.profiles.dropna().to_numpy()))
        assert not known & set(map(tuple, found.people.loc[marked, ["sex", "age", "area"]].to_numpy()))
    assert found.figures.worst_margin_error < 0.5


def test_a_part_out_of_range_and_a_screener_are_refused():
    with pytest.raises(MarginalsError, match="out of range.*smoothing.*0.7"):
        unseen_profiles(few_people(), np.ones(60), 0.7, np.random.default_rng(0))
    plan = PopulationPlan(None, 10, 0, unseen=0.1, screener=Screener({"car": ("Yes",)}))
    with pytest.raises(MarginalsError, match="Unseen profiles have no answers"):
        build_population(small_survey(60), plan)


def test_a_table_adds_up_weights_and_what_never_occurs_together_is_never_drawn():
    codes = np.array([[0, 1], [1, 0], [1, 0], [2, 1]])
    weights = np.array([1, 2, 0.5, 4])
    assert smoothing._table(codes, weights, 0, 1).tolist() == [[0, 1], [2.5, 0], [0, 4]]
    drawn = smoothing._draw_from_tree(codes, weights, 200, np.random.default_rng(0))
    assert set(map(tuple, drawn.tolist())) == {(0, 1), (1, 0), (2, 1)}


def test_five_profiles_are_drawn_per_respondent_up_to_a_limit(monkeypatch):
    sizes = []
    monkeypatch.setattr(smoothing, "_draw_from_tree", lambda codes, _, size, __: sizes.append(size) or codes)
    unseen_profiles(few_people(), np.ones(60), 0.1, np.random.default_rng(0))
    monkeypatch.setattr(smoothing, "MOST_DRAWS", 100)
    unseen_profiles(few_people(), np.ones(60), 0.1, np.random.default_rng(0))
    assert sizes == [300, 100]
