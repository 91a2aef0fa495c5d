import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.survey.shares import (
    effective_base,
    jeffreys,
    real_shares,
    smoothed_shares,
    training_marginals,
)
from tests.comparison.survey_factory import small_survey


def test_weighted_shares_and_effective_base_by_hand():
    answers, weights = np.array([0, 1, 1, -1]), np.array([2.0, 1, 1, 9])
    assert real_shares(answers, weights, 2).tolist() == [0.5, 0.5]
    assert effective_base(np.array([2.0, 1, 1])) == pytest.approx(16 / 6)
    assert effective_base(np.ones(7)) == pytest.approx(7)
    assert effective_base(np.array([])) == 0


def test_jeffreys_adds_half_an_answer_per_option():
    assert np.allclose(jeffreys(np.array([0.0, 0.25, 0.75]), 4), [0.5 / 5.5, 1.5 / 5.5, 3.5 / 5.5])


def test_smoothed_shares_by_hand():
    # weights 1, 1 and 4: shares 1/3 and 2/3 on an effective base of 36 / 18 = 2; half an answer to each
    answers, weights = np.array([0, 0, 1, -1]), np.array([1.0, 1, 4, 7])
    assert smoothed_shares(answers, weights, 2) == pytest.approx([(2 / 3 + 0.5) / 3, (4 / 3 + 0.5) / 3])
    assert smoothed_shares(np.array([-1, 0]), np.array([1.0, 0.0]), 4).tolist() == [0.25] * 4


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=300))
def test_without_weights_they_are_the_counts_plus_a_half(answers):
    counts = np.bincount([a for a in answers if a >= 0], minlength=5) + 0.5
    found = smoothed_shares(np.array(answers), np.ones(len(answers)), 5)
    assert found == pytest.approx(counts / counts.sum(), rel=1e-14)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(1, 4)), min_size=1, max_size=60))
def test_respondents_of_one_weight_count_like_an_unweighted_sample_of_them(people):
    answers, repeats = np.array([a for a, _ in people]), np.array([r for _, r in people])
    once = smoothed_shares(np.repeat(answers, repeats), np.ones(repeats.sum()), 4)
    assert smoothed_shares(np.repeat(answers, repeats), np.full(repeats.sum(), 2.5), 4) == pytest.approx(once)


def test_the_scale_of_the_weights_does_not_matter():
    answers, weights = np.array([0, 1, 1, 2]), np.array([1.0, 2, 3, 4])
    assert smoothed_shares(answers, 7 * weights, 3) == pytest.approx(smoothed_shares(answers, weights, 3))


def test_training_marginals_by_hand():
    data = small_survey(4)
    data.answers["car"] = np.array([0, 0, 1, -1], dtype="int16")
    # 2 and 1 answers, plus a half each
    assert training_marginals(data, data.items[0]).tolist() == pytest.approx([2.5 / 4, 1.5 / 4])
