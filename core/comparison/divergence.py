"""Distances between the shares real people gave and the shares simulated for them.

`P` is real, `Q` is simulated, in that order everywhere; logarithms are natural, so divergences are in
nats. KL(P || Q) is the primary distance: it punishes answers the simulation leaves out and equals the
excess log loss. Real shares are smoothed with Jeffreys' prior before they enter a KL (a sample of 200
that lacks an answer does not prove that nobody gives it); nothing else is smoothed. Estimates from
samples are never zero: read every figure beside its floor (`core.comparison.floors`).
"""

import numpy as np
from scipy.special import rel_entr

from core.survey.shares import SMALLEST_SHARE


def kl(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Kullback-Leibler divergence KL(P || Q) = sum P ln(P / Q) over the last axis, nats, 0 and up.

    >>> float(kl(np.array([0.5, 0.5]), np.array([0.25, 0.75])).round(6))
    0.143841
    """
    return rel_entr(p, np.maximum(q, SMALLEST_SHARE)).sum(axis=-1)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Jensen-Shannon divergence (not its square root), nats, 0 to ln 2. Source: doi:10.1109/18.61115.

    >>> float(jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0])).round(6))
    0.693147
    """
    middle = (p + q) / 2
    return (rel_entr(p, middle).sum(axis=-1) + rel_entr(q, middle).sum(axis=-1)) / 2


def total_variation(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Total variation: share of people who would have to change their answer, 0 to 1.

    >>> float(total_variation(np.array([0.5, 0.5]), np.array([0.25, 0.75])))
    0.25
    """
    return np.abs(p - q).sum(axis=-1) / 2


def wasserstein(p: np.ndarray, q: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Wasserstein-1 distance: how far answers move along the scale on average, share of its length, 0 to 1.

    Parameters
    ----------
    p, q
        Shape (..., K), shares of the substantive answers.
    values
        Shape (K,), increasing.

    >>> float(wasserstein(np.array([1.0, 0, 0]), np.array([0, 0, 1.0]), np.array([0.0, 1, 2])))
    1.0
    """
    gap = np.cumsum(p - q, axis=-1)[..., :-1]
    return np.abs(gap) @ np.diff(values) / (values[-1] - values[0])


def entropy(p: np.ndarray) -> np.ndarray:
    """Shannon entropy, nats, 0 (all give one answer) to ln K.

    >>> float(entropy(np.array([0.5, 0.5])).round(6))
    0.693147
    """
    return -(p * np.log(np.maximum(p, SMALLEST_SHARE))).sum(axis=-1)
