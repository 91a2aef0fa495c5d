"""Numbers of targets to shares: shares, percentages or counts, and what their total says.

Nothing is rescaled in silence: what was read as what, and what was scaled, becomes a sentence for the user;
a total that fits no reading is an error that names the demographic and what it adds up to.
"""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from core.errors import MarginalsError

ROUNDING = 0.005
"""How far a demographic's shares may be from adding up to 1 and still count as rounding."""
NOT_STATED = 0.05
"""How far percentages of unknown unit may be from 100 % and still be scaled, e.g. without "not stated"."""


class Unit(StrEnum):
    """Unit of the numbers of targets."""

    SHARE = "share"
    PERCENT = "percent"
    COUNT = "count"
    AUTO = "auto"


def to_shares(name: str, targets: Mapping[Any, Any], unit: Unit) -> tuple[dict[Any, float], str]:
    """Numbers of one demographic or pair as shares, and a note if they were not what they seemed.

    Parameters
    ----------
    unit
        ``auto`` decides from the total: about 1 is shares, about 100 percentages, other whole numbers are
        counts; anything else within 5 % of 1 or 100 is scaled, because tables often leave out "not stated".

    Raises
    ------
    MarginalsError
        If a number is missing, negative or no number, or the total fits no reading.

    Examples
    --------
    >>> to_shares("sex", {"m": 55, "f": 55}, Unit.AUTO)
    ({'m': 0.5, 'f': 0.5}, 'sex adds up to 110: read as counts and divided by their total.')
    """
    found = _to_floats(name, targets)
    check_numbers(name, found)
    total = math.fsum(found.values())
    expected, note = _reading(name, total, found, unit)
    if total <= 0 or (expected is not None and abs(total / expected - 1) > ROUNDING and not note):
        raise does_not_add_up(name, 100 * total / (expected or 1.0))
    return {option: value / total for option, value in found.items()}, note


def rounded(percent: np.ndarray | Sequence[float], decimals: int) -> np.ndarray:
    """Rounded so that the total is kept: the largest remainders go up (Hamilton's method).

    Examples
    --------
    >>> rounded(np.array([100 / 3, 100 / 3, 100 / 3]), 1).tolist()
    [33.4, 33.3, 33.3]
    """
    exact = np.asarray(percent, float) * 10**decimals
    units = np.floor(exact + 1e-9)
    short = round(exact.sum() - units.sum())
    units[np.argsort(units - exact, kind="stable")[:short]] += 1
    return np.round(units / 10**decimals, decimals)


def check_numbers(name: str, targets: Mapping[Any, float]) -> None:
    """Raise a `MarginalsError` that names the first missing, infinite or negative number."""
    for option, value in targets.items():
        where = f"{name}: {' × '.join(option) if isinstance(option, tuple) else option}"
        if not math.isfinite(value):
            raise MarginalsError(
                "A target is missing.", where=where, got=value, fix="Give it a number, or 0."
            )
        if value < 0:
            raise MarginalsError("A target is negative.", where=where, got=value, fix="Use 0 or more.")


def does_not_add_up(name: str, percent: float) -> MarginalsError:
    """Error about a total."""
    return MarginalsError(
        "The targets of a demographic do not add up to 100 %.",
        where=name,
        got=f"{percent:.1f} %",
        fix="Change the percentages, or scale them to 100 %.",
    )


def _reading(name: str, total: float, found: Mapping[Any, float], unit: Unit) -> tuple[float | None, str]:
    """Total the numbers should add up to (None for counts), and the note that says so."""
    if unit is Unit.COUNT:
        return None, ""
    expected = 1.0 if unit is Unit.SHARE or (unit is Unit.AUTO and total <= 2) else 100.0
    if unit is not Unit.AUTO or abs(total / expected - 1) <= ROUNDING:
        return expected, ""
    shown = f"{total:g}" if expected > 1 else f"{100 * total:.1f} %"
    if total > 2 and all(value.is_integer() for value in found.values()):
        return None, f"{name} adds up to {total:,.0f}: read as counts and divided by their total."
    if abs(total / expected - 1) <= NOT_STATED:
        return expected, f"{name} adds up to {shown}: scaled to 100 %."
    return expected, ""


def _to_floats(name: str, targets: Mapping[Any, Any]) -> dict[Any, float]:
    found = {}
    for option, value in targets.items():
        try:
            found[option] = float("nan" if value is None or value is pd.NA else value)
        except (TypeError, ValueError):
            raise MarginalsError(
                "A target is not a number.", where=f"{name}: {option}", got=value, fix="Give a percentage."
            ) from None
    return found
