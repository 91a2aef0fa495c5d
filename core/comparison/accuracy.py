"""Individual accuracy: how well each respondent's own answer is predicted.

NLL, Brier score and RPS are strictly proper: only honest probabilities are optimal, so models and
temperatures are chosen on them. RMSE and accuracy also need a *decoder* that turns probabilities into
one answer. At T = 1 a calibrated model's sampled answers have sqrt(2) times the RMSE of its expected
answers: sampling trades individual error for the right spread, and nothing else.
"""

from enum import StrEnum
from typing import Any

import numpy as np

from core.survey.shares import SMALLEST_SHARE, ZERO_VARIANCE


class Decoder(StrEnum):
    """Decoder: how one answer is read from a person's probabilities."""

    SAMPLED = "sampled"
    """Drawn at random; figures are exact expectations over the draw."""
    EXPECTED = "expected"
    """Mean of the scale, and the likeliest answer where there is no scale."""
    GREEDY = "greedy"
    """Likeliest answer, also for the shares of the population."""


def nll(logprob: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> Any:
    """Weighted mean negative log-likelihood of the answers given, nats per answer.

    Parameters
    ----------
    logprob
        Shape (..., n, K), natural log; a float is returned for (n, K), else an array of the leading shape.
    answers
        Shape (n,), index of the answer given; none missing.
    weights
        Shape (n,).

    >>> nll(np.log([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1]), np.ones(2)).__round__(4)
    0.4904
    """
    chosen = logprob[..., np.arange(len(answers)), answers]
    return -_average(np.maximum(chosen, np.log(SMALLEST_SHARE)), weights)


def _average(values: np.ndarray, weights: np.ndarray) -> Any:
    """Weighted mean over the last axis; a plain number where that is the only one."""
    mean = np.asarray(values @ weights / weights.sum())
    return mean if mean.ndim else float(mean)


def brier(probability: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean of sum_k (pi_k - 1{y = k})^2, 0 to 2. Source: Brier (1950).

    >>> brier(np.array([[0.8, 0.2]]), np.array([0]), np.ones(1)).__round__(4)
    0.08
    """
    chosen = probability[np.arange(len(answers)), answers]
    return float(np.average((probability**2).sum(axis=1) - 2 * chosen + 1, weights=weights))


def accuracy(probability: np.ndarray, answers: np.ndarray, weights: np.ndarray, decoder: Decoder) -> float:
    """Share of respondents whose answer is hit: the likeliest one, or on average a sampled one.

    >>> probability, answers = np.array([[0.8, 0.2], [0.6, 0.4]]), np.array([0, 1])
    >>> accuracy(probability, answers, np.ones(2), Decoder.GREEDY)
    0.5
    >>> accuracy(probability, answers, np.ones(2), Decoder.SAMPLED).__round__(4)
    0.6
    """
    if decoder is Decoder.SAMPLED:
        return float(np.average(probability[np.arange(len(answers)), answers], weights=weights))
    return float(np.average(probability.argmax(axis=1) == answers, weights=weights))


def rps(probability: np.ndarray, answers: np.ndarray, weights: np.ndarray, values: np.ndarray) -> float:
    """Ranked probability score of an ordered scale, as share of its length, 0 to 1.

    Weighted mean of sum_k (F_k - 1{y <= v_k})^2 (v_k+1 - v_k) / (v_K - v_1), F the cumulated
    probability. Source: Epstein (1969), doi:10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2.

    Parameters
    ----------
    probability
        Shape (n, K), over the substantive answers, in the order of `values`.
    answers
        Shape (n,), index among the substantive answers.
    weights
        Shape (n,).
    values
        Shape (K,), increasing.

    >>> rps(np.array([[0.5, 0.25, 0.25]]), np.array([0]), np.ones(1), np.array([0.0, 1, 2]))
    0.15625
    """
    # 1 from the given answer upwards, (n, K - 1), and the lengths of the steps, (K - 1,)
    reached = answers[:, None] <= np.arange(len(values) - 1)
    step = np.diff(values) / (values[-1] - values[0])
    gap = np.cumsum(probability, axis=1)[:, :-1] - reached
    return float(np.average(gap**2 @ step, weights=weights))


def mean_squared_error(
    probability: np.ndarray, truth: np.ndarray, weights: np.ndarray, values: np.ndarray, decoder: Decoder
) -> Any:
    """Weighted mean squared distance between decoded and given answer, in units of the scale squared.

    Sampled equals expected plus the mean variance of a person's distribution, exactly.

    Parameters
    ----------
    probability
        Shape (..., n, K), over the substantive answers; a float is returned for (n, K), else an array of
        the leading shape.
    truth
        Shape (n,), value of the answer given.
    weights
        Shape (n,).
    values
        Shape (K,).
    decoder
        See `Decoder`.

    >>> half = np.array([[0.5, 0.5]])
    >>> [mean_squared_error(half, np.array([1.0]), np.ones(1), np.array([0.0, 1]), d) for d in Decoder]
    [0.5, 0.25, 1.0]
    """
    return _average(squared_errors(probability, truth, values, decoder), weights)


def squared_errors(
    probability: np.ndarray, truth: np.ndarray, values: np.ndarray, decoder: Decoder
) -> np.ndarray:
    """Squared distance of each person, shape (..., n), whose weighted mean is `mean_squared_error`."""
    if decoder is Decoder.GREEDY:
        return (values[probability.argmax(axis=-1)] - truth) ** 2
    expected = probability @ values  # (..., n)
    # E (V - y)^2 = (E V - y)^2 + Var V: a sampled answer adds the variance of the person's distribution
    error: np.ndarray = (expected - truth) ** 2
    return error + probability @ values**2 - expected**2 if decoder is Decoder.SAMPLED else error


def mean_absolute_error(
    probability: np.ndarray, truth: np.ndarray, weights: np.ndarray, values: np.ndarray, decoder: Decoder
) -> float:
    """Weighted mean absolute distance between decoded and given answer, in units of the scale.

    The expected decoder reads the median of a person's distribution, which is optimal for this error.
    Shapes as for `mean_squared_error`.

    >>> person, said = np.array([[0.6, 0.2, 0.2]]), np.array([1.0])
    >>> [round(mean_absolute_error(person, said, np.ones(1), np.arange(3.0), d), 4) for d in Decoder]
    [0.8, 1.0, 1.0]
    """
    if decoder is Decoder.SAMPLED:
        gap = (probability * np.abs(values - truth[:, None])).sum(axis=1)
    elif decoder is Decoder.GREEDY:
        gap = np.abs(values[probability.argmax(axis=1)] - truth)
    else:
        # first answer at which half the probability is reached, (n,)
        median = (np.cumsum(probability, axis=1) >= 0.5 - 1e-12).argmax(axis=1)
        gap = np.abs(values[median] - truth)
    return float(np.average(gap, weights=weights))


def rank_correlation(predicted: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float | None:
    """Weighted Spearman correlation of predicted and given values, -1 to 1; None if either is constant.

    A respondent of weight 2 counts like two respondents; ties share their mean rank.

    >>> rank_correlation(np.array([1.0, 2, 3]), np.array([1.0, 3, 2]), np.ones(3)).__round__(4)
    0.5
    """
    # Pearson's correlation of the ranks, (n,) each
    ranks = [_weighted_ranks(values, weights) for values in (predicted, truth)]
    centred = [rank - np.average(rank, weights=weights) for rank in ranks]
    spread = [np.average(c**2, weights=weights) for c in centred]
    if min(spread) < ZERO_VARIANCE:
        return None
    return float(np.average(centred[0] * centred[1], weights=weights) / np.sqrt(spread[0] * spread[1]))


def _weighted_ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Mid-ranks as cumulated weight: half of one's own tie counts, shape (n,), 0 to 1."""
    # rounding: equal expectations that were added up in another order are still ties
    _, group = np.unique(np.round(values, 10), return_inverse=True)
    total = np.bincount(group, weights=weights)  # weight of each distinct value, ascending
    return ((np.cumsum(total) - total / 2) / total.sum())[group]


def permuted_nll(logprob: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> float:
    """NLL if every respondent were given the profile of a respondent drawn at random, nats per answer.

    The exact mean over all reassignments, so no random permutation is needed:
    -sum_k q_k sum_j w_j log pi_j(k). If it equals the NLL, profiles are not used.

    >>> table = np.log([[0.9, 0.1], [0.1, 0.9]])
    >>> said = np.array([0, 1])
    >>> [round(figure(table, said, np.ones(2)), 4) for figure in (permuted_nll, nll)]
    [1.204, 0.1054]
    """
    # shares of the answers given and mean log-probabilities, both (K,)
    share = np.bincount(answers, weights=weights, minlength=logprob.shape[1]) / weights.sum()
    mean = np.average(np.maximum(logprob, np.log(SMALLEST_SHARE)), axis=0, weights=weights)
    return float(-share @ mean)
