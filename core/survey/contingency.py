"""Association of two categorical variables in one figure."""

import math

import numpy as np

EMPTY = 1e-9
"""Rows and columns of a contingency table that add up to less are left out: nobody is in them."""


def cramers_v(table: np.ndarray, base: float) -> float:
    """Bias-corrected Cramér's V of a contingency table: 0 independent, 1 one determines the other.

    Chi-square is above 0 by chance alone, the more so the smaller the base; the correction takes that out, so
    tables on different bases can be compared.

    Parameters
    ----------
    table
        Shape (r, c), counts or sums of weights; empty rows and columns are left out.
    base
        Respondents behind the table, the effective base where they have weights; ``math.inf`` for exact
        shares, which have no chance in them to correct.

    Returns
    -------
    float
        0 to 1; NaN where V does not exist: one of the variables does not vary, or the base is so small that
        nothing is left once chance is taken out (as many categories as respondents).

    Source
    ------
    Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, doi:10.1016/j.jkss.2012.10.002.

    Examples
    --------
    >>> table = np.array([[30, 10], [10, 30]])
    >>> round(cramers_v(table, math.inf), 4), round(cramers_v(table, 80), 4), cramers_v(np.eye(31), 31)
    (0.5, 0.4903, nan)
    """
    table = np.asarray(table, dtype=float)
    # empty rows and columns are no categories, and their expected share of 0 would be divided by
    table = table[table.sum(axis=1) > EMPTY][:, table.sum(axis=0) > EMPTY]
    if min(table.shape, default=0) < 2 or base <= 1:
        return math.nan
    share = table / table.sum()  # (r, c), sums to 1
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))  # (r, c) if the two were independent
    # chi-square over the base
    phi2 = float(((share - expected) ** 2 / expected).sum())
    r, c = (float(size) for size in table.shape)
    # Expected phi2 of independent variables is (r - 1)(c - 1) / (base - 1): taken off, but not below 0.
    phi2 = max(0.0, phi2 - (r - 1) * (c - 1) / (base - 1))
    # The largest phi2 there can be, min(r, c) - 1, shrinks in the same way, so that V still reaches 1.
    r, c = (size - (size - 1) ** 2 / (base - 1) for size in (r, c))
    room = min(r, c) - 1
    return min(math.sqrt(phi2 / room), 1.0) if room > EMPTY else math.nan
