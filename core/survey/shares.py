"""Weighted shares of real answers: the base they rest on, how they are smoothed, when they are shown.

Every rule about bases and shares that more than one package needs is here, below all of them.
"""

import numpy as np

from core.survey.codebook import Item
from core.survey.respondents import SurveyData

SMALL_BASE = 30
"""Below this effective base a share of real respondents is not shown, compared, tested or given a margin of
error: it says too much about single people, and the normal approximation fails."""
SMALL_CELL = 5
"""Fewer respondents of one background than this may be recognised: their category is pointed out before
anything is published, and counts of them are in no file that is."""
Z_95 = 1.959963984540054
"""Quantile of the normal distribution behind every 95 % interval."""
SMALLEST_SHARE = 1e-12
"""Simulated shares below this count as this, so that a logarithm stays finite."""
ZERO_VARIANCE = 1e-12
"""Variances of answers below this are rounding error: everybody says the same."""


def effective_base(weights: np.ndarray) -> float:
    """Number of equally weighted respondents that would be as precise: (sum w)^2 / sum w^2.

    0 for no respondents. Source: Kish (1965), "Survey Sampling", 11.2.

    >>> effective_base(np.array([1.0, 1.0, 2.0])).__round__(4)
    2.6667
    """
    square = float((np.asarray(weights, dtype=float) ** 2).sum())
    return float(np.sum(weights)) ** 2 / square if square > 0 else 0.0


def real_shares(answers: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """Weighted shares of the answers given, shape (k,); missing answers (-1) are left out.

    >>> real_shares(np.array([0, 1, 1, -1]), np.ones(4), 3).round(4).tolist()
    [0.3333, 0.6667, 0.0]
    """
    given = answers >= 0
    totals = np.bincount(answers[given], weights=weights[given], minlength=k)
    return totals / totals.sum() if totals.sum() > 0 else np.full(k, np.nan)


def jeffreys(shares: np.ndarray, n: float) -> np.ndarray:
    """Shares smoothed with half an answer per option: (n share + 0.5) / (n + 0.5 K).

    Parameters
    ----------
    shares
        Shape (..., K).
    n
        Effective number of answers behind the shares.

    >>> jeffreys(np.array([0.0, 1.0]), 4).tolist()
    [0.1, 0.9]
    """
    return (n * shares + 0.5) / (n + 0.5 * shares.shape[-1])


def smoothed_shares(answers: np.ndarray, weights: np.ndarray, k: int) -> np.ndarray:
    """`jeffreys` of `real_shares` on their effective base, shape (k,); uniform when nobody answered.

    >>> smoothed_shares(np.array([0, 1, 1, -1]), np.array([1.0, 1.0, 2.0, 9.0]), 2).round(4).tolist()
    [0.3182, 0.6818]
    """
    base = effective_base(weights[answers >= 0])
    return jeffreys(real_shares(answers, weights, k), base) if base else np.full(k, 1 / k)


def training_marginals(train: SurveyData, item: Item) -> np.ndarray:
    """`smoothed_shares` of the training answers to one item, shape (K,); what every method starts from.

    Parameters
    ----------
    train
        Respondents to learn from; their survey weights count.
    item
        What they were asked.
    """
    return smoothed_shares(train.answers[item.key].to_numpy(), train.weights, len(item.answers))
