"""What an experiment shows: a chart of its variants side by side, and the same as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.experiments.row import ExperimentRow
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA

MEASURES = {
    "kl": "Toplines: KL (nats)",
    "rmse_scaled": "Individuals: RMSE (of the scale)",
    "nll": "Individuals: NLL (nats per answer)",
}
WIDTH = 560
SHORTEST = {"kl": 0.0, "rmse_scaled": 0.02, "nll": 0.04}
"""Length of an axis at least, four to eight times the smallest difference that counts: noise looks small."""
COLUMNS = {
    "name": "Variant",
    "kl": "KL (nats)",
    "floors": "KL / noise floor",
    "rmse_scaled": "RMSE",
    "nll": "NLL (nats)",
    "sd_ratio": "Spread",
    "temperature": "Temperature",
    "weights_mb": "Base (MB)",
    "seconds": "Seconds",
}
"""Headings of the table by the figure's name in a row."""

Rows = Sequence[Mapping[str, Any]]


def experiment_table(rows: Sequence[ExperimentRow]) -> list[dict[str, Any]]:
    """The figures of every variant under headings a reader knows; without those that say nothing.

    >>> experiment_table([ExperimentRow("taught", kl=0.02, floor_kl=0.01)])
    [{'Variant': 'taught', 'KL (nats)': 0.02, 'KL / noise floor': 2.0}]
    """
    full = [{**row.to_dict(), "floors": _floors(row)} for row in rows]
    known = [key for key in COLUMNS if any(row.get(key) is not None for row in full)]
    if len({row.get("weights_mb") for row in full} - {None}) < 2:
        known = [key for key in known if key != "weights_mb"]  # nothing to compare
    return [{COLUMNS[key]: row.get(key) for key in known} for row in full]


def _floors(row: ExperimentRow) -> float | None:
    return row.kl / row.floor_kl if row.floor_kl and row.kl is not None else None


def experiment_chart(
    variants: Sequence[ExperimentRow],
    title: str,
    axis: str = "",
    theme: Theme | str = Theme.LIGHT,
    *,
    curve: bool = False,
    ordered_only: bool = False,
) -> dict[str, Any]:
    """One panel per measure, or toplines against individuals as one curve.

    Parameters
    ----------
    variants
        In order.
    axis
        What `x` is, for lines; empty for categories.
    theme
        Colours for a light or dark page.
    curve
        KL against RMSE, along `x`; variants without `x` stand beside the curve.
    ordered_only
        Whether KL and NLL, too, are of scales and numbers only; said above the panels.
    """
    rows, colours = [variant.to_dict() for variant in variants], palette(theme)
    shades = {"kl": colours.divergence, "rmse_scaled": colours.error, "nll": colours.simulated}
    panel = _line if axis else _marks
    only = {"kl": " of scales and numbers", "nll": " of scales and numbers"} if ordered_only else {}
    panels = [
        panel(rows, key, axis, shades[key], colours)
        | {
            "title": {
                "text": f"{MEASURES[key]}{only.get(key, '')}; lower is better",
                "fontSize": 13,
                "offset": 8,
            }
        }
        for key in MEASURES
        if any(row.get(key) is not None for row in rows)
    ]
    if curve and any(row.get("rmse_scaled") is not None for row in rows):
        panels = [_curve(rows, axis, colours)]
    return {
        "$schema": SCHEMA,
        "description": f"{title}: {_spoken(rows)}. Lower is better.",
        "vconcat": panels,
        "config": chart_config(colours),
    }


def _spoken(rows: Rows) -> str:
    """The figures for people who do not see the chart."""
    names = {"kl": "KL", "rmse_scaled": "RMSE", "nll": "NLL"}
    spoken = []
    for row in rows:
        figures = [f"{names[key]} {row[key]:.3f}" for key in names if row.get(key) is not None]
        spoken.append(f"{row['name']} {', '.join(figures)}")
    return "; ".join(spoken)


