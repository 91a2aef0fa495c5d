"""Drawing people from weighted profiles: systematically, then exchanged so that every target is met.

The draw is systematic from the list sorted by profile, so each profile is drawn the whole number of times
just below or just above its expected number. The exact draw then exchanges people one at a time, within the
same limits, while that brings the margins closer: a controlled rounding of the raked weights. Profiles are
copied whole, and with them the correlations between demographics.

Reference: systematic sampling, Madow (1949), doi:10.1214/aoms/1177729988.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd

from core.population.raking_margins import Margin

MAX_EXCHANGES = 500
"""Exchanges tried after the draw; a few dozen are usual."""
CANDIDATES = 300
"""Profiles looked at on each side of an exchange."""


class DrawMethod(StrEnum):
    """Draw method: with every target met to about a person, or systematically only."""

    EXACT = "exact"
    SYSTEMATIC = "systematic"


def draw(weights: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Systematic draw: one random start, then equal steps through the cumulated weights.

    Everybody is drawn in proportion to their weight, as often as the whole number just below or
    above; neighbours in the list are spread, so sort the list by what should be balanced.

    Parameters
    ----------
    weights
        Shape (n,), not negative.
    size
        Number of draws.
    rng
        Gives the random start.

    Returns
    -------
    numpy.ndarray
        Shape (size,), positions in ascending order, repeats included.

    Examples
    --------
    >>> import numpy as np
    >>> draw(np.array([1.0, 0.0, 2.0, 1.0]), 4, np.random.default_rng(0)).tolist()
    [0, 2, 2, 3]
    """
    total = np.cumsum(weights, dtype=float)  # (n,)
    # equally spaced points on the cumulated weights, (size,)
    points = (rng.random() + np.arange(size)) * (total[-1] / size)
    # rounding can put the last point beyond the total: nobody of weight 0 is drawn then
    last = int(np.flatnonzero(np.asarray(weights) > 0)[-1])
    return np.minimum(np.searchsorted(total, points, side="right"), last)


def draw_counts(
    profiles: pd.DataFrame,
    weights: np.ndarray,
    margins: Sequence[Margin],
    size: int,
    method: DrawMethod,
    rng: np.random.Generator,
) -> tuple[np.ndarray, int]:
    """Draws of each profile, shape (n,), and how many people were exchanged to meet the margins.

    Parameters
    ----------
    profiles
        The list to draw from, sorted for the draw by all its columns.
    weights
        Shape (n,), raked.
    margins
        Targets, coded for the same rows.
    """
    order = _sorted_rows(profiles)
    # the draw is a list of positions in the sorted list; counts (n,) are in the order of `profiles` again
    counts = np.bincount(order[draw(weights[order], size, rng)], minlength=len(profiles))
    return _exchange(margins, weights, counts) if method is DrawMethod.EXACT else (counts, 0)


def _sorted_rows(profiles: pd.DataFrame) -> np.ndarray:
    """Rows sorted by profile, the demographics with the fewest categories first."""
    by = sorted(profiles.columns, key=lambda c: profiles[c].nunique())
    if not by:
        return np.arange(len(profiles))
    return np.lexsort([pd.factorize(profiles[c], sort=True)[0] for c in reversed(by)])


def _exchange(margins: Sequence[Margin], weights: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, int]:
    """Swap drawn people one at a time while that lowers the sum of squared margin errors.

    A profile's count stays the whole number just below or above the expected one. Exchanging x_out for
    x_in changes the sum of squares |D|^2, D the margin errors in people, by 2 D (x_in - x_out) +
    |x_in - x_out|^2.
    """
    if not margins:
        return counts, 0
    counts, size = counts.copy(), counts.sum()
    # one-hot categories of all margins, (n, categories), and the margin errors in people, (categories,)
    x = np.concatenate(
        [(m.codes[:, None] == np.arange(len(m.options))).astype(np.float32) for m in margins], axis=1
    )
    error = counts @ x - size * np.concatenate([m.targets for m in margins])
    expected = weights * size / weights.sum()
    for done in range(MAX_EXCHANGES):
        # D x of every profile, (n,): how much it adds where there are too many already
        direction = x @ error
        can_go = np.flatnonzero(counts > np.floor(expected + 1e-9))
        can_come = np.flatnonzero(counts < np.ceil(expected - 1e-9))
        can_go = can_go[np.argsort(-direction[can_go], kind="stable")[:CANDIDATES]]
        can_come = can_come[np.argsort(direction[can_come], kind="stable")[:CANDIDATES]]
        if not len(can_go) or not len(can_come):
            return counts, done
        # |x_in - x_out|^2 of every pair of candidates: twice the margins in which they differ, (out, in)
        differing = 2 * (len(margins) - x[can_go] @ x[can_come].T)
        change = 2 * (direction[can_come][None, :] - direction[can_go][:, None]) + differing
        out, into = np.unravel_index(change.argmin(), change.shape)
        if change[out, into] > -1e-6:  # no exchange lowers the errors any more
            return counts, done
        counts[can_go[out]] -= 1
        counts[can_come[into]] += 1
        error += x[can_come[into]] - x[can_go[out]]
    return counts, MAX_EXCHANGES
