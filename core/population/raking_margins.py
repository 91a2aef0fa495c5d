"""Targets as the raking sees them: one coded margin per demographic or pair of demographics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.population.marginals import Marginals
from core.survey.codebook import no_such_demographic

Columns = tuple[str, ...]
"""Demographic, or the two demographics, a margin is about."""


@dataclass(frozen=True)
class Margin:
    """Targets of one demographic or pair, with everybody's category.

    Attributes
    ----------
    columns
        One demographic, or two for interlocking targets.
    options
        K categories; each names one category per column.
    targets
        Shape (K,), asked shares; they add up to 1.
    codes
        Shape (n,), category of each respondent, K where the respondent lacks a demographic.
    """

    columns: Columns
    options: tuple[Columns, ...]
    targets: np.ndarray
    codes: np.ndarray

    def totals(self, weights: np.ndarray) -> np.ndarray:
        """Sum of weights per category, shape (K,)."""
        return np.bincount(self.codes, weights, minlength=len(self.options) + 1)[:-1]

    def achieved(self, weights: np.ndarray) -> np.ndarray:
        """Weighted shares among the respondents who have the demographic, shape (K,)."""
        totals = self.totals(weights)
        return totals / totals.sum() if totals.sum() > 0 else totals

    def name(self, category: int) -> str:
        """Category in words, e.g. ``age: 18-29``, or ``age: 18-29 and sex: Woman`` for a pair."""
        return " and ".join(f"{c}: {o}" for c, o in zip(self.columns, self.options[category], strict=True))


def code_margins(profiles: pd.DataFrame, marginals: Marginals) -> list[Margin]:
    """Margins: one per demographic with targets and per pair with interlocking targets.

    Categories that respondents have but the targets do not name are asked for 0 %.

    Parameters
    ----------
    profiles
        One row per respondent, one text column per demographic; missing is NA.

    Raises
    ------
    CodebookError
        If there is no such demographic.
    """
    asked: list[tuple[Columns, dict[Columns, float]]] = [
        ((column,), {(option,): share for option, share in targets.items()})
        for column, targets in marginals.shares.items()
    ]
    asked += [(pair, dict(targets.items())) for pair, targets in marginals.joint.items()]
    coded = {c: _code(profiles, c) for columns, _ in asked for c in columns}
    return [_margin(columns, targets, [coded[c] for c in columns]) for columns, targets in asked]


def worst_error(margins: Sequence[Margin], weights: np.ndarray) -> float:
    """Largest difference between an asked and an achieved share, 0 to 1."""
    return max((float(np.abs(m.achieved(weights) - m.targets).max()) for m in margins), default=0.0)


def _code(profiles: pd.DataFrame, column: str) -> tuple[np.ndarray, list[str]]:
    if column not in profiles.columns:
        raise no_such_demographic(column, profiles.columns, "marginals")
    codes, options = pd.factorize(profiles[column])  # -1 is missing
    return codes, [str(option) for option in options]


def _margin(
    columns: Columns, targets: dict[Columns, float], coded: list[tuple[np.ndarray, list[str]]]
) -> Margin:
    """Renumber the respondents' categories in the order of the targets."""
    sizes = [len(options) for _, options in coded]
    given = np.all([codes >= 0 for codes, _ in coded], axis=0)
    cell = np.zeros(len(given), dtype=np.intp)
    for codes, options in coded:
        cell = cell * max(len(options), 1) + np.maximum(codes, 0)
    occurring = np.unique(cell[given])
    places = np.unravel_index(occurring, sizes) if len(occurring) else (occurring,) * len(sizes)
    found = list(zip(*([coded[i][1][k] for k in place] for i, place in enumerate(places)), strict=True))
    named = tuple(targets) + tuple(sorted(set(found) - set(targets)))
    number = {option: i for i, option in enumerate(named)}
    lookup = np.full(max(int(np.prod(sizes)), 1), len(named), dtype=np.intp)
    lookup[occurring] = [number[option] for option in found]
    codes = np.where(given, lookup[cell], len(named))
    return Margin(columns, named, np.array([targets.get(o, 0.0) for o in named], dtype=float), codes)
