"""Marginals: the share of each demographic category, or pair of categories, a population should have.

Targets are kept as shares that add up to 1 per demographic or pair; numbers of other units become shares in
`core.population.totals`, files and typed tables are read by `core.population.target_files`, and tables of
another source get this survey's categories in `core.population.mapping`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.totals import ROUNDING, check_numbers, does_not_add_up
from core.survey.codebook import Codebook, Demographic, suggest
from core.survey.respondents import SurveyData

Pair = tuple[str, str]


@dataclass(frozen=True)
class Marginals:
    """Target shares per demographic, and per pair of demographics.

    Attributes
    ----------
    shares
        Demographic column -> option -> share; each demographic adds up to 1. Demographics that are
        not named have no target: they follow the survey's respondents.
    joint
        Interlocking targets: (column, column) -> (option, option) -> share; each pair adds up to 1. They
        imply the targets of both demographics, which `checked` therefore takes out of `shares`.
    notes
        Sentences about how the numbers were read, scaled and mapped.
    """

    shares: Mapping[str, Mapping[str, float]]
    joint: Mapping[Pair, Mapping[Pair, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        named: dict[str, Mapping[Any, float]] = {**self.shares}
        named |= {" × ".join(pair): targets for pair, targets in self.joint.items()}
        for name, targets in named.items():
            check_numbers(name, targets)
            total = math.fsum(targets.values())
            if abs(total - 1) > 1e-6:
                raise does_not_add_up(name, 100 * total)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries for JSON; `core.population.target_files.from_json` reads them back."""
        plain: dict[str, Any] = {column: dict(targets) for column, targets in self.shares.items()}
        if self.joint:
            plain["joint"] = [_pair_to_dict(pair, targets) for pair, targets in self.joint.items()]
        return plain

    def checked(self, codebook: Codebook) -> "Marginals":
        """Marginals under the codebook's column names, with 0 for categories not named.

        Raises
        ------
        CodebookError
            If a demographic is not in the codebook.
        MarginalsError
            If a category is not in the codebook, or interlocking targets contradict the targets of one of
            their demographics.
        """
        shares: dict[str, dict[str, float]] = {}
        for name, targets in self.shares.items():
            demographic = codebook.demographic(name, "marginals")
            check_options(demographic, targets)
            if demographic.column in shares:
                raise MarginalsError(
                    "A demographic is listed twice.", where=demographic.column, fix="Keep one of them."
                )
            shares[demographic.column] = {o: float(targets.get(o, 0.0)) for o in demographic.options}
        joint = dict(_checked_pair(pair, targets, codebook) for pair, targets in self.joint.items())
        for pair, interlocking in joint.items():
            for position, column in enumerate(pair):
                if column in shares:
                    _check_agrees(column, shares.pop(column), implied(interlocking, position), pair)
        return replace(self, shares=shares, joint=joint)

    def of(self, column: str) -> dict[str, float]:
        """Target shares of one demographic, its own or implied by interlocking targets; empty if none."""
        if column in self.shares:
            return dict(self.shares[column])
        for pair, targets in self.joint.items():
            if column in pair:
                return implied(targets, pair.index(column))
        return {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Every demographic with targets of its own or interlocking ones, each once."""
        return tuple(dict.fromkeys([*self.shares, *(c for pair in self.joint for c in pair)]))


def survey_marginals(data: SurveyData) -> Marginals:
    """Marginals of the survey's own weighted shares, from the respondents who gave each demographic.

    A demographic nobody gave has no target.
    """
    shares = {}
    for demographic in data.codebook.demographics:
        codes = pd.Index(demographic.options).get_indexer(pd.Index(data.profiles[demographic.column]))
        given = codes >= 0
        totals = np.bincount(codes[given], data.weights[given], minlength=len(demographic.options))
        if totals.sum() > 0:
            found = (totals / totals.sum()).tolist()
            shares[demographic.column] = dict(zip(demographic.options, found, strict=True))
    return Marginals(shares)


def survey_joint(data: SurveyData, pair: Pair) -> dict[Pair, float]:
    """Weighted shares in the survey of every combination of two demographics.

    Of the respondents who gave both; combinations nobody has are listed with 0.
    """
    demographics = [data.codebook.demographic(column, "marginals") for column in pair]
    codes = [pd.Index(d.options).get_indexer(pd.Index(data.profiles[d.column])) for d in demographics]
    given = (codes[0] >= 0) & (codes[1] >= 0) & (data.weights > 0)
    table = np.zeros([len(d.options) for d in demographics])
    np.add.at(table, (codes[0][given], codes[1][given]), data.weights[given])
    if not table.sum() > 0:
        raise MarginalsError(
            "Nobody gave both demographics.", where=" × ".join(pair), fix="Choose another pair."
        )
    table /= table.sum()
    first, second = (d.options for d in demographics)
    return {(a, b): float(table[i, j]) for i, a in enumerate(first) for j, b in enumerate(second)}


def implied(targets: Mapping[Pair, float], position: int) -> dict[str, float]:
    """Shares of one of the two demographics that interlocking targets add up to.

    Examples
    --------
    >>> implied({("m", "old"): 0.2, ("m", "young"): 0.3, ("f", "old"): 0.5}, 1)
    {'old': 0.7, 'young': 0.3}
    """
    shares: dict[str, float] = {}
    for options, share in targets.items():
        shares[options[position]] = shares.get(options[position], 0.0) + share
    return shares


def check_options(demographic: Demographic, options: Mapping[str, Any] | tuple[str, ...]) -> None:
    """Raise a `MarginalsError` that names the first category that is not in the codebook."""
    unknown = next((o for o in options if o not in demographic.options), None)
    if unknown is not None:
        fix = suggest(unknown, demographic.options)
        raise MarginalsError("There is no such category.", where=demographic.column, got=unknown, fix=fix)


def _checked_pair(
    pair: Pair, targets: Mapping[Pair, float], codebook: Codebook
) -> tuple[Pair, dict[Pair, float]]:
    first, second = (codebook.demographic(name, "marginals") for name in pair)
    if first is second:
        raise MarginalsError("A pair names one demographic twice.", where=first.column, fix="Name two.")
    for position, demographic in enumerate((first, second)):
        check_options(demographic, tuple(options[position] for options in targets))
    full = {(a, b): float(targets.get((a, b), 0.0)) for a in first.options for b in second.options}
    return (first.column, second.column), full


def _check_agrees(column: str, own: Mapping[str, float], other: Mapping[str, float], pair: Pair) -> None:
    for option, share in own.items():
        if abs(share - other[option]) > ROUNDING:
            raise MarginalsError(
                "Interlocking targets contradict the targets of one of their demographics.",
                where=f"{column}: {option}",
                got=f"{100 * share:.1f} % alone, {100 * other[option]:.1f} % within {' × '.join(pair)}",
                fix=f"Remove the targets of {column}, or change one of the two.",
            )


def _pair_to_dict(pair: Pair, targets: Mapping[Pair, float]) -> dict[str, Any]:
    nested: dict[str, dict[str, float]] = {}
    for (first, second), share in targets.items():
        nested.setdefault(first, {})[second] = share
    return {"columns": list(pair), "shares": nested}
