"""Significance letters: which columns of a banner differ by more than sampling explains.

The column-proportions z-test and, for means, Welch's t-test, between every two columns of one demographic.
Both use effective bases, so the design effect of the weights is in them. They are tests about real
respondents: nothing here may be given the number of simulated people as a base, which could be made as large
as one likes. Not covered: a column against the total it is part of, and columns that share respondents.
"""

from enum import StrEnum

import numpy as np
from scipy.special import ndtr, stdtr

from core.survey.shares import ZERO_VARIANCE

UPPER, LOWER = 0.05, 0.10
"""Adjusted p-values below these give an upper-case letter (95 %) and a lower-case letter (90 %)."""


class Correction(StrEnum):
    """Correction: how p-values of one row of a table allow for testing many pairs of columns."""

    NONE = "none"
    BONFERRONI = "bonferroni"
    FDR = "fdr"


def proportion_p_values(shares: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Two-sided p-values of the column-proportions z-test (pooled variance) for every two columns.

    Parameters
    ----------
    shares
        Shape (C,), share of one answer in each column. A column without a share (NaN), or with a share of 0
        or 1, for which the normal approximation has no variance, is not tested.
    bases
        Shape (C,), effective bases.

    Returns
    -------
    numpy.ndarray
        Shape (C, C), symmetric; NaN where there is no test.

    References
    ----------
    Fleiss, Levin and Paik (2003), "Statistical Methods for Rates and Proportions", section 3.1; Kish (1965),
    "Survey Sampling", 11.2 for effective bases.

    Examples
    --------
    >>> proportion_p_values(np.array([0.5, 0.4]), np.array([200, 200]))[0, 1].round(4).item()
    0.0444
    """
    p, n = np.asarray(shares, dtype=float), np.asarray(bases, dtype=float)
    tested = (n > 0) & (p > 0) & (p < 1)  # NaN is neither
    p, n = np.where(tested, p, np.nan), np.where(tested, n, np.nan)
    # every column against every other, (C, C): the share both would have if they were the same
    pooled = (p * n + (p * n)[:, None]) / (n + n[:, None])
    z = (p - p[:, None]) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n[:, None]))
    return _without_diagonal(2 * ndtr(-np.abs(z)))


def mean_p_values(means: np.ndarray, variances: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Two-sided p-values of Welch's t-test for every two columns.

    Parameters
    ----------
    means, variances
        Shape (C,), weighted mean and unbiased variance (n / (n - 1) times the weighted one). Columns with NaN
        or without variance are not tested.
    bases
        Shape (C,), effective bases; columns of 1 and less are not tested.

    Returns
    -------
    numpy.ndarray
        Shape (C, C), symmetric; NaN where there is no test.

    References
    ----------
    Welch (1947), doi:10.1093/biomet/34.1-2.28.

    Examples
    --------
    >>> found = mean_p_values(np.array([3.0, 3.5]), np.array([1.0, 1.5]), np.array([50, 40]))
    >>> found[0, 1].round(4).item()
    0.0405
    """
    m, v, n = (np.asarray(values, dtype=float) for values in (means, variances, bases))
    tested = np.isfinite(m) & (v > ZERO_VARIANCE) & (n > 1)
    m, error = np.where(tested, m, np.nan), np.where(tested, v / np.where(tested, n, 1), np.nan)
    # squared standard error of every difference and its degrees of freedom (Welch-Satterthwaite), (C, C)
    spread = error + error[:, None]
    part = error**2 / np.where(tested, n - 1, 1)
    freedom = spread**2 / (part + part[:, None])
    return _without_diagonal(2 * stdtr(freedom, -np.abs(m - m[:, None]) / np.sqrt(spread)))


def adjust(p_values: np.ndarray, correction: Correction | str) -> np.ndarray:
    """P-values that allow for all pairs of columns tested in the same row.

    Parameters
    ----------
    p_values
        Shape (C, C), symmetric, NaN where there is no test.
    correction
        Bonferroni multiplies by the number of tests; FDR is the step-up procedure of Benjamini and Hochberg
        (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> p = np.full((3, 3), np.nan)
    >>> p[0, 1], p[0, 2], p[1, 2] = 0.01, 0.03, 0.2
    >>> [adjust(p, c)[0, 2].round(3).item() for c in ("none", "bonferroni", "fdr")]
    [0.03, 0.09, 0.045]
    """
    adjusted = np.full_like(p_values, np.nan)
    # each pair once: positions above the diagonal, and of these the ones with a test, (tests,)
    above = np.triu_indices(len(p_values), 1)
    tested = np.isfinite(p_values[above])
    pairs = tuple(index[tested] for index in above)
    p = p_values[pairs]
    if Correction(correction) is Correction.BONFERRONI:
        p = np.minimum(p * len(p), 1.0)
    elif Correction(correction) is Correction.FDR and len(p):
        from scipy.stats import false_discovery_control  # slow to import: not for every page

        p = false_discovery_control(p)
    adjusted[pairs] = p
    adjusted[pairs[::-1]] = p
    return adjusted


def letters(values: np.ndarray, p_values: np.ndarray, names: tuple[str, ...]) -> tuple[str, ...]:
    """Letters of each column: those of the columns it is significantly larger than.

    Parameters
    ----------
    values
        Shape (C,), what was tested.
    p_values
        Shape (C, C), after `adjust`.
    names
        Letter of each column, upper case.

    Examples
    --------
    >>> p = np.array([[np.nan, 0.03, 0.07], [0.03, np.nan, 0.6], [0.07, 0.6, np.nan]])
    >>> letters(np.array([0.5, 0.3, 0.4]), p, ("A", "B", "C"))
    ('Bc', '', '')
    """
    found = []
    for i, value in enumerate(values):
        smaller = [j for j in range(len(names)) if p_values[i, j] < LOWER and values[j] < value]
        parts = [names[j] if p_values[i, j] < UPPER else names[j].lower() for j in smaller]
        found.append((" " if any(len(name) > 1 for name in names) else "").join(parts))
    return tuple(found)


def column_letter(position: int) -> str:
    """Letter of a column counted from 0: A to Z, then AA, AB and so on.

    >>> [column_letter(i) for i in (0, 25, 26)]
    ['A', 'Z', 'AA']
    """
    letter = chr(ord("A") + position % 26)
    return letter if position < 26 else column_letter(position // 26 - 1) + letter


def _without_diagonal(table: np.ndarray) -> np.ndarray:
    np.fill_diagonal(table, np.nan)
    return table