def _values(rows: Rows, key: str) -> list[dict[str, Any]]:
    return [
        {"name": row["name"], "x": row.get("x"), "value": round(float(row[key]), 5)}
        for row in rows
        if row.get(key) is not None
    ]


def _domain(rows: Rows, key: str) -> dict[str, Any]:
    """Ends of the axis where the figures are so close that it would show nothing but noise.

    >>> _domain([{"nll": 1.0}, {"nll": 1.01}], "nll"), _domain([{"nll": 1.0}, {"nll": 1.5}], "nll")
    ({'domain': [0.985, 1.025]}, {})
    """
    figures = [float(row[key]) for row in rows if row.get(key) is not None]
    if max(figures) - min(figures) >= SHORTEST[key]:
        return {}
    middle, half = (max(figures) + min(figures)) / 2, SHORTEST[key] / 2
    return {"domain": [round(middle - half, 4), round(middle + half, 4)]}


def _floor(rows: Rows, key: str, channel: str, colours: Palette) -> list[dict[str, Any]]:
    """The noise floor of KL as a broken line with its name."""
    floor = next((row["floor_kl"] for row in rows if row.get("floor_kl")), None)
    if key != "kl" or floor is None:
        return []
    data = {"values": [{"value": round(float(floor), 5), "label": "noise floor"}]}
    place = {channel: {"field": "value", "type": "quantitative"}}
    label = {"type": "text", "color": colours.muted, "align": "left", "dx": 4}
    beside = {"x": {"value": 0}} if channel == "y" else {"y": {"value": 0}}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [5, 4], "color": colours.muted},
            "encoding": place,
        },
        {
            "data": data,
            "mark": label | ({"dy": -7} if channel == "y" else {"dy": -8}),
            "encoding": place | beside | {"text": {"field": "label", "type": "nominal"}},
        },
    ]


def _marks(rows: Rows, key: str, axis: str, shade: str, colours: Palette) -> dict[str, Any]:
    """KL as bars from zero; the others as points, since only their differences mean something."""
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}}
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": key == "kl", "padding": 40, **_domain(rows, key)},
        "axis": {"title": None, "tickCount": 4, "grid": False},
    }
    guide = {
        "mark": {"type": "rule", "color": colours.line},
        "encoding": {"x": x, "x2": {"value": 0}, "y": y},
    }
    text = {"field": "value", "type": "quantitative", "format": ".4f" if key == "kl" else ".3f"}
    mark = (
        {"type": "bar", "height": {"band": 0.7}}
        if key == "kl"
        else {"type": "point", "filled": True, "size": 90}
    )
    return {
        "width": WIDTH,
        "data": {"values": _values(rows, key)},
        "layer": [
            *([] if key == "kl" else [guide]),
            {"mark": mark | {"color": shade, "opacity": 1, "tooltip": True}, "encoding": {"x": x, "y": y}},
            {
                "mark": {
                    "type": "text",
                    "align": "left",
                    "dx": 4 if key == "kl" else 9,
                    "color": colours.text,
                },
                "encoding": {"x": x, "y": y, "text": text},
            },
            *_floor(rows, key, "x", colours),
        ],
    }


def _line(rows: Rows, key: str, axis: str, shade: str, colours: Palette) -> dict[str, Any]:
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"padding": 30},
        "axis": {
            "title": axis,
            "grid": False,
            "values": [row["x"] for row in rows if row.get("x") is not None],
        },
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "padding": 18, **_domain(rows, key)},
        "axis": {"title": None, "tickCount": 4, "grid": False},
    }
    floor = max((row.get("floor_kl") or 0.0 for row in rows), default=0.0) if key == "kl" else 0.0
    dots = {"filled": True, "size": 50, "color": shade}
    text = {"field": "value", "type": "quantitative", "format": ".4f" if key == "kl" else ".3f"}
    return {
        "width": WIDTH,
        "height": 150,
        "data": {"values": [{**v, "low": v["value"] < floor} for v in _values(rows, key)]},
        "layer": [
            *_floor(rows, key, "y", colours),
            {
                "mark": {"type": "line", "color": shade, "strokeWidth": 2, "point": dots, "tooltip": True},
                "encoding": {"x": x, "y": y},
            },
            *(
                {
                    "transform": [{"filter": f"{place}datum.low"}],
                    "mark": {"type": "text", "align": "left", "dx": 5, "dy": dy, "color": colours.text},
                    "encoding": {"x": x, "y": y, "text": text},
                }
                for place, dy in (("!", -9), ("", 12))  # what is below the noise floor has its label below
            ),
        ],
    }


