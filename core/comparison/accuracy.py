"""How well each respondent's own answer is foreseen.

NLL, Brier score and RPS are strictly proper: only honest probabilities are optimal, so models and
temperatures are chosen on them. RMSE and accuracy also need a *decoder* that turns probabilities into
one answer. At T = 1 a calibrated model's sampled answers have sqrt(2) times the RMSE of its expected
answers: sampling trades individual error for the right spread, and nothing else.
"""

from enum import StrEnum

import numpy as np

from core.comparison.divergence import SMALLEST_SHARE


class Decoder(StrEnum):
    """How one answer is read from a person's probabilities."""

    SAMPLED = "sampled"
    """Drawn at random; figures are exact expectations over the draw."""
    EXPECTED = "expected"
    """The mean of the scale, and the likeliest answer where there is no scale."""
    GREEDY = "greedy"
    """The likeliest answer, also for the shares of the population."""


def nll(logprob: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean negative log-likelihood of the answers given, nats per answer.

    Parameters
    ----------
    logprob
        Shape (n, K), natural log.
    answers
        Shape (n,), index of the answer given; none missing.
    weights
        Shape (n,).

    >>> nll(np.log([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1]), np.ones(2)).__round__(4)
    0.4904
    """
    chosen = logprob[np.arange(len(answers)), answers]
    return float(-np.average(np.maximum(chosen, np.log(SMALLEST_SHARE)), weights=weights))


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
    reached = answers[:, None] <= np.arange(len(values) - 1)
    step = np.diff(values) / (values[-1] - values[0])
    gap = np.cumsum(probability, axis=1)[:, :-1] - reached
    return float(np.average(gap**2 @ step, weights=weights))


def mean_squared_error(
    probability: np.ndarray, truth: np.ndarray, weights: np.ndarray, values: np.ndarray, decoder: Decoder
) -> float:
    """Weighted mean squared distance between decoded and given answer, in units of the scale squared.

    Sampled equals expected plus the mean variance of a person's distribution, exactly.

    Parameters
    ----------
    probability
        Shape (n, K), over the substantive answers.
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
    if decoder is Decoder.GREEDY:
        decoded, spread = values[probability.argmax(axis=1)], 0.0
    else:
        decoded, spread = probability @ values, 0.0
        if decoder is Decoder.SAMPLED:
            spread = probability @ values**2 - decoded**2
    return float(np.average((decoded - truth) ** 2 + spread, weights=weights))
