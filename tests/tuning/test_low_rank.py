"""Low-rank regression: the penalty against the two parts it stands for, gradients against differences."""

import numpy as np
import pytest
from scipy.optimize import minimize

from core.tuning.low_rank import AnswerCounts, Penalty, curvature, fit_effects, log_odds

SIZES = np.array([2, 3])


def counts(seed: int = 0, n: int = 200, effects: np.ndarray | None = None) -> AnswerCounts:
    """Answers to a question of two and one of three options, of people with two coordinates, in float64."""
    rng = np.random.default_rng(seed)
    x = np.vstack([rng.normal(size=(2, n)), np.ones(n)])
    logits = (np.zeros((5, 3)) if effects is None else effects) @ x
    first = rng.random(n) < 1 / (1 + np.exp(logits[1] - logits[0]))
    second = (logits[2:] + rng.gumbel(size=(3, n))).argmax(axis=0)
    given = np.vstack([first, ~first, second == 0, second == 1, second == 2]).astype(float)
    base = np.ones((2, n))
    given[2:, :50], base[1, :50] = 0.0, 0.0  # fifty were not asked the second
    return AnswerCounts(x, base, given @ x.T, SIZES)


def slope(function, at: np.ndarray) -> np.ndarray:
    """Gradient by central differences."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = 1e-5
        found[place] = (function(at + step) - function(at - step)) / 2e-5
    return found


def test_the_loss_by_hand():
    """One person, x = 2, said the first of two answers; logits 2 * 0.5 = 1 and 0."""
    x, sums = np.array([[2.0], [1.0]]), np.array([[2.0, 1.0], [0.0, 0.0]])
    one = AnswerCounts(x, np.ones((1, 1)), sums, np.array([2]))
    loss, gradient = one.loss(np.array([[0.5, 0.0], [0.0, 0.0]]))
    expected = np.e / (1 + np.e)
    assert loss == pytest.approx(-np.log(expected))
    assert gradient[:, 1] == pytest.approx([expected - 1, 1 - expected])
    assert gradient[:, 0] == pytest.approx([2 * (expected - 1), 2 * (1 - expected)])


def test_the_gradient_of_the_loss_is_that_of_differences():
    data, at = counts(), np.random.default_rng(1).normal(size=(5, 3))
    assert data.loss(at)[1] == pytest.approx(slope(lambda e: data.loss(e)[0], at), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("rank", [0, 1, 2, 9])
def test_the_gradient_of_the_penalty_is_that_of_differences(rank):
    penalty = Penalty(3.0, rank, 2.0)
    at = np.random.default_rng(2).normal(size=(5, 3))
    assert penalty.of(at)[1] == pytest.approx(slope(lambda e: penalty.of(e)[0], at), rel=1e-6, abs=1e-6)


def test_the_penalty_by_hand():
    """Singular values 3 and 1; lambda / mu = 1 / 2. Ridge: 2 / 2 (9 + 1) = 10.

    Of rank 1 the value 3 costs lambda 3 - lambda^2 / (2 mu) = 3 - 1 / 4 instead of 9; the value 1 costs 1.
    """
    effects = np.array([[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    assert Penalty(2.0).of(effects)[0] == pytest.approx(10.0)
    assert Penalty(2.0, 1, 1.0).of(effects)[0] == pytest.approx(2.75 + 1.0)
    # a value below lambda / mu is left to the ridge
    assert Penalty(2.0, 1, 7.0).of(effects)[0] == pytest.approx(10.0)


def test_the_penalty_is_the_cheapest_split_into_a_shared_and_a_separate_part():
    rng, (mu, rank, shared) = np.random.default_rng(3), (3.0, 2, 1.5)
    effects = rng.normal(size=(5, 4))

    def cost(parts: np.ndarray) -> float:
        w, v = parts[: 4 * rank].reshape(4, rank), parts[4 * rank :].reshape(rank, 5)
        return shared / 2 * ((w**2).sum() + (v**2).sum()) + mu / 2 * ((effects - (w @ v).T) ** 2).sum()

    best = min(minimize(cost, rng.normal(size=9 * rank)).fun for _ in range(5))
    assert Penalty(mu, rank, shared).of(effects)[0] == pytest.approx(best, rel=1e-6)


def test_without_effects_everybody_gets_the_shares():
    effects = log_odds(np.array([3.0, 1.0, 2.0, 2.0, 4.0]), np.array([0, 2]), 3)
    assert np.exp(effects[:, -1]).tolist() == pytest.approx([0.75, 0.25, 0.25, 0.25, 0.5])
    assert not effects[:, :-1].any()


def test_the_curvature_is_that_of_the_loss_where_nobody_differs():
    """Of the intercepts exactly: n p (1 - p)."""
    data = counts(n=400)
    start = log_odds(data.sums[:, -1], np.array([0, 2]), 3)
    exact = [slope(lambda e, t=t: data.loss(e)[1][t, 2], start)[t, 2] for t in range(5)]
    assert curvature(data, np.ones(3))[:, 2] == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("penalty", [Penalty(5.0), Penalty(5.0, 1, 4.0)])
def test_the_fit_is_where_the_gradient_is_zero(penalty):
    truth = np.array([[1.0, 0.0, 0.3], [0, 0, 0], [0.8, 0.2, 0], [0, 0, 0], [-0.8, 0.4, 0.5]])
    data = counts(seed=1, n=600, effects=truth)
    start = log_odds(data.sums[:, -1], np.array([0, 2]), 3)
    found = fit_effects(data, curvature(data, np.ones(3)), penalty, start)
    gradient = data.loss(found)[1]
    gradient[:, :-1] += penalty.of(found[:, :-1])[1]
    assert np.abs(gradient).max() < 0.5  # of 600 answers
    assert found[0, 0] - found[1, 0] == pytest.approx(1.0, abs=0.25)
    # from elsewhere the same is found
    other = fit_effects(data, curvature(data, np.ones(3)), penalty, found + 0.3)
    assert other[0, 0] - other[1, 0] == pytest.approx(found[0, 0] - found[1, 0], abs=0.01)


def test_intercepts_that_are_not_free_stay():
    data = counts(n=300)
    start = log_odds(np.array([1.0, 3.0, 1.0, 1.0, 1.0]), np.array([0, 2]), 3)
    found = fit_effects(data, curvature(data, np.ones(3)), Penalty(1.0), start, free=False)
    assert (found[:, -1] == start[:, -1]).all() and found[:, :-1].any()
