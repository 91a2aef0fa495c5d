import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.models.temperature import TEMPERATURES, fit_temperature, shares, temper

scores = arrays(float, st.tuples(st.integers(1, 6), st.integers(2, 7)), elements=st.floats(-8, 0))


def normalise(z):
    return temper(z, 1.0)


@given(scores)
def test_temperature_one_changes_nothing(z):
    logprob = normalise(z)
    assert np.allclose(temper(logprob, 1.0), logprob, atol=1e-12)


@given(scores, st.floats(0.05, 5))
def test_shares_sum_to_one_at_every_temperature(z, temperature):
    assert np.isclose(np.exp(temper(z, temperature)).sum(axis=-1), 1).all()
    assert np.isclose(shares(z, np.ones(len(z))).sum(axis=1), 1).all()


@given(scores)
def test_entropy_never_falls_as_temperature_rises(z):
    p = np.array([np.exp(temper(z, t)) for t in TEMPERATURES])
    entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=-1)
    assert (np.diff(entropy, axis=0) > -1e-9).all()


def test_low_temperature_gives_the_histogram_of_the_likeliest_answers():
    logprob = np.log([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3]])
    assert np.allclose(shares(logprob, np.array([2.0, 1, 1]), 0.001), [[0.5, 0.5, 0.0]])


def test_high_temperature_gives_uniform_answers():
    logprob = np.log([[0.9, 0.05, 0.05], [0.01, 0.01, 0.98]])
    assert np.allclose(shares(logprob, np.ones(2), 1e6), 1 / 3, atol=1e-5)


def test_shares_by_hand():
    # odds 4:1 become 16:1 at T = 0.5 and 2:1 at T = 2
    logprob = np.log([[0.8, 0.2]])
    assert np.allclose(
        shares(logprob, np.ones(1), np.array([0.5, 1, 2])), [[16 / 17, 1 / 17], [0.8, 0.2], [2 / 3, 1 / 3]]
    )


@given(scores, st.floats(0.1, 3))
def test_shares_are_linear_in_the_weights(z, temperature):
    ones, first = np.ones(len(z)), np.eye(len(z))[0]
    mixed = (len(z) * shares(z, ones, temperature) + shares(z, first, temperature)) / (len(z) + 1)
    assert np.allclose(shares(z, ones + first, temperature), mixed)


@given(scores)
def test_cells_with_counts_equal_their_people(z):
    counts = np.arange(1, len(z) + 1)
    assert np.allclose(shares(z, counts), shares(np.repeat(z, counts, axis=0), np.ones(counts.sum())))


def test_an_impossible_answer_stays_impossible_and_finite():
    logprob = np.array([[0.0, -np.inf], [np.log(0.5), np.log(0.5)]])
    found = shares(logprob, np.ones(2))
    assert np.isfinite(found).all()
    assert np.isfinite(temper(logprob, 0.1)).all()


def test_temperature_must_be_positive():
    with pytest.raises(ValueError, match="above 0, got 0"):
        temper(np.zeros(2), 0)


def test_sampled_answers_agree_with_the_exact_shares():
    rng = np.random.default_rng(5)
    logprob = normalise(rng.normal(0, 2, (400, 5)))
    for temperature in (0.3, 1.0, 2.0):
        p = np.exp(temper(logprob, temperature))
        drawn = (p.cumsum(axis=1)[:, None, :] < rng.random((400, 50, 1))).sum(axis=2)
        found = np.bincount(drawn.ravel(), minlength=5) / drawn.size
        error = np.sqrt((p * (1 - p)).sum(axis=0) / 50) / 400  # Var = sum_i pi(1 - pi) / R / n^2
        assert (np.abs(found - shares(logprob, np.ones(400), temperature)[0]) < 4 * error).all()


def test_what_the_slider_reads_between_two_temperatures_of_the_grid_is_close_to_the_truth():
    rng = np.random.default_rng(1)
    logprob = normalise(rng.normal(0, 1.5, (300, 7)))
    curves = shares(logprob, np.ones(300)).T  # the chart reads every one linearly in log T
    for temperature in (0.12, 0.77, 1.0, 2.9):
        read = [np.interp(np.log(temperature), np.log(TEMPERATURES), curve) for curve in curves]
        assert np.abs(read - shares(logprob, np.ones(300), temperature)[0]).max() < 3e-4


@settings(max_examples=15)
@given(st.sampled_from([0.4, 0.8, 1.0, 1.7]), st.integers(0, 1000))
def test_fit_finds_the_temperature_the_answers_were_given_at(truth, seed):
    rng = np.random.default_rng(seed)
    logprob = normalise(rng.normal(0, 1.5, (6000, 4)))
    p = np.exp(temper(logprob, truth))
    answers = (p.cumsum(axis=1) < rng.random((6000, 1))).sum(axis=1)
    assert abs(np.log(fit_temperature({"q": logprob}, {"q": answers}, np.ones(6000)) / truth)) < 0.12


def test_fit_minimises_the_weighted_loss():
    rng = np.random.default_rng(2)
    logprob = {"a": normalise(rng.normal(0, 1, (200, 3))), "b": normalise(rng.normal(0, 1, (200, 5)))}
    answers = {"a": logprob["a"].argmax(axis=1), "b": rng.integers(-1, 5, 200)}
    weights = rng.uniform(0.5, 2, 200)

    def loss(temperature):
        total = 0.0
        for key, z in logprob.items():
            rows = np.flatnonzero(answers[key] >= 0)
            total -= weights[rows] @ temper(z, temperature)[rows, answers[key][rows]]
        return total

    best = fit_temperature(logprob, answers, weights)
    assert all(loss(best) <= loss(best * factor) + 1e-9 for factor in (0.9, 0.99, 1.01, 1.1))


def test_fit_stays_within_bounds_and_is_one_without_answers():
    sure = np.log([[0.6, 0.4]] * 4)
    assert fit_temperature({"q": sure}, {"q": np.zeros(4, int)}, np.ones(4)) == pytest.approx(0.1)
    assert fit_temperature({"q": sure}, {"q": np.ones(4, int)}, np.ones(4)) == pytest.approx(3.0)
    assert fit_temperature({"q": sure}, {"q": np.full(4, -1)}, np.ones(4)) == 1.0
