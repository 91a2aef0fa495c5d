"""Toplines against individuals: the curve temperature moves along, with decoders and simpler methods."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.comparison.sweep import Sweep
from core.comparison.tradeoff import EXPECTED, GREEDY, MODEL, TradeoffPoint
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA, between, grid_parameters, temperature_slider
from core.report.tables import METHODS

OWN = {EXPECTED: "Expected answer", GREEDY: "Likeliest answer"}
_SHORT = {
    "empty_persona": "Tuned, no background",
    "demographic_cells": "Mean of same background",
    "training_marginals": "Training shares",
}
"""Names that would not fit beside the points."""
SMALLEST_KL = 1e-4
_LABEL_GAP, _HEIGHT = 17, 340
_NAMES = 0.46
"""Room for names at the right, as a part of the width of the points."""
_DECADES = [0.0001, 0.001, 0.01, 0.1, 1, 10]


def decoder_chart(
    sweep: Sweep,
    points: Sequence[TradeoffPoint],
    theme: Theme | str = Theme.LIGHT,
    start: float | None = None,
) -> dict[str, Any] | None:
    """KL and RMSE of sampled answers as one curve over temperature, with a slider for the current point.

    Parameters
    ----------
    sweep
        KL and RMSE of sampled answers on the temperature grid.
    points
        Decoders at the fitted temperature, and baselines; see `core.comparison.tradeoff`.
    theme
        Colours for a light or dark page.
    start
        Where the slider begins; the fitted temperature if None.

    Returns
    -------
    dict or None
        None when there is no scale to measure RMSE on.
    """
    if sweep.kl is None or sweep.rmse_sampled is None:
        return None
    colours, shown = palette(theme), [p for p in points if p.name != MODEL]
    kl = np.maximum([*sweep.kl, *(p.kl for p in shown)], SMALLEST_KL)
    rmse = np.array([*sweep.rmse_sampled, *(p.rmse for p in shown)])
    axes = _axes(kl, rmse)
    grid = sweep.temperatures
    first = float(np.clip(sweep.chosen if start is None else start, grid[0], grid[-1]))
    layers = [_curve(sweep, axes, colours), _marks(shown, kl, rmse, axes, colours), *_now(axes, colours)]
    return {
        "$schema": SCHEMA,
        "description": _description(sweep, shown),
        "width": "container",
        "height": _HEIGHT,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [
            temperature_slider("temperature", grid, round(first, 2)),
            *grid_parameters("temperature", grid),
            {"name": "kl_curve", "value": np.maximum(sweep.kl, SMALLEST_KL).round(6).tolist()},
            {"name": "rmse_curve", "value": sweep.rmse_sampled.round(5).tolist()},
        ],
        "layer": layers,
        "config": chart_config(colours),
    }


def _axes(kl: np.ndarray, rmse: np.ndarray) -> dict[str, dict[str, Any]]:
    left, width = _span(rmse)
    x = {
        "type": "quantitative",
        "scale": {"domain": [left, left + (1 + _NAMES) * width], "zero": False, "nice": False},
        "axis": {
            "title": "Individual error (RMSE, of the scale); lower is better",
            "grid": False,
            "tickCount": 6,
        },
    }
    y = {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [float(kl.min()) / 1.3, float(kl.max()) * 1.3], "nice": False},
        "axis": {"title": "Distance to real toplines (KL, nats, log)", "values": _DECADES, "format": "~g"},
    }
    return {"x": x, "y": y}


def _span(rmse: np.ndarray) -> tuple[float, float]:
    """Left edge and width of the part of the axis with points, with a margin."""
    margin = 0.06 * max(float(rmse.max() - rmse.min()), 0.01)
    return float(rmse.min()) - margin, float(rmse.max() - rmse.min()) + 2 * margin


def _curve(sweep: Sweep, axes: dict[str, dict[str, Any]], colours: Palette) -> dict[str, Any]:
    rows = [
        {
            "temperature": round(float(t), 3),
            "rmse": round(float(r), 5),
            "kl": round(max(float(k), SMALLEST_KL), 6),
        }
        for t, r, k in zip(sweep.temperatures, sweep.rmse_sampled, sweep.kl, strict=True)
    ]
    ends = [{**row, "label": f"T {row['temperature']:.1f}"} for row in (rows[0], rows[-1])]
    x, y = ({**axes[axis], "field": field} for axis, field in (("x", "rmse"), ("y", "kl")))
    tooltip = [
        {"field": "temperature", "type": "quantitative", "title": "Temperature", "format": ".2f"},
        {"field": "rmse", "type": "quantitative", "title": "RMSE", "format": ".3f"},
        {"field": "kl", "type": "quantitative", "title": "KL", "format": ".4f"},
    ]
    line = {"type": "line", "strokeWidth": 3, "color": colours.simulated, "opacity": 0.75}
    order = {"field": "temperature", "type": "quantitative"}
    text = {"type": "text", "color": colours.simulated, "align": "left", "dx": 12, "fontSize": 11}
    return {
        "layer": [
            {
                "data": {"values": rows},
                "mark": line,
                "encoding": {"x": x, "y": y, "order": order, "tooltip": tooltip},
            },
            {
                "data": {"values": ends},
                "mark": text,
                "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ]
    }


def _marks(
    shown: Sequence[TradeoffPoint],
    kl: np.ndarray,
    rmse: np.ndarray,
    axes: dict[str, dict[str, Any]],
    colours: Palette,
) -> dict[str, Any]:
    left, width = _span(rmse)
    heights = _apart([max(p.kl, SMALLEST_KL) for p in shown], axes["y"]["scale"]["domain"])
    rows = [
        {
            "name": _name(p.name),
            "own": p.name in OWN,
            "rmse": round(p.rmse, 5),
            "kl": round(max(p.kl, SMALLEST_KL), 6),
            "label": height,
            "edge": round(left + 1.01 * width, 6),
        }
        for p, height in zip(shown, heights, strict=True)
    ]
    x, y = ({**axes[axis], "field": field} for axis, field in (("x", "rmse"), ("y", "kl")))
    edge, label = {**axes["x"], "field": "edge"}, {**axes["y"], "field": "label"}
    shade = {"condition": {"test": "datum.own", "value": colours.simulated}, "value": colours.real}
    shape = {"condition": {"test": "datum.own", "value": "diamond"}, "value": "circle"}
    tooltip = [
        {"field": "name", "type": "nominal", "title": "Method"},
        {"field": "rmse", "type": "quantitative", "title": "RMSE", "format": ".3f"},
        {"field": "kl", "type": "quantitative", "title": "KL", "format": ".4f"},
    ]
    leader = {
        "mark": {"type": "rule", "strokeWidth": 1, "opacity": 0.45},
        "encoding": {"x": x, "y": y, "x2": {"field": "edge"}, "y2": {"field": "label"}, "color": shade},
    }
    points = {
        "mark": {"type": "point", "filled": True, "size": 85, "opacity": 1},
        "encoding": {"x": x, "y": y, "color": shade, "shape": shape, "tooltip": tooltip},
    }
    names = {
        "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12},
        "encoding": {"x": edge, "y": label, "text": {"field": "name", "type": "nominal"}, "color": shade},
    }
    return {"data": {"values": rows}, "layer": [leader, points, names]}


def _name(name: str) -> str:
    return OWN.get(name) or _SHORT.get(name) or METHODS.get(name, name).removesuffix(" on demographics")


def _apart(values: list[float], domain: list[float]) -> list[float]:
    """Where names are written on the log axis, so that no two share a line."""
    low, high = np.log(domain)
    step = (high - low) * _LABEL_GAP / _HEIGHT
    places, last = [0.0] * len(values), -np.inf
    for i in np.argsort(values, kind="stable"):
        last = places[i] = max(float(np.log(values[i])), last + step)
    over = max(places, default=low) - high
    for i in reversed(np.argsort(places, kind="stable")) if over > 0 else ():
        places[i] = min(places[i], high)
        high = places[i] - step
    return [round(float(np.exp(place)), 7) for place in places]


def _now(axes: dict[str, dict[str, Any]], colours: Palette) -> list[dict[str, Any]]:
    """The moving point and its figures."""
    at = {
        axis: {**axes[axis], "datum": {"expr": between(name)}}
        for axis, name in (("x", "rmse_curve"), ("y", "kl_curve"))
    }
    figures = (
        "'Sampled at T ' + format(temperature, '.2f') + ': KL ' + format("
        f"{between('kl_curve')}, '.3f') + ', RMSE ' + format({between('rmse_curve')}, '.3f')"
    )
    dot = {"type": "point", "filled": True, "size": 200, "color": colours.simulated, "opacity": 1}
    text = {"type": "text", "align": "left", "color": colours.simulated, "fontWeight": 600, "fontSize": 13}
    place = {"x": {"value": 4}, "y": {"value": -10}}
    return [
        {
            "data": {"values": [{}]},
            "mark": dot | {"stroke": colours.text, "strokeWidth": 1.5},
            "encoding": at,
        },
        {"data": {"values": [{}]}, "mark": text | {"text": {"expr": figures}}, "encoding": place},
    ]


def _description(sweep: Sweep, shown: Sequence[TradeoffPoint]) -> str:
    best = int(np.abs(np.log(sweep.temperatures / sweep.chosen)).argmin())
    others = "; ".join(f"{_name(p.name)} KL {p.kl:.3f}, RMSE {p.rmse:.3f}" for p in shown)
    return (
        "Distance to the real toplines (KL) against individual error (RMSE). Sampled answers at the fitted "
        f"temperature {sweep.chosen:.2f}: KL {sweep.kl[best]:.3f}, "
        f"RMSE {sweep.rmse_sampled[best]:.3f}. {others}."
    )
