"""Pieces of a Vega-Lite specification that several charts share.

Curves over temperature are arrays in chart parameters; `between` writes the expression that reads
such an array at the slider's position by linear interpolation (largest error about 1e-4 in a share
on 60 geometric temperatures). Everything stays within what Vega's CSP-safe interpreter evaluates.
"""

from typing import Any

import numpy as np

LINE = 15
"""Usual pixels between the lines of a label."""
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def temperature_slider(name: str, temperatures: np.ndarray, start: float) -> dict[str, Any]:
    """Parameter bound to a range input that shows the temperature itself."""
    low, high = float(temperatures[0]), float(temperatures[-1])
    return {
        "name": name,
        "value": start,
        "bind": {
            "input": "range",
            "min": round(low, 4),
            "max": round(high, 4),
            "step": 0.01,
            "name": "Temperature",
        },
    }


def grid_parameters(name: str, temperatures: np.ndarray) -> list[dict[str, Any]]:
    """Parameters that place the slider's value on a geometric temperature grid.

    Raises
    ------
    ValueError
        If the temperatures are not a rising geometric grid of at least two values.
    """
    grid = np.asarray(temperatures, float)
    if grid.ndim != 1 or len(grid) < 2 or (grid <= 0).any():
        raise ValueError("temperatures must be at least two positive numbers")
    steps = np.diff(np.log(grid))
    if steps[0] <= 0 or not np.allclose(steps, steps[0], rtol=1e-6):
        raise ValueError("temperatures must be a rising geometric grid")
    last = len(grid) - 1
    place = f"clamp((log({name}) - {float(np.log(grid[0]))!r}) / {float(steps[0])!r}, 0, {last})"
    return [
        {"name": "grid_place", "expr": place},
        {"name": "grid_below", "expr": f"min(floor(grid_place), {last - 1})"},
        {"name": "grid_part", "expr": "grid_place - grid_below"},
    ]


def lined_labels(colour: str, size: int = 13, line: int = LINE) -> dict[str, Any]:
    """Axis of rows whose labels have several lines, read from the chart parameter "labels" by row.

    Parameters
    ----------
    colour, size
        Of the letters.
    line
        Pixels between the lines of a label.
    """
    return {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelLimit": 0,
        "labelOverlap": False,
        "labelColor": colour,
        "labelFontSize": size,
        "labelLineHeight": line,
        "labelExpr": "labels[datum.value]",
        "labelOffset": {"expr": f"{-line / 2} * (length(labels[datum.value]) - 1)"},
    }


def between(array: str) -> str:
    """Expression for the value of `array` at the slider's place on the grid."""
    return f"({array}[grid_below] * (1 - grid_part) + {array}[grid_below + 1] * grid_part)"


def numbers_or_none(values: np.ndarray | None, digits: int) -> Any:
    """Nested lists of rounded numbers for JSON; what is not finite becomes None.

    Examples
    --------
    >>> numbers_or_none(np.array([0.12345, np.nan]), 3)
    [0.123, None]
    >>> numbers_or_none(None, 3) is None
    True
    """
    if values is None:
        return None
    array = np.round(np.asarray(values, float), digits)
    return np.where(np.isfinite(array), array, None).tolist()
