import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CodebookError, MarginalsError
from core.population.marginals import Marginals
from core.population.raking import rake


def frame(**columns):
    return pd.DataFrame(columns, dtype="str")


def share(profiles, weights, column, option):
    given_ = profiles[column].notna()
    return weights[(profiles[column] == option) & given_].sum() / weights[given_].sum()


def test_two_by_two_by_hand():
    # seed table rows a: 2, 4; b: 3, 1. One margin at a time: a asked 50 % has 6 of 10.
    people = frame(row=list("aaaaaabbbb"), column=list("xxyyyyxxxy"))
    result = rake(people, np.ones(10), Marginals({"row": {"a": 0.5, "b": 0.5}}))
    assert np.allclose(result.weights, [5 / 6] * 6 + [5 / 4] * 4)
    assert result.rounds == 1
    # Kish: (sum w)^2 / (n sum w^2) = 100 / (10 (6 * 25/36 + 4 * 25/16))
    assert result.efficiency == pytest.approx(100 / (10 * (25 / 6 + 25 / 4)))
    assert result.design_effect == pytest.approx(1 / result.efficiency)
    assert result.effective_base == pytest.approx(10 * result.efficiency)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_raked_margins_match_and_odds_ratios_are_kept(seed):
    rng = np.random.default_rng(seed)
    codes = np.concatenate(
        [np.repeat([[i, j] for i in range(2) for j in range(2)], 3, axis=0), rng.integers(0, 2, (80, 2))]
    )
    people = frame(a=np.array(["no", "yes"])[codes[:, 0]], b=np.array(["no", "yes"])[codes[:, 1]])
    p, q = rng.uniform(0.1, 0.9, 2)
    start = rng.uniform(0.5, 2, len(people))
    result = rake(people, start, Marginals({"a": {"no": 1 - p, "yes": p}, "b": {"no": 1 - q, "yes": q}}))
    assert result.converged
    assert share(people, result.weights, "a", "yes") == pytest.approx(p, abs=1e-8)
    assert share(people, result.weights, "b", "yes") == pytest.approx(q, abs=1e-8)
    assert result.weights.mean() == pytest.approx(1)
    assert 0 < result.efficiency <= 1

    def odds_ratio(weights):
        cells = [weights[(codes == [i, j]).all(axis=1)].sum() for i in range(2) for j in range(2)]
        return cells[0] * cells[3] / (cells[1] * cells[2])

    assert odds_ratio(result.weights) == pytest.approx(odds_ratio(start), rel=1e-6)


def test_the_order_of_respondents_does_not_matter():
    rng = np.random.default_rng(3)
    people = frame(a=rng.choice(list("xyz"), 50), b=rng.choice(list("pq"), 50))
    targets = Marginals({"a": {"x": 0.2, "y": 0.3, "z": 0.5}, "b": {"p": 0.7, "q": 0.3}})
    order = rng.permutation(50)
    there = rake(people, np.ones(50), targets).weights
    here = rake(people.iloc[order].reset_index(drop=True), np.ones(50), targets).weights
    assert np.allclose(there[order], here)


def test_meeting_targets_already_costs_nothing():
    people = frame(a=["x", "y"] * 5)
    result = rake(people, np.ones(10), Marginals({"a": {"x": 0.5, "y": 0.5}}))
    assert (result.rounds, result.efficiency, result.worst_error) == (0, 1.0, 0.0)


def test_a_category_asked_for_0_percent_gets_no_weight():
    people = frame(a=["x", "y", "z", "z"])
    assert rake(people, np.ones(4), Marginals({"a": {"x": 0.5, "y": 0.5}})).weights.tolist() == [2, 2, 0, 0]


def test_respondents_without_a_demographic_keep_their_weight_in_it():
    people = frame(a=["x", "x", "x", "y", None])
    result = rake(people, np.ones(5), Marginals({"a": {"x": 0.5, "y": 0.5}}))
    assert np.allclose(result.weights, [2 / 3, 2 / 3, 2 / 3, 2, 1])


def test_a_category_without_respondents_is_named():
    with pytest.raises(MarginalsError, match=r"No respondent has a category.*age: 65\+ \(20.0 %\)"):
        rake(frame(age=["18-64"] * 3), np.ones(3), Marginals({"age": {"18-64": 0.8, "65+": 0.2}}))


def test_a_category_whose_respondents_have_no_weight_is_named():
    people = frame(age=["18-64", "65+"])
    with pytest.raises(MarginalsError, match=r"65\+"):
        rake(people, np.array([1.0, 0.0]), Marginals({"age": {"18-64": 0.8, "65+": 0.2}}))


def test_an_unknown_demographic_is_named():
    with pytest.raises(CodebookError, match="no such demographic.*country.*Use one of: sex"):
        rake(frame(sex=["f"]), np.ones(1), Marginals({"country": {"UK": 1.0}}))


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_the_order_of_the_variables_does_not_change_the_fixed_point(seed):
    rng = np.random.default_rng(seed)
    people = frame(**{c: rng.choice(list("xyz"), 60) for c in "abc"})
    other = rng.gamma(1, 1, 60)
    targets = {
        c: {o: float(other[people[c] == o].sum() / other.sum()) for o in set(people[c])} for c in "abc"
    }
    there = rake(people, np.ones(60), Marginals(targets)).weights
    here = rake(people, np.ones(60), Marginals(dict(reversed(targets.items())))).weights
    assert np.allclose(there, here, atol=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.floats(1.3, 4))
def test_capped_weights_meet_the_targets_and_are_the_closest_that_do(seed, cap):
    rng = np.random.default_rng(seed)
    people = frame(a=rng.choice(list("xyz"), 80), b=rng.choice(list("pq"), 80))
    start = rng.uniform(0.2, 3, 80)
    start /= start.mean()
    witness = np.minimum(rng.gamma(1, 1, 80), cap * 0.5)  # such weights exist below the cap
    asked = {
        c: {o: float(witness[people[c] == o].sum() / witness.sum()) for o in sorted(set(people[c]))}
        for c in "ab"
    }
    if witness.max() / witness.mean() > cap:
        return
    found = rake(people, start, Marginals(asked), cap=cap)
    weights = found.weights
    assert weights.max() <= cap * (1 + 1e-6)
    for c in "ab":
        for option, target in asked[c].items():
            assert share(people, weights, c, option) == pytest.approx(target, abs=1e-6)
    # Karush-Kuhn-Tucker: log(w / start) adds up from the categories, except where held at the cap
    free = weights < cap * (1 - 1e-6)
    dummies = np.column_stack([people[c] == o for c in "ab" for o in asked[c]]).astype(float)
    effects = np.linalg.lstsq(dummies[free], np.log(weights[free] / start[free]), rcond=None)[0]
    assert np.allclose(dummies[free] @ effects, np.log(weights[free] / start[free]), atol=1e-5)
    assert (start[~free] * np.exp(dummies[~free] @ effects) >= cap * (1 - 1e-4)).all()


def test_convergence_is_traced_round_by_round():
    rng = np.random.default_rng(3)
    people = frame(a=rng.choice(list("xyz"), 50), b=rng.choice(list("pq"), 50))
    found = rake(
        people, np.ones(50), Marginals({"a": {"x": 0.2, "y": 0.3, "z": 0.5}, "b": {"p": 0.7, "q": 0.3}})
    )
    assert len(found.trace) == found.rounds + 1
    assert found.trace[0] > 0.1
    assert found.trace[-1] <= 1e-9
    assert list(found.trace) == sorted(found.trace, reverse=True)
