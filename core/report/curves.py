"""Lines over temperature: the lower part of a question's chart, and all questions together."""

from typing import Any

import numpy as np

from core.comparison.sweep import QuestionSweep, Sweep
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA, between, grid_parameters, temperature_slider

_USUAL = 0.5
"""Distances from this temperature up fit into the panel; below it a steep curve may leave at the top."""


def curve_panel(
    question: QuestionSweep,
    temperatures: np.ndarray,
    chosen: float,
    span: tuple[float, float],
    colours: Palette,
) -> dict[str, Any]:
    """KL and RMSE against temperature with a rule at the slider and one at the best temperature.

    Parameters
    ----------
    question, temperatures, chosen
        As for the temperature chart.
    span
        Top and bottom of the panel in pixels from the top of the view.
    colours
        Colours of the page.
    """
    rmse = question.rmse if question.rmse is not None and np.isfinite(question.rmse).all() else None
    lines = _curves(question.kl, rmse, temperatures, span, colours, floor=question.floor_kl)
    moving, now = {"expr": "temperature"}, {"expr": "'T ' + format(temperature, '.2f')"}
    best = f"best T {chosen:.2f}"
    marks = [
        *_marker(chosen, best, span, colours.good, [4, 3], 32, temperatures),
        *_marker(moving, now, span, colours.simulated, [], 14, temperatures),
    ]
    return {"layer": [*lines, *marks], "resolve": {"scale": {"y": "independent"}}}


def tradeoff_chart(
    sweep: Sweep, theme: Theme | str = Theme.LIGHT, height: int = 220, start: float | None = None
) -> dict[str, Any]:
    """KL and RMSE against temperature, mean over questions, with the best temperature labelled.

    Parameters
    ----------
    sweep
        Distances on the temperature grid; RMSE is left out when there are no ordered questions.
    theme
        Colours for a light or dark page.
    height
        Height of the panel in pixels.
    start
        Where the slider begins; the best temperature if None.
    """
    colours, span, grid = palette(theme), (44, 44 + height), sweep.temperatures
    lines = _curves(sweep.kl, sweep.rmse, grid, span, colours, floor=None)
    first = float(np.clip(sweep.chosen if start is None else start, grid[0], grid[-1]))
    best = f"best temperature {sweep.chosen:.2f}"
    parameters, figures = _figures_at_the_slider(sweep)
    marks = [
        *_marker(sweep.chosen, best, span, colours.good, [4, 3], 32, grid),
        *_marker({"expr": "temperature"}, {"expr": figures}, span, colours.simulated, [], 14, grid),
    ]
    return {
        "$schema": SCHEMA,
        "description": "Mean distance between simulated and real answers at each temperature.",
        "width": "container",
        "height": span[1],
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [
            temperature_slider("temperature", grid, round(first, 2)),
            *grid_parameters("temperature", grid),
            *parameters,
        ],
        "layer": [*lines, *marks],
        "resolve": {"scale": {"y": "independent"}},
        "config": chart_config(colours),
    }


def _figures_at_the_slider(sweep: Sweep) -> tuple[list[dict[str, Any]], str]:
    """Parameters with the curves, and the expression that writes their values at the slider."""
    curves = {"KL": sweep.kl, "RMSE": sweep.rmse, "SD ratio": sweep.sd_ratio}
    parameters, text = [], "'T ' + format(temperature, '.2f')"
    for name, values in curves.items():
        if values is not None and np.isfinite(values).all():
            key = "curve_" + name.lower().replace(" ", "_")
            parameters.append({"name": key, "value": values.round(5).tolist()})
            text += f" + ' · {name} ' + format({between(key)}, '.3f')"
    return parameters, text


def _curves(
    kl: np.ndarray | None,
    rmse: np.ndarray | None,
    temperatures: np.ndarray,
    span: tuple[float, float],
    colours: Palette,
    floor: float | None,
) -> list[dict[str, Any]]:
    layers = []
    if kl is not None:
        layers.append(_curve("KL (nats)", kl, temperatures, span, colours.divergence, "left", floor))
    if rmse is not None:
        layers.append(_curve("RMSE (of the scale)", rmse, temperatures, span, colours.error, "right", None))
    return layers


