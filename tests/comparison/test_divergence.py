import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy as scipy_entropy
from scipy.stats import wasserstein_distance

from core.comparison.divergence import entropy, jensen_shannon, kl, total_variation, wasserstein


@st.composite
def two_distributions(draw):
    k = draw(st.integers(2, 8))
    pair = draw(arrays(float, (2, k), elements=st.floats(0.001, 1)))
    return pair / pair.sum(axis=1, keepdims=True)


@given(two_distributions())
def test_distances_agree_with_scipy(pair):
    p, q = pair
    values = np.arange(len(p)) * 2.0
    assert kl(p, q) == pytest.approx(scipy_entropy(p, q), abs=1e-12)
    assert jensen_shannon(p, q) == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-9)
    assert wasserstein(p, q, values) == pytest.approx(wasserstein_distance(values, values, p, q) / values[-1])
    assert entropy(p) == pytest.approx(scipy_entropy(p))


@given(two_distributions())
def test_distances_are_zero_only_between_equals_and_within_their_range(pair):
    p, q = pair
    values = np.arange(len(p), dtype=float)
    assert kl(p, p) == pytest.approx(0)
    assert kl(p, q) >= -1e-12
    assert 0 <= jensen_shannon(p, q) + 1e-12 <= np.log(2) + 1e-9
    assert 0 <= total_variation(p, q) <= 1
    assert wasserstein(p, q, values) <= total_variation(p, q) + 1e-12
    assert kl(p, q) >= 2 * total_variation(p, q) ** 2 - 1e-12  # Pinsker


def test_kl_by_hand_real_first():
    # 0.5 ln(0.5 / 0.25) + 0.5 ln(0.5 / 0.75) and not the other way round
    p, q = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    assert kl(p, q) == pytest.approx(0.5 * np.log(2) + 0.5 * np.log(2 / 3))
    assert kl(q, p) == pytest.approx(0.25 * np.log(0.5) + 0.75 * np.log(1.5))


def test_kl_stays_finite_when_the_simulation_leaves_an_answer_out():
    assert 10 < kl(np.array([0.5, 0.5]), np.array([1.0, 0.0])) < 20


def test_wasserstein_knows_the_order():
    # the trap of reading shares as sample values would give 0 here
    p, q = np.array([0.1, 0.2, 0.7]), np.array([0.7, 0.2, 0.1])
    assert wasserstein(p, q, np.arange(3.0)) == pytest.approx(0.6)


def test_wasserstein_uses_the_distances_between_answers():
    # 1 moves to 10 on a scale of 1 to 11
    p, q = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    assert wasserstein(p, q, np.array([1.0, 10, 11])) == pytest.approx(0.9)
