"""Losses of respondents and paired differences, worked by hand and against textbook formulas."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.profiles import ProfileScores
from core.tuning.respondent_loss import mean_nll, paired_difference, respondent_losses
from tests.tuning.cars_survey import cars

OWNS, RATING = cars(20).items
SCORES = ProfileScores(
    {"owns": np.log([[0.5, 0.5], [0.75, 0.25], [0.5, 0.5]]), "rating": np.log(np.full((3, 11), 1 / 11))}, {}
)


def answered(owns, rating, weights):
    answers = pd.DataFrame({"owns": owns, "rating": rating}, dtype="int16")
    return replace(cars(20).take(np.arange(3)), answers=answers, weights=np.array(weights))


def test_losses_by_hand():
    """Two of three answer the first question, with weights 3 and 1; the second alone answers the other.

    Of the mean over two questions, the first person counts 3/8, the second 1/8 + 1/2.
    """
    found = respondent_losses(SCORES, answered([0, 1, -1], [-1, 4, -1], [3.0, 1.0, 5.0]), (OWNS, RATING))
    assert found.shares == pytest.approx([0.375, 0.625, 0.0])
    assert found.losses == pytest.approx([np.log(2), (np.log(4) / 8 + np.log(11) / 2) / 0.625, 0.0])
    assert found.mean == pytest.approx(((3 * np.log(2) + np.log(4)) / 4 + np.log(11)) / 2)


def test_the_validation_nll_by_hand():
    """Answers with probabilities 1/2 and 1/4 and weights 3 and 1, and an item nobody answered."""
    data = answered([0, 1, -1], [-1, -1, -1], [3.0, 1.0, 1.0])
    assert mean_nll(SCORES, data, (OWNS, RATING)) == pytest.approx((3 * np.log(2) + np.log(4)) / 4)
    assert mean_nll(SCORES, data, (RATING,)) is None


def test_answers_without_weight_are_none():
    assert respondent_losses(SCORES, answered([0, 1, 0], [-1, -1, -1], [0.0, 0.0, 0.0]), (OWNS,)) is None


def test_a_difference_by_hand():
    """Differences 0.1, 0.3 and 0.2 of equal people: mean 0.2, s = 0.1, standard error 0.1 / sqrt(3)."""
    found = paired_difference(np.array([1.1, 0.8, 2.2]), np.array([1.0, 0.5, 2.0]), np.full(3, 1 / 3))
    assert (found.mean, found.standard_error) == pytest.approx((0.2, 0.1 / np.sqrt(3)))


def test_a_weighted_difference_by_hand():
    """Differences 0 and 1, of which the second counts 3/4.

    Squares 9/16 and 1/16 around the mean, times squared shares 1/16 and 9/16: 18/256, over 1 - 10/16 = 3/8.
    """
    found = paired_difference(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([0.25, 0.75]))
    assert (found.mean, found.standard_error) == pytest.approx((0.75, np.sqrt(3 / 16)))


def test_one_respondent_proves_nothing():
    found = paired_difference(np.array([0.1, 7.0]), np.array([3.0, 0.0]), np.array([1.0, 0.0]))
    assert found.mean == pytest.approx(-2.9)
    assert found.standard_error == np.inf and not found.is_below(0.5)


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=30), st.integers(0, 5))
def test_with_equal_shares_it_is_the_standard_error_of_a_mean(differences, zeros):
    d = np.array(differences)
    shares = np.r_[np.full(len(d), 1 / len(d)), np.zeros(zeros)]
    found = paired_difference(np.r_[d, np.ones(zeros)], np.zeros(len(shares)), shares)
    assert found.mean == pytest.approx(d.mean(), abs=1e-12)
    assert found.standard_error == pytest.approx(d.std(ddof=1) / np.sqrt(len(d)), abs=1e-9)


def test_the_standard_error_is_the_spread_of_repeated_surveys():
    """500 surveys of 80 people with weights; the people, not their answers, are drawn anew."""
    rng = np.random.default_rng(1)
    means, errors = [], []
    for _ in range(500):
        weights = rng.choice([0.5, 1.0, 3.0], 80)
        found = paired_difference(rng.normal(0.01, 0.05, 80), np.zeros(80), weights / weights.sum())
        means.append(found.mean)
        errors.append(found.standard_error)
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.1)
