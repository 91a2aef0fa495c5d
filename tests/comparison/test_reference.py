"""Every figure equals its reference implementation on random weighted inputs."""

import numpy as np
import popfidelity.metrics as reference
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, spearmanr, wasserstein_distance
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error
from statsmodels.stats.weightstats import DescrStatsW

from core.comparison import accuracy
from core.comparison.accuracy import Decoder
from core.comparison.measures import measure, real_answers
from core.models.temperature import temper
from core.survey.codebook import Question, QuestionType
from core.survey.shares import jeffreys

SCALE = Question("q", "?", QuestionType.ORDINAL, ("a", "b", "c", "d", "e")).items[0]
NUMBERS = Question("q", "?", QuestionType.NUMERIC, range=(0, 12)).items[0]


def draw(item, seed, n=300):
    """Random probabilities, answers and weights."""
    rng = np.random.default_rng(seed)
    k = len(item.answers)
    probability = rng.dirichlet(np.full(k, 0.8), n)
    return np.log(probability + 1e-12), rng.integers(0, k, n), rng.uniform(0.2, 3, n)


CASES = [(item, seed, temperature) for item in (SCALE, NUMBERS) for seed, temperature in ((0, 1.0), (1, 0.6))]


@pytest.mark.parametrize(("item", "seed", "temperature"), CASES)
def test_population_figures(item, seed, temperature):
    z, answers, weights = draw(item, seed)
    found = measure(real_answers(item, answers, weights), z, temperature, Decoder.SAMPLED)
    k, values = len(item.answers), item.value_array
    p = np.exp(temper(z, temperature))
    q_real = np.bincount(answers, weights, k) / weights.sum()
    q_sim = np.average(p, axis=0, weights=weights)
    smooth = jeffreys(q_real, weights.sum() ** 2 / (weights**2).sum())
    assert found.kl == pytest.approx(entropy(smooth, q_sim))
    assert found.kl_reverse == pytest.approx(entropy(q_sim, smooth))
    assert found.js == pytest.approx(jensenshannon(q_real, q_sim) ** 2)
    assert found.js / np.log(2) == pytest.approx(jensenshannon(q_real, q_sim, base=2) ** 2)
    assert found.entropy_gap == pytest.approx(entropy(q_sim) - entropy(q_real))
    length = values[-1] - values[0]
    assert found.w1 == pytest.approx(wasserstein_distance(values, values, q_real, q_sim) / length)
    said = DescrStatsW(values[answers], weights=weights)
    simulated = DescrStatsW(np.tile(values, len(p)), weights=(weights[:, None] * p).ravel())
    assert found.mean_shift == pytest.approx((simulated.mean - said.mean) / said.std)
    assert found.sd_ratio == pytest.approx(simulated.std / said.std)
    between = DescrStatsW(p @ values, weights=weights).std
    assert found.sd_between == pytest.approx(between / said.std)


@pytest.mark.parametrize(("item", "seed", "temperature"), CASES)
def test_individual_figures(item, seed, temperature):
    z, answers, weights = draw(item, seed)
    found = measure(real_answers(item, answers, weights), z, temperature, Decoder.EXPECTED)
    p, values = np.exp(temper(z, temperature)), item.value_array
    said, length = values[answers], values[-1] - values[0]
    labels = np.arange(len(item.answers))
    assert found.nll == pytest.approx(log_loss(answers, p, sample_weight=weights, labels=labels))
    assert found.accuracy == pytest.approx(accuracy_score(answers, p.argmax(axis=1), sample_weight=weights))
    by_option = [mean_squared_error((answers == j) * 1.0, p[:, j], sample_weight=weights) for j in labels]
    assert found.brier == pytest.approx(sum(by_option))
    expected, greedy = p @ values, values[p.argmax(axis=1)]
    for name, guess in (("expected", expected), ("greedy", greedy)):
        assert getattr(found, f"rmse_{name}") == pytest.approx(
            mean_squared_error(said, guess, sample_weight=weights) ** 0.5 / length
        )
    every = np.repeat(said, len(values)), np.tile(values, len(said)), (weights[:, None] * p).ravel()
    assert found.rmse_sampled == pytest.approx(
        mean_squared_error(every[0], every[1], sample_weight=every[2]) ** 0.5 / length
    )
    median = [DescrStatsW(values, weights=row).quantile([0.5], return_pandas=False)[0] for row in p]
    assert found.mae == pytest.approx(mean_absolute_error(said, median, sample_weight=weights))
    # the score of a cumulated forecast is the Brier score of each threshold
    thresholds = [
        mean_squared_error((said <= v) * 1.0, p[:, values <= v].sum(axis=1), sample_weight=weights)
        for v in values[:-1]
    ]
    assert found.rps == pytest.approx(np.mean(thresholds))


@pytest.mark.parametrize("seed", range(3))
def test_rank_correlation_is_spearmans_and_a_weight_of_two_is_two_respondents(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 5, 80).astype(float), rng.integers(0, 4, 80).astype(float)
    times = rng.integers(1, 4, 80)
    alone, repeated = spearmanr(x, y)[0], spearmanr(np.repeat(x, times), np.repeat(y, times))[0]
    assert accuracy.rank_correlation(x, y, np.ones(80)) == pytest.approx(alone)
    assert accuracy.rank_correlation(x, y, times.astype(float)) == pytest.approx(repeated)
    assert accuracy.rank_correlation(np.ones(80), y, np.ones(80)) is None


def test_permuted_nll_is_the_mean_over_random_permutations():
    z, answers, weights = draw(SCALE, 3, n=60)
    z, equal, rng = temper(z, 1.0), np.ones(60), np.random.default_rng(0)
    shuffled = [accuracy.nll(z[rng.permutation(60)], answers, equal) for _ in range(2000)]
    standard_error = np.std(shuffled) / 2000**0.5
    assert accuracy.permuted_nll(z, answers, equal) == pytest.approx(
        np.mean(shuffled), abs=4 * standard_error
    )


def test_distances_agree_with_popfidelity():
    z, answers, weights = draw(SCALE, 5)
    found = measure(real_answers(SCALE, answers, weights), z, 1.0, Decoder.SAMPLED)
    q_real = np.bincount(answers, weights, 5) / weights.sum()
    q_sim = np.average(np.exp(temper(z, 1.0)), axis=0, weights=weights)
    for ours, theirs in (("w1", "nemd"), ("tv", "total_variation")):
        assert getattr(found, ours) == pytest.approx(reference.distance(q_real[None], q_sim[None], theirs)[0])