def _curve(
    title: str,
    values: np.ndarray,
    temperatures: np.ndarray,
    span: tuple[float, float],
    colour: str,
    side: str,
    floor: float | None,
) -> dict[str, Any]:
    usual = temperatures >= _USUAL
    chosen = values[usual] if usual.any() else values
    highest, lowest = float(np.nanmax(chosen)), float(np.nanmin(values))
    low = 0.0 if side == "left" else lowest - 0.15 * max(highest - lowest, 1e-3)
    domain = [low, max(highest + 0.05 * (highest - low), (floor or 0) * 1.6, low + 1e-3)]
    encoding = {
        "x": _temperature_axis(temperatures),
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"domain": domain, "range": [span[1], span[0]], "nice": False, "zero": False},
            "axis": {
                "title": title,
                "titleColor": colour,
                "labelColor": colour,
                "orient": side,
                "tickCount": 4,
                "grid": side == "left",
                "domain": False,
                "ticks": False,
                "titleAnchor": "middle",
                "titleY": (span[0] + span[1]) / 2,
                "gridOpacity": 0.6,
            },
        },
        "tooltip": [
            {"field": "temperature", "type": "quantitative", "title": "Temperature", "format": ".2f"},
            {"field": "value", "type": "quantitative", "title": title, "format": ".3f"},
        ],
    }
    line = {
        "data": {"values": _inside(temperatures, values, domain[1])},
        "mark": {"type": "line", "strokeWidth": 2.5, "color": colour},
        "encoding": encoding,
    }
    if floor is None:
        return line
    y = {"datum": floor, "type": "quantitative"}
    dotted = {"type": "rule", "color": colour, "strokeDash": [1, 3], "strokeWidth": 1.5}
    note = {
        "type": "text",
        "text": "noise floor",
        "color": colour,
        "align": "right",
        "baseline": "bottom",
        "dy": -2,
        "fontSize": 11,
    }
    return {
        "layer": [
            line,
            {"data": {"values": [{}]}, "mark": dotted, "encoding": {"y": y}},
            {"data": {"values": [{}]}, "mark": note, "encoding": {"y": y, "x": {"value": "width"}}},
        ]
    }


def _inside(temperatures: np.ndarray, values: np.ndarray, top: float) -> list[dict[str, float]]:
    """Points of a curve up to the top edge of its panel, with the points where it crosses the edge."""
    at, value = np.asarray(temperatures, float), np.asarray(values, float)
    points = []
    for i in range(len(at)):
        if i and (value[i - 1] > top) != (value[i] > top):
            part = (top - value[i - 1]) / (value[i] - value[i - 1])
            points.append((at[i - 1] + part * (at[i] - at[i - 1]), top))
        if value[i] <= top:
            points.append((at[i], value[i]))
    return [{"temperature": round(float(x), 4), "value": round(float(y), 5)} for x, y in points]


def _temperature_axis(temperatures: np.ndarray) -> dict[str, Any]:
    domain = [round(float(temperatures[0]), 4), round(float(temperatures[-1]), 4)]
    return {
        "field": "temperature",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {
            "title": "Temperature (best T: fitted on the validation respondents)",
            "grid": False,
            "values": [0.1, 0.5, 1, 1.5, 2, 2.5, 3],
            "format": "~g",
        },
    }


def _marker(
    at: float | dict[str, str],
    label: str | dict[str, str],
    span: tuple[float, float],
    colour: str,
    dash: list[int],
    rise: float,
    temperatures: np.ndarray,
) -> list[dict[str, Any]]:
    """A vertical rule at a temperature with a label `rise` pixels above the panel."""
    x = {"datum": at, "type": "quantitative", "scale": {"zero": False}}
    place = at["expr"] if isinstance(at, dict) else repr(float(at))
    middle = float(temperatures[0] + temperatures[-1]) / 2
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "color": colour, "strokeWidth": 2, "strokeDash": dash},
            "encoding": {"x": x, "y": {"value": span[0] - rise + 4}, "y2": {"value": span[1]}},
        },
        {
            "data": {"values": [{}]},
            "mark": {
                "type": "text",
                "color": colour,
                "fontWeight": 600,
                "fontSize": 12,
                "baseline": "middle",
                "text": label,
                "align": {"expr": f"{place} > {middle} ? 'right' : 'left'"},
                "dx": {"expr": f"{place} > {middle} ? -5 : 5"},
            },
            "encoding": {"x": x, "y": {"value": span[0] - rise + 6}},
        },
    ]
