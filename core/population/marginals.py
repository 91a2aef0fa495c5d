"""Marginals: the share of each demographic category a population should have.

Targets come from the survey itself, from an editable table of percentages, or from JSON in shares,
percentages or counts. Small rounding (half a percentage point per demographic) is evened out; anything
more is an error that names the demographic and what it adds up to, never a silent rescale. Targets for
combinations of demographics are not covered: combinations follow the survey's respondents.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

ROUNDING = 0.005
"""How far a demographic's shares may be from adding up to 1 and still count as rounding."""

TABLE_COLUMNS = ("column", "label", "option", "percent")


class Unit(StrEnum):
    """What the numbers of a table of targets mean."""

    SHARE = "share"
    PERCENT = "percent"
    COUNT = "count"
    AUTO = "auto"


@dataclass(frozen=True)
class Marginals:
    """Target shares per demographic.

    Attributes
    ----------
    shares
        Demographic column -> option -> share; each demographic adds up to 1. Demographics that are
        not named have no target: they follow the survey's respondents.
    """

    shares: Mapping[str, Mapping[str, float]]

    def __post_init__(self) -> None:
        for column, targets in self.shares.items():
            _check_numbers(column, targets)
            total = math.fsum(targets.values())
            if abs(total - 1) > 1e-6:
                raise _does_not_add_up(column, 100 * total)

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Plain dictionaries for JSON; `from_json` reads them back."""
        return {column: dict(targets) for column, targets in self.shares.items()}

    def checked(self, codebook: Codebook) -> "Marginals":
        """The same targets under the codebook's column names, with 0 for categories not named.

        Raises
        ------
        MarginalsError
            If a demographic or category is not in the codebook.
        """
        return _from_numbers(self.shares, codebook, Unit.SHARE)

    def to_table(self, codebook: Codebook, decimals: int = 1) -> pd.DataFrame:
        """Editable table, one row per category of each demographic with a target.

        Returns
        -------
        pandas.DataFrame
            `column`, `label`, `option` (text) and `percent` (float; the shown decimals add up to
            exactly 100 per demographic).
        """
        rows = [
            (d.column, d.label, option, 100 * self.shares[d.column].get(option, 0.0))
            for d in codebook.demographics
            if d.column in self.shares
            for option in d.options
        ]
        return scale_to_100(pd.DataFrame(rows, columns=list(TABLE_COLUMNS)), decimals)


def survey_marginals(data: SurveyData) -> Marginals:
    """The survey's own weighted shares, from the respondents who gave each demographic.

    A demographic nobody gave has no target.
    """
    shares = {}
    for demographic in data.codebook.demographics:
        codes = pd.Index(demographic.options).get_indexer(data.profiles[demographic.column])
        given = codes >= 0
        totals = np.bincount(codes[given], data.weights[given], minlength=len(demographic.options))
        if totals.sum() > 0:
            found = (totals / totals.sum()).tolist()
            shares[demographic.column] = dict(zip(demographic.options, found, strict=True))
    return Marginals(shares)


def from_table(table: pd.DataFrame, codebook: Codebook, unit: Unit | str = Unit.PERCENT) -> Marginals:
    """Targets from a table with one row per category.

    Parameters
    ----------
    table
        `column` (the demographic's column or its label), `option`, and the number in `percent`,
        `share`, `count` or `value`. Other columns are ignored. A category without a row gets 0.
    codebook
        Names the demographics and their categories.
    unit
        What the numbers mean; the default is percentages. ``auto`` decides per demographic from the
        total: about 1, about 100, or whole numbers above 200.

    Raises
    ------
    MarginalsError
        Unknown demographic or category, a category listed twice, a missing or negative number, or a
        demographic that does not add up.
    """
    number = next((name for name in ("percent", "share", "count", "value") if name in table.columns), None)
    if number is None or not {"column", "option"} <= set(table.columns):
        raise MarginalsError(
            "The table of targets lacks a column.",
            where="marginals",
            got=", ".join(map(str, table.columns)),
            fix="Give the columns column, option and percent.",
        )
    numbers: dict[str, dict[str, Any]] = {}
    for row in table[["column", "option", number]].itertuples(index=False, name=None):
        targets = numbers.setdefault(str(row[0]), {})
        if str(row[1]) in targets:
            raise MarginalsError(
                "A category is listed twice.",
                where=str(row[0]),
                got=row[1],
                fix="Remove one of the two rows.",
            )
        targets[str(row[1])] = row[2]
    return _from_numbers(numbers, codebook, Unit(unit))


def from_json(source: str | bytes | Mapping[str, Any], codebook: Codebook | None = None) -> Marginals:
    """Targets from JSON: ``{"gender": {"Male": 49, "Female": 51}, ...}``.

    The numbers may be shares, percentages or counts. A key ``"unit"`` (share, percent or count) says
    which; without it the total decides per demographic (see `from_table`). The targets may also stand
    under a key ``"marginals"``. Without a codebook, names are checked later by `Marginals.checked`.

    Raises
    ------
    MarginalsError
        If the text is not JSON of that shape, or for any reason `from_table` gives.
    """
    if not isinstance(source, Mapping):
        try:
            source = json.loads(source)
        except ValueError as error:
            raise MarginalsError(
                "The targets are not valid JSON.",
                where="marginals",
                got=str(error),
                fix='Write {"gender": {"Male": 49, "Female": 51}}.',
            ) from None
    shape = 'Write {"gender": {"Male": 49, "Female": 51}}.'
    if not isinstance(source, Mapping):
        raise MarginalsError("The targets are not a JSON object.", where="marginals", got=source, fix=shape)
    unit = source.get("unit", Unit.AUTO)
    if unit not in list(Unit):
        raise MarginalsError(
            "The unit is unknown.", where="marginals", got=unit, fix="Use share, percent or count."
        )
    numbers = source.get("marginals", {key: value for key, value in source.items() if key != "unit"})
    if not isinstance(numbers, Mapping) or not numbers:
        raise MarginalsError("There are no targets.", where="marginals", fix=shape)
    for column, targets in numbers.items():
        if not isinstance(targets, Mapping):
            raise MarginalsError("A demographic needs one number per category.", where=str(column), fix=shape)
    return _from_numbers(numbers, codebook, Unit(unit))


def scale_to_100(table: pd.DataFrame, decimals: int = 1) -> pd.DataFrame:
    """The same table with each demographic's percentages scaled to add up to exactly 100.

    Proportions are kept up to rounding; the rounding goes to the categories with the largest
    remainders, so the shown decimals add up too.

    Parameters
    ----------
    table
        `column` and `percent`; other columns are kept. Empty numbers count as 0.
    decimals
        Decimals of the result.

    Raises
    ------
    MarginalsError
        If a demographic has a negative number or nothing but zeros.
    """
    scaled = table.copy()
    scaled["percent"] = scaled["percent"].astype(float).fillna(0.0)
    for column, group in scaled.groupby("column", sort=False):
        values = group["percent"].to_numpy()
        _check_numbers(str(column), dict(enumerate(values)))
        if values.sum() <= 0:
            raise MarginalsError(
                "All categories are 0.", where=str(column), fix="Give at least one category a percentage."
            )
        exact = values / values.sum() * 100 * 10**decimals
        units = np.floor(exact + 1e-9)
        short = round(100 * 10**decimals - units.sum())
        units[np.argsort(units - exact, kind="stable")[:short]] += 1
        scaled.loc[group.index, "percent"] = np.round(units / 10**decimals, decimals)
    return scaled


def _from_numbers(
    numbers: Mapping[str, Mapping[str, Any]], codebook: Codebook | None, unit: Unit
) -> Marginals:
    shares: dict[str, dict[str, float]] = {}
    for name, targets in numbers.items():
        column, options = str(name), tuple(map(str, targets))
        if codebook is not None:
            column, options = _known_names(column, options, codebook)
        if column in shares:
            raise MarginalsError("A demographic is listed twice.", where=column, fix="Keep one of them.")
        found = _to_floats(column, targets)
        _check_numbers(column, found)
        total = math.fsum(found.values())
        _check_total(column, total, found, unit)
        shares[column] = {option: found.get(option, 0.0) / total for option in options}
    return Marginals(shares)


def _known_names(name: str, options: tuple[str, ...], codebook: Codebook) -> tuple[str, tuple[str, ...]]:
    """Column and all options of the demographic with this column or label; raises for unknown names."""
    demographic = next((d for d in codebook.demographics if name in (d.column, d.label)), None)
    if demographic is None:
        known = tuple(d.column for d in codebook.demographics)
        raise MarginalsError(
            "There is no such demographic.", where="marginals", got=name, fix=_suggest(name, known)
        )
    unknown = next((o for o in options if o not in demographic.options), None)
    if unknown is not None:
        fix = _suggest(unknown, demographic.options)
        raise MarginalsError("There is no such category.", where=demographic.column, got=unknown, fix=fix)
    return demographic.column, demographic.options


def _check_total(column: str, total: float, found: Mapping[str, float], unit: Unit) -> None:
    if unit is Unit.COUNT or (unit is Unit.AUTO and _are_counts(total, found)):
        expected = total
    elif unit is Unit.SHARE or (unit is Unit.AUTO and total <= 2):
        expected = 1.0
    else:
        expected = 100.0
    if total <= 0 or abs(total / expected - 1) > ROUNDING:
        raise _does_not_add_up(column, 100 * total / (expected or 1.0))


def _are_counts(total: float, found: Mapping[str, float]) -> bool:
    return total > 200 and all(float(value).is_integer() for value in found.values())


def _does_not_add_up(column: str, percent: float) -> MarginalsError:
    return MarginalsError(
        "The targets of a demographic do not add up to 100 %.",
        where=column,
        got=f"{percent:.1f} %",
        fix="Change the percentages, or scale them to 100 %.",
    )


def _suggest(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    start = f'Did you mean "{close[0]}"? ' if close else ""
    return start + "Use one of: " + ", ".join(known) + "."


def _to_floats(column: str, targets: Mapping[Any, Any]) -> dict[str, float]:
    found = {}
    for option, value in targets.items():
        try:
            found[str(option)] = float("nan" if value is None or value is pd.NA else value)
        except (TypeError, ValueError):
            raise MarginalsError(
                "A target is not a number.", where=f"{column}: {option}", got=value, fix="Give a percentage."
            ) from None
    return found


def _check_numbers(column: str, targets: Mapping[Any, float]) -> None:
    for option, value in targets.items():
        if not math.isfinite(value):
            raise MarginalsError(
                "A target is missing.", where=f"{column}: {option}", got=value, fix="Give it a number, or 0."
            )
        if value < 0:
            raise MarginalsError(
                "A target is negative.", where=f"{column}: {option}", got=value, fix="Use 0 or more."
            )
