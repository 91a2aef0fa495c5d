"""Associations of demographics, in the survey and in a population drawn from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.survey.contingency import cramers_v
from core.survey.shares import effective_base


@dataclass(frozen=True)
class Association:
    """Bias-corrected Cramér's V of two demographics (0 to 1), in the survey and in the population."""

    first: str
    second: str
    survey_v: float
    population_v: float

    def to_dict(self) -> dict[str, Any]:
        """As stored beside a population; both V keep their keys of version 0.1.0.

        >>> Association("age", "sex", 0.2, 0.1).to_dict()
        {'first': 'age', 'second': 'sex', 'seed': 0.2, 'population': 0.1}
        """
        return {
            "first": self.first,
            "second": self.second,
            "seed": self.survey_v,
            "population": self.population_v,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Association":
        """Read what `to_dict` wrote."""
        return cls(stored["first"], stored["second"], stored["seed"], stored["population"])


def associations(profiles: pd.DataFrame, weights: np.ndarray, counts: np.ndarray) -> tuple[Association, ...]:
    """Associations of every pair of demographics, the strongest in the survey first.

    Parameters
    ----------
    profiles
        One row per respondent; gaps are left out pair by pair.
    weights
        Shape (n,), design weights: the survey. Its base is the effective base of the weights.
    counts
        Shape (n,), how often each respondent was drawn: the population.
    """
    # category numbers, (n,) per demographic, -1 where missing
    coded = {column: pd.factorize(profiles[column])[0] for column in profiles.columns}
    columns = list(coded)
    found = []
    for i, first in enumerate(columns):
        for second in columns[i + 1 :]:
            a, b = coded[first], coded[second]
            both = (a >= 0) & (b >= 0)
            # the same pair weighted by design weights and by draws: contingency tables (K_first, K_second)
            tables = [_table(a[both], b[both], by[both]) for by in (weights, counts)]
            bases = effective_base(weights[both]), float(counts[both].sum())
            survey, drawn = (cramers_v(table, base) for table, base in zip(tables, bases, strict=True))
            found.append(Association(first, second, _or_0(survey), _or_0(drawn)))
    return tuple(sorted(found, key=lambda a: -a.survey_v))


def _or_0(v: float) -> float:
    """0 where there is no V: what does not vary goes with nothing."""
    return 0.0 if math.isnan(v) else v


def _table(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted contingency table of two demographics, by one count over cell numbers."""
    columns = int(second.max(initial=0)) + 1
    flat = np.bincount(first * columns + second, weights, minlength=(int(first.max(initial=0)) + 1) * columns)
    return flat.reshape(-1, columns)
