"""Design of a regression on profiles: columns for options, missing values, order and pairs of options.

Columns, all with a weighted mean of 0 among the training respondents: one for each option of each
demographic; one for "missing" where a training respondent lacks the demographic; the place on the scale of
an ordered one, 0 to 1; if asked for, products of two options of different demographics, times `PRODUCT`.
The columns are turned to their principal axes, which neither changes what a ridge or a nuclear-norm penalty
finds nor what it predicts, and makes the fit converge in few passes; axes that the penalty would shrink to
almost nothing are left out.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.survey.codebook import Codebook

PRODUCT = 0.5
"""Scale of a product of two options: the same penalty shrinks its effect four times as much."""
COMMON = 25.0
"""Respondents (effective base) that must have both options of a product."""
MOST_PRODUCTS = 400
"""Most products; the most common ones are taken."""
SMALLEST_AXIS = 1.0
"""Sum of squares among the training respondents below which an axis is left out."""


@dataclass(frozen=True)
class ProfileDesign:
    """Design of profiles.

    Attributes
    ----------
    sizes
        Number of options of each demographic, shape (D,).
    ordered, missing
        Demographics with a column for their order, and for a missing value; positions.
    pairs
        Products, shape (P, 2): columns of both options in the one-hot layout of all options.
    centre
        Mean of each column, shape (p,).
    axes
        Principal axes, shape (p, q).
    squares
        Sum of squares of the training respondents along each axis, shape (q,).
    """

    sizes: np.ndarray
    ordered: np.ndarray
    missing: np.ndarray
    pairs: np.ndarray
    centre: np.ndarray
    axes: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(
        cls, codes: np.ndarray, weights: np.ndarray, codebook: Codebook, *, products: bool
    ) -> "ProfileDesign":
        """Design of the training respondents.

        Parameters
        ----------
        codes
            Shape (n, D), see `core.tuning.profile_codes.ProfileCodes`.
        weights
            Shape (n,), adding up to the effective base.
        codebook
            Of the survey.
        products
            Whether there are products.
        """
        demographics = codebook.demographics
        sizes = np.array([len(d.options) for d in demographics], dtype=int)
        ordered = np.array([k for k, d in enumerate(demographics) if d.ordinal and len(d.options) > 2], int)
        # (D,) demographics that somebody with a weight lacks
        missing = np.flatnonzero(((codes < 0) * weights[:, None]).sum(0) > 0)
        pairs = _common_pairs(codes, weights, sizes) if products else np.zeros((0, 2), dtype=int)
        p = sizes.sum() + len(missing) + len(ordered) + len(pairs)
        centre = np.zeros(p)
        known = (codes[:, ordered] >= 0) * weights[:, None]  # (n, ordered)
        scale = np.maximum(codes[:, ordered], 0) / np.maximum(sizes[ordered] - 1, 1)
        order = sizes.sum() + len(missing) + np.arange(len(ordered))
        centre[order] = (known * scale).sum(0) / np.maximum(known.sum(0), 1e-12)
        table = cls(sizes, ordered, missing, pairs, centre, np.eye(p), np.ones(p)).columns(codes)
        centre = weights @ table / max(weights.sum(), 1e-12)
        table -= centre
        # (p, p) sums of squares and products; eigh sorts ascending
        squares, axes = np.linalg.eigh(table.T @ (weights[:, None] * table))
        kept = np.flatnonzero(squares > SMALLEST_AXIS)[::-1]
        return cls(sizes, ordered, missing, pairs, centre, axes[:, kept], squares[kept])

    def columns(self, codes: np.ndarray) -> np.ndarray:
        """Columns before centring, shape (n, p)."""
        n, total = len(codes), int(self.sizes.sum())
        starts = np.concatenate([[0], np.cumsum(self.sizes)])[:-1].astype(int)
        rows, fields = np.nonzero(codes >= 0)
        one_hot = np.zeros((n, total))
        one_hot[rows, starts[fields] + codes[rows, fields]] = 1.0
        # place on the scale, (n, ordered); missing is replaced by the mean when columns are centred
        scale = np.maximum(codes[:, self.ordered], 0) / np.maximum(self.sizes[self.ordered] - 1, 1)
        known = codes[:, self.ordered] >= 0
        middle = self.centre[total + len(self.missing) : total + len(self.missing) + len(self.ordered)]
        return np.concatenate(
            [
                one_hot,
                codes[:, self.missing] < 0,
                np.where(known, scale, middle),
                PRODUCT * one_hot[:, self.pairs[:, 0]] * one_hot[:, self.pairs[:, 1]],
            ],
            axis=1,
        )

    def of_profiles(self, codes: np.ndarray) -> np.ndarray:
        """Coordinates of profiles on the axes, and a column of ones for the intercept, shape (n, q + 1)."""
        found = (self.columns(codes) - self.centre) @ self.axes
        return np.concatenate([found, np.ones((len(codes), 1))], axis=1)


def _common_pairs(codes: np.ndarray, weights: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Products that enough respondents have, (P, 2), as columns of the one-hot layout."""
    starts = np.concatenate([[0], np.cumsum(sizes)])[:-1].astype(int)
    found: list[tuple[float, int, int]] = []
    for a, b in combinations(range(len(sizes)), 2):
        both = (codes[:, a] >= 0) & (codes[:, b] >= 0)
        cell = codes[both, a] * sizes[b] + codes[both, b]
        counts = np.bincount(cell, weights[both], sizes[a] * sizes[b])
        found += [
            (counts[c], starts[a] + c // sizes[b], starts[b] + c % sizes[b])
            for c in np.flatnonzero(counts >= COMMON - 1e-9)
        ]
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    chosen = sorted((i, j) for _, i, j in found[:MOST_PRODUCTS])
    return np.array(chosen, dtype=int).reshape(-1, 2)
