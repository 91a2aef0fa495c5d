"""Targets that cannot be met: the sentence, the categories in conflict, and the smallest change."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MarginalsError
from core.population.feasibility import TargetsConflictError, _sentence
from core.population.marginals import Marginals
from core.population.raking import rake


def conflict(people, targets, joint=None):
    """The conflict that raking these people to these targets ends with."""
    profiles = pd.DataFrame(people, dtype="str")
    with pytest.raises(TargetsConflictError, match="mends|Set its target to 0") as caught:
        rake(profiles, np.ones(len(profiles)), Marginals(targets, joint or {}))
    return caught.value


def test_a_group_inside_another_cannot_be_larger_than_it():
    # women are all young, so at most 50 % of people can be women when 50 % are young
    found = conflict(
        {"sex": ["f", "f", "m", "m", "m"], "age": ["young", "young", "old", "old", "young"]},
        {"sex": {"f": 0.6, "m": 0.4}, "age": {"young": 0.5, "old": 0.5}},
    )
    assert found.what == (
        'Every respondent with "sex: f" also has "age: young", so at most 50.0 % of people can have the '
        "first, but 60.0 % are asked for."
    )
    assert found.categories == ("sex: f (60.0 %)", "age: young (50.0 %)")
    # moving 10 points is the least: either in one demographic or in the other
    assert sum(abs(c.suggested - c.asked) for c in found.changes) == pytest.approx(0.2)


def test_two_groups_nobody_is_in_both_of_cannot_exceed_everybody():
    found = conflict(
        {"a": list("xxyyzz"), "b": list("prqpqr")},
        {"a": {"x": 0.7, "y": 0.2, "z": 0.1}, "b": {"q": 0.5, "p": 0.3, "r": 0.2}},
    )
    assert found.what == (
        'No respondent has both "a: x" and "b: q", so together they can be at most 100 % of people, but '
        "120.0 % are asked for."
    )


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_the_smallest_change_mends_every_conflict(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))  # few respondents: many combinations are missing
    people = pd.DataFrame({c: rng.choice(list("xyz"), n) for c in "abc"}, dtype="str")
    targets = {}
    for c in "abc":
        options = sorted(set(people[c]))
        targets[c] = dict(zip(options, rng.dirichlet(np.ones(len(options))).tolist(), strict=True))
    try:
        rake(people, np.ones(n), Marginals(targets))
        return
    except TargetsConflictError as error:
        found = error
    assert found.changes
    for change in found.changes:
        ((column,), (option,)) = change.columns, change.option
        assert targets[column][option] == pytest.approx(change.asked)
        targets[column][option] = change.suggested
    mended = {c: {o: s / sum(t.values()) for o, s in t.items()} for c, t in targets.items()}
    assert rake(people, np.ones(n), Marginals(mended)).worst_error < 1e-3


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_targets_some_weights_meet_are_never_called_impossible(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    people = pd.DataFrame({c: rng.choice(list("xyz"), n) for c in "abc"}, dtype="str")
    witness = rng.dirichlet(np.full(n, 0.3))
    asked = {c: {o: float(witness[people[c] == o].sum()) for o in sorted(set(people[c]))} for c in "abc"}
    asked = {c: {o: s / sum(t.values()) for o, s in t.items()} for c, t in asked.items()}
    assert rake(people, np.ones(n), Marginals(asked)).worst_error < 1e-3


def test_a_combination_the_targets_force_to_0_is_found_and_the_targets_are_met_exactly():
    # f are all young and 50 % are f and 50 % young: a young man can have no weight
    people = pd.DataFrame({"sex": list("ffmmm"), "age": list("yyooy")}, dtype="str")
    asked = Marginals({"sex": {"f": 0.5, "m": 0.5}, "age": {"y": 0.5, "o": 0.5}})
    found = rake(people, np.ones(5), asked)
    assert found.weights.tolist() == pytest.approx([1.25, 1.25, 1.25, 1.25, 0])
    assert (found.converged, found.excluded) == (True, 1)


def test_targets_that_contradict_each_other_only_by_rounding_are_met_as_closely_as_they_can_be():
    # whoever is f is young and the other way round, but one share was rounded up and the other down
    people = pd.DataFrame({"sex": list("ffmm"), "age": list("yyoo")}, dtype="str")
    asked = Marginals({"sex": {"f": 0.334, "m": 0.666}, "age": {"y": 0.333, "o": 0.667}})
    found = rake(people, np.ones(4), asked)
    assert found.converged
    assert found.weights[0] / 2 == pytest.approx(0.3335, abs=0.0006)


def test_an_absent_category_is_named_with_the_smallest_change():
    found = conflict({"age": ["18-64"] * 3}, {"age": {"18-64": 0.8, "65+": 0.2}})
    assert str(found) == (
        "No respondent has a category that the targets ask for, so there is nobody to weight up. "
        "Where: targets. Got: age: 65+ (20.0 %). "
        "What to do: Set its target to 0, or merge it with another category."
    )
    assert [(c.option, c.suggested) for c in found.changes] == [(("18-64",), 1.0), (("65+",), 0.0)]


def test_a_missing_combination_with_a_target_is_named():
    pair = {("a", "x"): 0.5, ("a", "y"): 0.25, ("b", "x"): 0.25}
    found = conflict({"p": list("aab"), "q": list("xyy")}, {}, {("p", "q"): pair})
    assert found.categories == ("p: b and q: x (25.0 %)",)


def test_a_cap_that_is_too_low_says_how_high_it_has_to_be():
    people = pd.DataFrame({"a": list("xyyy")}, dtype="str")
    asked = Marginals({"a": {"x": 0.5, "y": 0.5}})  # the one x needs weight 2
    with pytest.raises(MarginalsError, match=r"cap on weights is too low.*1.5 times.*cap of 2\.[01] or more"):
        rake(people, np.ones(4), asked, cap=1.5)
    assert rake(people, np.ones(4), asked, cap=2.1).weights.max() == pytest.approx(2)


@pytest.mark.parametrize(
    ("factors", "limit", "told"),
    [
        ([1, 2], 2, '"a: x" plus 2 times "b: q" together are never more than 200.0 %, but 180.0 %'),
        ([1, 1, 1], 1, '"a: x" plus "b: q" plus "c: s" together are never more than 100.0 %, but 180.0 %'),
    ],
)
def test_only_two_whole_groups_are_said_to_exclude_each_other(factors, limit, told):
    n = len(factors)
    sentence = _sentence(
        ["a: x", "b: q", "c: s"][:n], np.full(n, 0.6), np.array(factors), np.arange(n), np.arange(0), limit
    )
    assert sentence == f"Among these respondents {told} are asked for."
