"""How strongly demographics hang together, in the survey and in a population drawn from it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Association:
    """Bias-corrected Cramér's V of two demographics (0 to 1), in the survey and in the population."""

    first: str
    second: str
    seed: float
    population: float


def cramers_v(table: np.ndarray, n: float | None = None) -> float:
    """Bias-corrected Cramér's V of a contingency table: 0 independent, 1 one determines the other.

    Chi-square is above 0 by chance alone, the more so the smaller the base; the correction takes that out, so
    small seeds and large populations can be compared.

    Parameters
    ----------
    table
        Shape (r, c), counts or sums of weights.
    n
        Base; the table's total when left out. For weighted tables give the effective base.

    Source
    ------
    Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, doi:10.1016/j.jkss.2012.10.002.

    Examples
    --------
    >>> cramers_v(np.array([[50, 0], [0, 50]])), cramers_v(np.array([[25, 25], [25, 25]]))
    (1.0, 0.0)
    """
    table = np.asarray(table, dtype=float)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    r, c = table.shape
    n = float(table.sum() if n is None else n)
    if min(r, c) < 2 or n <= 1:
        return 0.0
    p = table / table.sum()
    expected = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    phi2 = max(0.0, float(((p - expected) ** 2 / expected).sum()) - (r - 1) * (c - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    smaller = min(rows, columns) - 1
    return float(min(np.sqrt(phi2 / smaller), 1.0)) if smaller > 0 else 0.0


def associations(profiles: pd.DataFrame, weights: np.ndarray, counts: np.ndarray) -> tuple[Association, ...]:
    """Every pair of demographics, the strongest in the survey first.

    Parameters
    ----------
    profiles
        One row per respondent; gaps are left out pair by pair.
    weights
        Shape (n,), design weights: the survey. Its base is the effective base of the weights.
    counts
        Shape (n,), how often each respondent was drawn: the population.
    """
    coded = {column: pd.factorize(profiles[column])[0] for column in profiles.columns}
    columns = list(coded)
    found = []
    for i, first in enumerate(columns):
        for second in columns[i + 1 :]:
            a, b = coded[first], coded[second]
            both = (a >= 0) & (b >= 0)
            tables = [_table(a[both], b[both], by[both]) for by in (weights, counts)]
            n = weights[both].sum() ** 2 / max(np.square(weights[both]).sum(), 1e-300)
            found.append(Association(first, second, cramers_v(tables[0], n), cramers_v(tables[1])))
    return tuple(sorted(found, key=lambda a: -a.seed))


def _table(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    columns = int(second.max(initial=0)) + 1
    flat = np.bincount(first * columns + second, weights, minlength=(int(first.max(initial=0)) + 1) * columns)
    return flat.reshape(-1, columns)
