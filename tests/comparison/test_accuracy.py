import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.comparison.accuracy import Decoder, accuracy, brier, mean_squared_error, nll, rps
from core.models.temperature import temper

VALUES = np.arange(5.0)


@st.composite
def people(draw):
    n = draw(st.integers(1, 8))
    table = draw(arrays(float, (n, 5), elements=st.floats(0.01, 1)))
    answers = draw(arrays(int, n, elements=st.integers(0, 4)))
    weights = draw(arrays(float, n, elements=st.floats(0.1, 3)))
    return table / table.sum(axis=1, keepdims=True), answers, weights


def test_figures_by_hand():
    probability, answers, weights = (
        np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]),
        np.array([0, 1]),
        np.array([1.0, 3]),
    )
    assert nll(np.log(probability), answers, weights) == pytest.approx((-np.log(0.7) - 3 * np.log(0.1)) / 4)
    # (0.3^2 + 0.2^2 + 0.1^2) = 0.14; (0.1^2 + 0.9^2 + 0.8^2) = 1.46
    assert brier(probability, answers, weights) == pytest.approx((0.14 + 3 * 1.46) / 4)
    assert accuracy(probability, answers, weights, Decoder.EXPECTED) == pytest.approx(1 / 4)
    assert accuracy(probability, answers, weights, Decoder.SAMPLED) == pytest.approx((0.7 + 3 * 0.1) / 4)
    # person 1: ((0.7 - 1)^2 + (0.9 - 1)^2) / 2 = 0.05; person 2: (0.1^2 + (0.2 - 1)^2) / 2 = 0.325
    assert rps(probability, answers, weights, np.arange(3.0)) == pytest.approx((0.05 + 3 * 0.325) / 4)


def test_squared_errors_by_hand():
    probability, truth, one = np.array([[0.5, 0.0, 0.5]]), np.array([2.0]), np.ones(1)
    # mean 1, variance 1
    found = [mean_squared_error(probability, truth, one, np.arange(3.0), decoder) for decoder in Decoder]
    assert found == pytest.approx([2.0, 1.0, 4.0])


@given(people())
def test_sampled_is_expected_plus_the_mean_variance(case):
    probability, answers, weights = case
    truth = VALUES[answers]
    variance = probability @ VALUES**2 - (probability @ VALUES) ** 2
    sampled = mean_squared_error(probability, truth, weights, VALUES, Decoder.SAMPLED)
    expected = mean_squared_error(probability, truth, weights, VALUES, Decoder.EXPECTED)
    assert sampled == pytest.approx(expected + np.average(variance, weights=weights))


@given(people())
def test_low_temperature_makes_sampled_answers_greedy(case):
    probability, answers, weights = case
    top = np.sort(probability, axis=1)
    if (top[:, -1] - top[:, -2] < 1e-3).any():
        return
    cold = np.exp(temper(np.log(probability), 1e-5))
    arguments = (VALUES[answers], weights, VALUES)
    assert mean_squared_error(cold, *arguments, Decoder.SAMPLED) == pytest.approx(
        mean_squared_error(probability, *arguments, Decoder.GREEDY), abs=1e-9
    )


def test_a_calibrated_model_pays_the_square_root_of_two_for_sampling():
    rng = np.random.default_rng(0)
    probability = rng.dirichlet(np.ones(7), 20_000)
    answers = (probability.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    values, weights = np.arange(7.0), np.ones(20_000)
    sampled, expected = (
        mean_squared_error(probability, values[answers], weights, values, d) ** 0.5
        for d in (Decoder.SAMPLED, Decoder.EXPECTED)
    )
    assert sampled / expected == pytest.approx(np.sqrt(2), rel=0.02)


@settings(max_examples=60)
@given(arrays(float, 5, elements=st.floats(0.02, 1)), arrays(float, 5, elements=st.floats(0.02, 1)))
def test_no_other_distribution_beats_the_true_one(q, p):
    q, p = q / q.sum(), p / p.sum()
    answers, values = np.arange(5), np.array([0.0, 1, 2, 5, 9])
    for score in (
        lambda d: rps(d, answers, q, values),
        lambda d: brier(d, answers, q),
        lambda d: nll(np.log(d), answers, q),
    ):
        assert score(np.tile(q, (5, 1))) <= score(np.tile(p, (5, 1))) + 1e-12


def test_rps_is_the_squared_error_of_a_sure_two_point_scale():
    assert rps(np.array([[0.3, 0.7]]), np.array([1]), np.ones(1), np.array([0.0, 1])) == pytest.approx(0.09)


def test_an_impossible_answer_costs_a_finite_amount():
    assert 20 < nll(np.array([[0.0, -np.inf]]), np.array([1]), np.ones(1)) < 30
