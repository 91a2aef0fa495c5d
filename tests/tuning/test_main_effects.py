"""Main effects of predictions that are a sum over demographics, and their low-rank form."""

import numpy as np
import pytest

from core.tuning.answer_layout import AnswerLayout, softmax
from core.tuning.main_effects import MainEffects
from core.tuning.partial_profiles import Expectation

SIZES = np.array([2, 3])
LAYOUT = AnswerLayout(
    ("q", "r"), (np.arange(2), np.arange(3)), (np.array([0.4, 0.6]), np.array([0.2, 0.3, 0.5]))
)
RNG = np.random.default_rng(0)
CODES = RNG.integers(0, SIZES, (500, 2))
ONE_HOT = np.concatenate([CODES[:, [0]] == np.arange(2), CODES[:, [1]] == np.arange(3)], axis=1).astype(float)
EFFECTS = np.outer([0.5, -0.5, 1.0, 0.0, -1.0], [1.0, -1.0, 0.5, 0.0, -0.5])
"""Of rank 1: options of both demographics by answers of both items."""


def fitted(effects: np.ndarray) -> tuple[MainEffects, np.ndarray]:
    probability = softmax(ONE_HOT @ effects + np.log(LAYOUT.shares()), LAYOUT.sizes)
    expectation = Expectation.exact(ONE_HOT, SIZES, np.ones(500))
    return MainEffects.of(expectation, CODES, probability, np.ones(500), LAYOUT), probability


def test_effects_of_rank_one_need_one_dimension():
    found, probability = fitted(EFFECTS)
    people, answers, intercepts = found.low_rank(1)
    assert people.shape == (5, 1) and answers.shape == (1, 5) and intercepts.shape == (5,)
    back = softmax(ONE_HOT @ people @ answers + intercepts, LAYOUT.sizes)
    assert back == pytest.approx(probability, abs=0.01)


def test_more_dimensions_than_there_are_add_nothing():
    found, _ = fitted(EFFECTS)
    people, answers, _ = found.low_rank(9)
    assert people.shape == (5, 9) and answers.shape == (9, 5)
    assert people @ answers == pytest.approx(found.effects, abs=1e-9)


def test_each_dimension_is_the_best_there_is():
    """In squared error over people, and over answers by their marginals; singular values by another way."""
    found, _ = fitted(EFFECTS + RNG.normal(size=EFFECTS.shape) * 0.5)

    def error(rank: int) -> float:
        people, answers, _ = found.low_rank(rank)
        apart = people @ answers - found.effects
        return float(np.trace(apart.T @ found.covariance @ apart * np.diag(found.shares)))

    root = np.linalg.cholesky(found.covariance).T
    s = np.linalg.svd(root @ found.effects * np.sqrt(found.shares), compute_uv=False)
    assert [error(r) for r in range(4)] == pytest.approx([(s[r:] ** 2).sum() for r in range(4)], abs=1e-9)


def test_a_missing_value_adds_nothing():
    found, _ = fitted(EFFECTS)
    shares = ONE_HOT.mean(axis=0)
    assert shares[:2] @ found.effects[:2] == pytest.approx(0, abs=1e-12)
    assert shares[2:] @ found.effects[2:] == pytest.approx(0, abs=1e-12)


def test_log_odds_are_centred_by_the_marginals():
    found, _ = fitted(EFFECTS)
    assert found.effects[:, :2] @ [0.4, 0.6] == pytest.approx(0, abs=1e-9)
    assert found.mean[2:] @ [0.2, 0.3, 0.5] == pytest.approx(0, abs=1e-9)