def _curve(rows: Rows, axis: str, colours: Palette) -> dict[str, Any]:
    """Sampled answers along the temperature, other readings as diamonds."""
    place, text = _curve_axes(), {"field": "label", "type": "nominal"}
    tooltip = [
        {"field": "label", "type": "nominal", "title": axis},
        {"field": "rmse", "type": "quantitative", "title": "RMSE", "format": ".3f"},
        {"field": "kl", "type": "quantitative", "title": "KL", "format": ".4f"},
    ]
    sampled, others = ([{"filter": f"datum.x {op} null"}] for op in ("!==", "==="))
    orange, dots = {"color": colours.simulated}, {"size": 60, "filled": True, "color": colours.simulated}
    line = {"type": "line", "strokeWidth": 3, "point": dots} | orange
    diamond = {"type": "point", "shape": "diamond", "filled": True, "size": 110, "opacity": 1}
    labels = {"type": "text", "align": "left", "dx": 9, "dy": -7}
    below = labels | {"dy": 13}
    order = {"field": "x", "type": "quantitative"}
    written = place | {"text": text}
    return {
        "width": WIDTH,
        "height": 340,
        "title": {"text": f"{axis} of sampled answers, and other readings", "fontSize": 13},
        "data": {"values": _curve_points(rows)},
        "layer": [
            *_floor(rows, "kl", "y", colours),
            {"transform": sampled, "mark": line, "encoding": place | {"order": order, "tooltip": tooltip}},
            {
                "transform": [*sampled, {"filter": "!datum.rises"}],
                "mark": labels | orange,
                "encoding": written,
            },
            {"transform": [*sampled, {"filter": "datum.rises"}], "mark": below | orange, "encoding": written},
            {
                "transform": others,
                "mark": diamond | {"color": colours.real},
                "encoding": place | {"tooltip": tooltip},
            },
            {"transform": others, "mark": below | {"color": colours.text}, "encoding": written},
        ],
    }


def _curve_points(rows: Rows) -> list[dict[str, Any]]:
    """Where the curve rises, from the lowest KL on, its labels go below it."""
    known = [row for row in rows if row.get("rmse_scaled") is not None and row.get("kl") is not None]
    sampled = [row for row in known if row.get("x") is not None]
    turn = min(sampled, key=lambda row: row["kl"])["x"] if sampled else None
    return [
        {
            "label": row["name"] if row.get("x") is None else f"{row['x']:g}",
            "rises": row in sampled and row["x"] >= turn,
            "x": row.get("x"),
            "rmse": round(float(row["rmse_scaled"]), 5),
            "kl": round(max(float(row["kl"]), 1e-5), 6),
        }
        for row in known
    ]


def _curve_axes() -> dict[str, Any]:
    x = {
        "field": "rmse",
        "type": "quantitative",
        "scale": {"zero": False, "padding": 30},
        "axis": {
            "title": "Individual error: RMSE (of the scale); lower is better",
            "grid": False,
            "tickCount": 6,
        },
    }
    y = {
        "field": "kl",
        "type": "quantitative",
        "scale": {"type": "log", "padding": 20, "nice": False},
        "axis": {
            "title": "Toplines: KL (nats, log); lower is better",
            "values": [step * 10.0**power for power in range(-5, 2) for step in (1, 2, 5)],
            "format": "~g",
        },
    }
    return {"x": x, "y": y}
