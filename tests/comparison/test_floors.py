import numpy as np
import pytest

from core.comparison.divergence import jensen_shannon, kl, total_variation, wasserstein
from core.comparison.floors import js_floor, kl_floor, kl_one_sampled_answer, tv_floor, wasserstein_floor
from core.survey.shares import jeffreys

TRUTH = np.array([0.15, 0.3, 0.25, 0.2, 0.1])
N = 500


@pytest.fixture(scope="module")
def samples():
    return np.random.default_rng(0).multinomial(N, TRUTH, 20_000) / N


def test_kl_floor(samples):
    assert kl_floor(5, N) == pytest.approx(kl(samples, TRUTH).mean(), rel=0.03)


def test_jensen_shannon_floor(samples):
    assert js_floor(5, N) == pytest.approx(
        jensen_shannon(samples, np.tile(TRUTH, (20_000, 1))).mean(), rel=0.03
    )


def test_total_variation_floor(samples):
    assert tv_floor(TRUTH, N) == pytest.approx(total_variation(samples, TRUTH).mean(), rel=0.02)


def test_wasserstein_floor(samples):
    values = np.array([0.0, 1, 2, 3, 10])
    assert wasserstein_floor(TRUTH, values, N) == pytest.approx(
        wasserstein(samples, TRUTH, values).mean(), rel=0.02
    )


def test_a_weighted_sample_has_the_floor_of_its_effective_base():
    rng = np.random.default_rng(4)
    weights = rng.uniform(0.2, 3, N)
    answers = rng.choice(5, (4000, N), p=TRUTH)
    shares = np.stack([(weights * (answers == k)).sum(axis=1) for k in range(5)], axis=1) / weights.sum()
    base = weights.sum() ** 2 / (weights**2).sum()
    assert kl_floor(5, base) == pytest.approx(kl(shares, TRUTH).mean(), rel=0.06)


def test_one_sampled_answer_each_is_exact():
    real, simulated = np.array([0.2, 0.3, 0.5]), np.array([0.02, 0.48, 0.5])
    drawn = np.random.default_rng(1).multinomial(60, simulated, 100_000)
    expected = kl(real, jeffreys(drawn / 60, 60)).mean()
    assert kl_one_sampled_answer(real, simulated, 60.3) == pytest.approx(expected, rel=0.01)


def test_one_sampled_answer_each_approaches_the_floor_for_right_marginals():
    # KL(q || q^) with q^ from n draws is about (K - 1) / (2 n) as well
    assert kl_one_sampled_answer(TRUTH, TRUTH, 20_000) == pytest.approx(kl_floor(5, 20_000), rel=0.05)
