"""Protected counts: how often options of two demographics go together, without small cells.

What is fitted to them is stored beside an adapter and published, and a covariance of demographics with the
number of respondents is a table of counts: of one person of that age in that region, too. Therefore cells
with fewer than `SMALL_CELL` respondents are made what independence of the two demographics would give, at
most half of `SMALL_CELL`, and all others, shares of single options and numbers of known values too, are
rounded to multiples of `SMALL_CELL`: the rest of a row does not give a small cell away either. Everything
below is computed from these counts alone. The cost is up to `SMALL_CELL` / 2 respondents per cell, less
than their sampling error in all but small surveys.
"""

import numpy as np

from core.survey.shares import SMALL_CELL


def rounded(counts: np.ndarray) -> np.ndarray:
    """Multiples of `SMALL_CELL`.

    >>> rounded(np.array([12.0, 13.0])).tolist()
    [10.0, 15.0]
    """
    return SMALL_CELL * np.round(counts / SMALL_CELL)


def protected(counts: np.ndarray, people: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Weighted counts, rounded, or where there are few the expected ones, at most half of `SMALL_CELL`.

    Parameters
    ----------
    counts
        Weighted.
    people
        Respondents in each cell, whatever they weigh.
    expected
        What takes the place of small cells.

    >>> protected(np.array([31.0, 9.0, 2.0]), np.array([31, 4, 2]), np.array([20.0, 20.0, 1.0])).tolist()
    [30.0, 2.5, 1.0]
    """
    small = (people < SMALL_CELL) | (counts < SMALL_CELL)
    return np.where(small, np.minimum(expected, SMALL_CELL / 2), rounded(counts))


def protected_moments(
    one_hot: np.ndarray, sizes: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share of each option among those known, (width,), and covariance of the options, (width, width).

    Parameters
    ----------
    one_hot
        Training profiles, shape (n, width); a missing value has zeros only.
    sizes
        Options of each demographic, shape (D,).
    weights
        Shape (n,), adding up to their base.

    Returns
    -------
    centre
        Adds up to 1 over the options of a demographic.
    covariance
        Symmetric, without negative eigenvalues; adds up to 0 over the options of a demographic.
    """
    field = np.repeat(np.arange(len(sizes)), sizes)
    member = (field[:, None] == np.arange(len(sizes))).astype(float)  # (width, D)
    counts = one_hot.T @ (weights[:, None] * one_hot)
    people = one_hot.T @ ((weights > 0)[:, None] * one_hot)
    known = rounded(member.T @ counts @ member)[field][:, field]  # (width, width) both are known
    single = protected(np.diag(counts), np.diag(people), np.full(len(field), float(SMALL_CELL)))
    centre = single / (member.T @ single)[field]
    even = np.outer(centre, centre)
    table = protected(counts, people, known * even)
    same = field[:, None] == field
    table[same] = (known * np.diag(centre))[same]
    # deviations from the centre summed over the table: (width, width), rows[a, b] = all of b's demographic
    rows = (table @ member) @ member.T
    both = member @ (member.T @ table @ member) @ member.T
    apart = table - rows * centre - centre[:, None] * rows.T + both * even
    return centre, _without_negative(apart / max(float(weights.sum()), 1e-12))


def _without_negative(covariance: np.ndarray) -> np.ndarray:
    """Nearest symmetric matrix without negative eigenvalues."""
    squares, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    half = axes * np.sqrt(np.maximum(squares, 0.0))
    found: np.ndarray = half @ half.T
    return found
