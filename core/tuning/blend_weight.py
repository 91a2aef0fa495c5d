"""Weight of the teacher in a blend: how much of the answers comes from it, by the validation respondents.

The likelihood of the answers given, over all weights from 0 to 1, is a curve; the weight is its mean with a
flat prior (the posterior mean). The highest point would be the model alone or the teacher alone whenever the
two are level, by chance; the mean is near one half then, and where respondents are few, and half and half is
hardly ever worse than the worse of the two and often better than both. It moves to 0 or 1 as the respondents
say so.
"""

from collections.abc import Mapping

import numpy as np

from core.survey.shares import effective_base

GRID = np.linspace(0.0, 1.0, 101)
"""Weights the likelihood is computed at."""
LOWEST = 1e-30
"""Probabilities below this count as this."""

LogProbs = Mapping[str, np.ndarray]


def fit_blend_weight(
    model: LogProbs, teacher: LogProbs, answers: Mapping[str, np.ndarray], weights: np.ndarray
) -> float:
    """Posterior mean of the teacher's weight, 0 to 1; one half without answers.

    Answers of one person go together, so they say less than as many answers of different people: the
    log-likelihood is scaled to the curvature it has with the respondent as the unit.

    Parameters
    ----------
    model, teacher
        Item key -> array (n, K), natural log; only keys of `teacher` are used.
    answers
        Item key -> array (n,), the answer's index, -1 for missing.
    weights
        Shape (n,), survey weights.

    References
    ----------
    Pauli, Racugno and Ventura (2011), "Bayesian composite marginal likelihoods", for the scaling.
    """
    weights = np.asarray(weights, dtype=float)
    total = weights.sum()
    if not total:
        return 0.5
    counted = weights * effective_base(weights) / total  # (n,), adding up to the effective base
    likelihood, slopes, curvatures = _moments(model, teacher, answers, counted)
    best = int(likelihood.argmax())
    scale = _scale(slopes[:, best], curvatures[best], counted)
    posterior = np.exp(scale * (likelihood - likelihood[best]))  # (G,)
    return float(posterior @ GRID / posterior.sum())


def _moments(
    model: LogProbs, teacher: LogProbs, answers: Mapping[str, np.ndarray], weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-likelihood (G,), each respondent's slope of it per unit of weight (n, G), and curvature (G,)."""
    n = len(weights)
    likelihood, slopes, curvatures = np.zeros(len(GRID)), np.zeros((n, len(GRID))), np.zeros(len(GRID))
    for key, table in teacher.items():
        given = np.asarray(answers[key])
        rows = np.flatnonzero(given >= 0)
        # probabilities of the answers given, (m, 1), and of their mixtures, (m, G)
        ours = np.exp(model[key][rows, given[rows]])[:, None]
        theirs = np.exp(table[rows, given[rows]])[:, None]
        mixed = np.maximum((1 - GRID) * ours + GRID * theirs, LOWEST)
        slope = (theirs - ours) / mixed
        likelihood += weights[rows] @ np.log(mixed)
        slopes[rows] += slope
        curvatures += weights[rows] @ slope**2
    return likelihood, slopes, curvatures


def _scale(slopes: np.ndarray, curvature: float, weights: np.ndarray) -> float:
    """Factor on the log-likelihood, at most 1: curvature over variance of the slopes (n,)."""
    shares = weights / weights.sum()
    left = 1.0 - float(shares @ shares)
    if left < 1e-12:
        return 0.0  # a single respondent says nothing about others
    variance = float(weights**2 @ (slopes - shares @ slopes) ** 2) / left
    return min(1.0, curvature / variance) if variance > 0 else 1.0
