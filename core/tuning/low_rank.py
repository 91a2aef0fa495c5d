"""Multinomial regression of all items at once whose effects share a low-rank part.

Logits of all answers T of profile x: c + x B. The effects B, q x T, are the sum of a low-rank part W V, W
shared by all items, and a part E of each answer, under the penalty

    lambda / 2 (|W|^2 + |V|^2) + mu / 2 |E|^2.

The split that costs least is known for every B, by its singular values s: W V takes of the `rank`
largest what lies above lambda / mu, so that the penalty of B alone is

    mu / 2 |B|^2 - mu / 2 sum over the rank largest of max(s - lambda / mu, 0)^2.

Only B is fitted, by L-BFGS in coordinates with about equal curvature, from wherever a similar fit ended.
With rank 0 this is a ridge regression.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

PASSES = 60
"""Most iterations of a fit."""
BLOCK = 1024
"""Profiles whose logits are held at a time: what fits into a processor's cache."""


@dataclass(frozen=True)
class Penalty:
    """Penalty of the effects.

    Attributes
    ----------
    ridge
        mu, of the part of each answer.
    rank
        Most dimensions of the shared part; 0 for none.
    shared
        lambda, of the shared part.
    """

    ridge: float
    rank: int = 0
    shared: float = 0.0

    def of(self, effects: np.ndarray) -> tuple[float, np.ndarray]:
        """Penalty of effects (T, q), and its gradient (T, q)."""
        value = 0.5 * self.ridge * float((effects**2).sum())
        if not self.rank:
            return value, self.ridge * effects
        # squared singular values ascending, right vectors in columns (q, q)
        squares, vectors = np.linalg.eigh(effects.T @ effects)
        s = np.sqrt(np.maximum(squares[-self.rank :], 0.0))
        above = np.maximum(s - self.shared / self.ridge, 0.0)
        # (q, rank) @ (rank, q): what the shared part takes of the effects
        right = vectors[:, -self.rank :]
        taken = effects @ ((right * (above / np.maximum(s, 1e-12))) @ right.T)
        return value - 0.5 * self.ridge * float((above**2).sum()), self.ridge * (effects - taken)


@dataclass(frozen=True)
class AnswerCounts:
    """Weighted answers of distinct profiles.

    Attributes
    ----------
    x
        Profiles, shape (q + 1, U) with ones in the last row.
    base
        Weight of the answers of each profile to each item, shape (n_items, U).
    sums
        Sum of x over the answers, shape (T, q + 1).
    sizes
        Answers of each item, shape (n_items,), T in all.
    """

    x: np.ndarray
    base: np.ndarray
    sums: np.ndarray
    sizes: np.ndarray

    def loss(self, effects: np.ndarray) -> tuple[float, np.ndarray]:
        """Weighted sum of the NLL of all answers under effects (T, q + 1), and its gradient."""
        effects = effects.astype(self.x.dtype)
        starts = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        loss = -float((effects * self.sums).sum(dtype=np.float64))
        gradient = -self.sums.astype(np.float64)
        for first in range(0, self.x.shape[1], BLOCK):
            x, base = self.x[:, first : first + BLOCK], self.base[:, first : first + BLOCK]
            odds = effects @ x  # (T, U)
            np.clip(odds, -40.0, 40.0, out=odds)
            np.exp(odds, out=odds)
            total = np.add.reduceat(odds, starts, axis=0)  # (n_items, U)
            loss += float((base * np.log(total)).sum(dtype=np.float64))
            odds *= np.repeat(base / total, self.sizes, axis=0)  # expected answers
            gradient += odds @ x.T
        return loss, gradient


def fit_effects(
    counts: AnswerCounts,
    curvature: np.ndarray,
    penalty: Penalty,
    start: np.ndarray,
    *,
    free: bool = True,
    passes: int = PASSES,
) -> np.ndarray:
    """Effects with the smallest loss and penalty, shape (T, q + 1), the intercepts last.

    Parameters
    ----------
    counts
        Answers.
    curvature
        About the second derivative of the loss for each effect, shape (T, q + 1).
    penalty
        Penalty of all but the intercepts.
    start
        Effects to begin with, shape (T, q + 1).
    free
        Whether intercepts are fitted; otherwise they stay those of `start`.
    passes
        Most iterations.
    """
    scale = 1.0 / np.sqrt(curvature + penalty.ridge)
    scale[:, -1] = 1.0 / np.sqrt(curvature[:, -1] + 1e-3) if free else 0.0

    def value(moved: np.ndarray) -> tuple[float, np.ndarray]:
        effects = start + moved.reshape(start.shape) * scale
        loss, gradient = counts.loss(effects)
        cost, slope = penalty.of(effects[:, :-1])
        gradient[:, :-1] += slope
        return loss + cost, (gradient * scale).ravel()

    found = minimize(
        value,
        np.zeros(start.size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": passes, "ftol": 1e-7, "gtol": 1e-3},
    )
    return start + found.x.reshape(start.shape) * scale


def log_odds(shares: np.ndarray, starts: np.ndarray, width: int) -> np.ndarray:
    """Effects (T, width) that give everybody these answer counts or shares (T,)."""
    sizes = np.diff(starts, append=len(shares))
    effects = np.zeros((len(shares), width))
    effects[:, -1] = np.log(shares / np.repeat(np.add.reduceat(shares, starts), sizes))
    return effects


def curvature(counts: AnswerCounts, squares: np.ndarray) -> np.ndarray:
    """About the second derivative of the loss for each effect, (T, q + 1), where nobody differs.

    Parameters
    ----------
    counts
        Answers.
    squares
        Mean of x squared, shape (q + 1,).
    """
    given = counts.sums[:, -1].astype(float)
    base = np.repeat(counts.base.sum(axis=1, dtype=float), counts.sizes)
    # n p (1 - p) of each answer
    return np.outer(given * (1 - given / base), squares)
