"""The chart of an experiment: KL and RMSE of every variant, side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.report.palette import Theme, chart_config, palette
from core.report.specification import SCHEMA

MEASURES = {"kl": "KL to the real toplines (nats)", "rmse_scaled": "RMSE of individuals (of the scale)"}


def experiment_chart(
    rows: Sequence[Mapping[str, Any]], title: str, axis: str = "", theme: Theme | str = Theme.LIGHT
) -> dict[str, Any]:
    """One panel per measure: bars with their value for categories, a line where a number is varied.

    Parameters
    ----------
    rows
        Variants in order: `name`, `x`, `kl`, `rmse_scaled` (None when there is no scale).
    axis
        What `x` is; empty for categories.
    """
    colours = palette(theme)
    shades = {"kl": colours.divergence, "rmse_scaled": colours.error}
    panels = [
        (_line if axis else _bars)(rows, key, name, axis, shades[key], colours.text)
        for key, name in MEASURES.items()
        if any(row.get(key) is not None for row in rows)
    ]
    return {
        "$schema": SCHEMA,
        "description": f"{title}: KL and RMSE of every variant; lower is better.",
        "vconcat": panels,
        "config": chart_config(colours),
    }


def _values(rows: Sequence[Mapping[str, Any]], key: str) -> list[dict[str, Any]]:
    return [
        {"name": row["name"], "x": row.get("x"), "value": round(float(row[key]), 5)}
        for row in rows
        if row.get(key) is not None
    ]


def _bars(
    rows: Sequence[Mapping[str, Any]], key: str, name: str, axis: str, shade: str, ink: str
) -> dict[str, Any]:
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}}
    x = {"field": "value", "type": "quantitative", "axis": {"title": name, "tickCount": 4, "grid": False}}
    text = {"field": "value", "type": "quantitative", "format": ".3f"}
    return {
        "width": 430,
        "data": {"values": _values(rows, key)},
        "layer": [
            {"mark": {"type": "bar", "color": shade, "height": {"band": 0.7}}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": ink},
                "encoding": {"x": x, "y": y, "text": text},
            },
        ],
    }


def _line(
    rows: Sequence[Mapping[str, Any]], key: str, name: str, axis: str, shade: str, ink: str
) -> dict[str, Any]:
    x = {"field": "x", "type": "quantitative", "axis": {"title": axis, "grid": False}}
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False},
        "axis": {"title": name, "tickCount": 4},
    }
    return {
        "width": 430,
        "height": 180,
        "data": {"values": _values(rows, key)},
        "layer": [
            {
                "mark": {"type": "line", "color": shade, "strokeWidth": 2, "point": True, "tooltip": True},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "dy": -9, "color": ink},
                "encoding": {"x": x, "y": y, "text": {"field": "name", "type": "nominal"}},
            },
        ],
    }
