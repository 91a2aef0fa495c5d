"""Design of a regression on profiles: columns for options, missing values, order and pairs of options.

Columns, all with a weighted mean of 0 among the training respondents: one for each option of each
demographic; one for "missing" where a training respondent lacks the demographic; the place on the scale of
an ordered one, 0 to 1; if asked for, products of two options of different demographics, times `PRODUCT`.
The columns are turned to their principal axes, which neither changes what a ridge or a nuclear-norm penalty
finds nor what it predicts, and makes the fit converge in few passes; axes that the penalty would shrink to
almost nothing are left out. What was found is turned back: the axes and means of the columns are counts of
options and of triples of them, which nothing that is stored may tell.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from core.survey.codebook import Codebook

PRODUCT = 0.5
"""Scale of a product of two options: the same penalty shrinks its effect four times as much."""
COMMON = 25.0
"""Respondents (effective base) that must have both options of a product."""
MOST_PRODUCTS = 250
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
    middle
        Place on the scale where it is missing, shape (ordered,): the mean to one decimal.
    """

    sizes: np.ndarray
    ordered: np.ndarray
    missing: np.ndarray
    pairs: np.ndarray
    middle: np.ndarray

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
        known = (codes[:, ordered] >= 0) * weights[:, None]  # (n, ordered)
        scale = np.maximum(codes[:, ordered], 0) / np.maximum(sizes[ordered] - 1, 1)
        middle = np.round((known * scale).sum(0) / np.maximum(known.sum(0), 1e-12), 1)
        return cls(sizes, ordered, missing, pairs, middle)

    def columns(self, codes: np.ndarray) -> np.ndarray:
        """Columns of profiles, shape (n, p)."""
        n, total = len(codes), int(self.sizes.sum())
        starts = np.concatenate([[0], np.cumsum(self.sizes)])[:-1].astype(int)
        rows, fields = np.nonzero(codes >= 0)
        one_hot = np.zeros((n, total))
        one_hot[rows, starts[fields] + codes[rows, fields]] = 1.0
        # place on the scale, (n, ordered)
        scale = np.maximum(codes[:, self.ordered], 0) / np.maximum(self.sizes[self.ordered] - 1, 1)
        known = codes[:, self.ordered] >= 0
        return np.concatenate(
            [
                one_hot,
                codes[:, self.missing] < 0,
                np.where(known, scale, self.middle),
                PRODUCT * one_hot[:, self.pairs[:, 0]] * one_hot[:, self.pairs[:, 1]],
            ],
            axis=1,
        )

    def of_profiles(self, codes: np.ndarray) -> np.ndarray:
        """Columns of profiles, and one of ones for the intercept, shape (n, p + 1)."""
        return np.concatenate([self.columns(codes), np.ones((len(codes), 1))], axis=1)


@dataclass(frozen=True)
class PrincipalAxes:
    """Principal axes of a design's columns, only while a regression is fitted.

    Attributes
    ----------
    centre
        Mean of each column among the training respondents, shape (p,).
    axes
        Shape (p, q).
    squares
        Sum of squares of the training respondents along each axis, shape (q,), falling.
    """

    centre: np.ndarray
    axes: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, columns: np.ndarray, weights: np.ndarray) -> "PrincipalAxes":
        """Axes of the training respondents' columns, (n, p), with weights that add up to their base."""
        centre = weights @ columns / max(weights.sum(), 1e-12)
        table = columns - centre
        # (p, p) sums of squares and products; eigh sorts ascending
        squares, axes = np.linalg.eigh(table.T @ (weights[:, None] * table))
        kept = np.flatnonzero(squares > SMALLEST_AXIS)[::-1]
        return cls(centre, axes[:, kept], squares[kept])

    def turn(self, columns: np.ndarray) -> np.ndarray:
        """Coordinates on the axes, and a column of ones for the intercept, shape (n, q + 1)."""
        return np.concatenate([(columns - self.centre) @ self.axes, np.ones((len(columns), 1))], axis=1)

    def turn_back(self, effects: np.ndarray) -> np.ndarray:
        """Effects of the columns and intercepts, (T, p + 1), from those of the axes, (T, q + 1)."""
        found = effects[:, :-1] @ self.axes.T
        return np.concatenate([found, effects[:, -1:] - (found @ self.centre)[:, None]], axis=1)


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
