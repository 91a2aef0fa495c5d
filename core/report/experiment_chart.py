"""Charts of an experiment: its variants side by side, one panel per measure, or KL against RMSE."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt

from core.experiments.row import ExperimentRow
from core.report.chart_parts import chart_config
from core.report.palette import Palette, Theme, palette
from core.report.specification import below_each_other, inline, layered

MEASURES = {
    "kl": "Toplines: KL (nats)",
    "rmse_scaled": "Individuals: RMSE (of the scale)",
    "nll": "Individuals: NLL (nats per answer)",
}
WIDTH = 560
SHORTEST = {"kl": 0.0, "rmse_scaled": 0.02, "nll": 0.04}
"""Least length of an axis, four to eight times the smallest difference that counts: noise looks small."""
Rows = Sequence[Mapping[str, Any]]


def experiment_chart(
    variants: Sequence[ExperimentRow],
    title: str,
    axis: str = "",
    theme: Theme | str = Theme.LIGHT,
    *,
    curve: bool = False,
    ordered_only: bool = False,
) -> alt.VConcatChart:
    """Chart with one panel per measure, or with KL against RMSE as one curve.

    Parameters
    ----------
    variants
        Figures of the variants, in order.
    title
        Name of the experiment, for the alternative text.
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
    if curve and any(row.get("rmse_scaled") is not None for row in rows):
        panels = [_curve(rows, axis, colours)]
    else:
        measured = [key for key in MEASURES if any(row.get(key) is not None for row in rows)]
        panels = [
            _line(rows, key, axis, ordered_only, colours)
            if axis
            else _side_by_side(rows, key, ordered_only, colours)
            for key in measured
        ]
    return below_each_other(
        *panels,
        description=f"{title}: {_spoken(rows)}. Lower is better.",
        config=chart_config(colours),
    )


def _spoken(rows: Rows) -> str:
    """Figures in words, for the alternative text."""
    names = {"kl": "KL", "rmse_scaled": "RMSE", "nll": "NLL"}
    spoken = []
    for row in rows:
        figures = [f"{names[key]} {row[key]:.3f}" for key in names if row.get(key) is not None]
        spoken.append(f"{row['name']} {', '.join(figures)}")
    return "; ".join(spoken)


def _panel_title(key: str, ordered_only: bool) -> alt.Title:
    only = " of scales and numbers" if ordered_only and key != "rmse_scaled" else ""
    return alt.Title(text=f"{MEASURES[key]}{only}; lower is better", fontSize=13, offset=8)


def _shade(key: str, colours: Palette) -> str:
    return {"kl": colours.divergence, "rmse_scaled": colours.error, "nll": colours.simulated}[key]


def _values(rows: Rows, key: str) -> list[dict[str, Any]]:
    return [
        {"name": row["name"], "x": row.get("x"), "value": round(float(row[key]), 5)}
        for row in rows
        if row.get(key) is not None
    ]


def _domain(rows: Rows, key: str) -> dict[str, Any]:
    """Domain of the axis, where the figures are so close that Vega's own would show nothing but noise.

    >>> _domain([{"nll": 1.0}, {"nll": 1.01}], "nll"), _domain([{"nll": 1.0}, {"nll": 1.5}], "nll")
    ({'domain': [0.985, 1.025]}, {})
    """
    figures = [float(row[key]) for row in rows if row.get(key) is not None]
    if max(figures) - min(figures) >= SHORTEST[key]:
        return {}
    middle, half = (max(figures) + min(figures)) / 2, SHORTEST[key] / 2
    return {"domain": [round(middle - half, 4), round(middle + half, 4)]}


def _value_text(key: str) -> alt.Text:
    return alt.Text("value:Q", format=".4f" if key == "kl" else ".3f")


def _noise_floor(rows: Rows, colours: Palette, channel: Literal["x", "y"]) -> list[alt.Chart]:
    """Layers of the noise floor of KL: a dashed line across the given channel, and its name."""
    floor = next((row["floor_kl"] for row in rows if row.get("floor_kl")), None)
    if floor is None:
        return []
    line = alt.Chart(inline([{"value": round(float(floor), 5), "label": "noise floor"}]))
    up = channel == "y"
    line = line.encode(y=alt.Y("value:Q")) if up else line.encode(x=alt.X("value:Q"))
    name = line.mark_text(color=colours.muted, dx=4, dy=-7 if up else -8).encode(text=alt.Text("label:N"))
    return [
        line.mark_rule(strokeDash=[5, 4], color=colours.muted),
        name.encode(x=alt.XValue(0)) if up else name.encode(y=alt.YValue(0)),
    ]


def _side_by_side(rows: Rows, key: str, ordered_only: bool, colours: Palette) -> alt.LayerChart:
    """Panel of categories: KL as bars from zero; others as points, as only their differences count."""
    scale = alt.Scale(zero=key == "kl", padding=40, **_domain(rows, key))
    shade, axis = _shade(key, colours), alt.Axis(title=None, tickCount=4, grid=False)
    place = alt.Chart().encode(
        x=alt.X("value:Q", scale=scale, axis=axis),
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=260)),
    )
    guide = place.mark_rule(color=colours.line).encode(x2=alt.X2Value(0))
    bar = place.mark_bar(height=alt.RelativeBandSize(0.7), color=shade, opacity=1, tooltip=True)
    point = place.mark_point(filled=True, size=90, color=shade, opacity=1, tooltip=True)
    number = place.mark_text(dx=4 if key == "kl" else 9)
    return layered(
        *([bar] if key == "kl" else [guide, point]),
        number.encode(text=_value_text(key)),
        *(_noise_floor(rows, colours, "x") if key == "kl" else []),
        data=inline(_values(rows, key)),
        title=_panel_title(key, ordered_only),
        width=WIDTH,
    )


def _line(rows: Rows, key: str, axis: str, ordered_only: bool, colours: Palette) -> alt.LayerChart:
    """Panel of a measure over `x`; what is below the noise floor has its label below the line."""
    floor = max((row.get("floor_kl") or 0.0 for row in rows), default=0.0) if key == "kl" else 0.0
    values = [row["x"] for row in rows if row.get("x") is not None]
    scale = alt.Scale(zero=False, padding=18, **_domain(rows, key))
    place = alt.Chart().encode(
        x=alt.X("x:Q", scale=alt.Scale(padding=30), axis=alt.Axis(title=axis, grid=False, values=values)),
        y=alt.Y("value:Q", scale=scale, axis=alt.Axis(title=None, tickCount=4, grid=False)),
    )
    shade, number = _shade(key, colours), place.encode(text=_value_text(key))
    dots = alt.OverlayMarkDef(filled=True, size=50, color=shade)
    return layered(
        *(_noise_floor(rows, colours, "y") if key == "kl" else []),
        place.mark_line(color=shade, strokeWidth=2, point=dots, tooltip=True),
        *(
            number.transform_filter(which).mark_text(dx=5, dy=dy)
            for which, dy in (("!datum.low", -9), ("datum.low", 12))
        ),
        data=inline([{**v, "low": v["value"] < floor} for v in _values(rows, key)]),
        title=_panel_title(key, ordered_only),
        width=WIDTH,
        height=150,
    )


def _curve(rows: Rows, axis: str, colours: Palette) -> alt.LayerChart:
    """Panel of KL against RMSE: sampled answers along the temperature, other decoders as diamonds."""
    place = _curve_place()
    sampled, others = (place.transform_filter(f"datum.x {op} null") for op in ("!==", "==="))
    tooltip = [
        alt.Tooltip("label:N", title=axis),
        alt.Tooltip("rmse:Q", title="RMSE", format=".3f"),
        alt.Tooltip("kl:Q", title="KL", format=".4f"),
    ]
    orange: dict[str, Any] = {"color": colours.simulated}
    line = sampled.mark_line(
        strokeWidth=3, point=alt.OverlayMarkDef(size=60, filled=True, **orange), **orange
    )
    falling = sampled.transform_filter("!datum.rises").mark_text(dx=9, dy=-7, **orange)
    rising = sampled.transform_filter("datum.rises").mark_text(dx=9, dy=13, **orange)
    diamond = others.mark_point(shape="diamond", filled=True, size=110, opacity=1, color=colours.real)
    return layered(
        *_noise_floor(rows, colours, "y"),
        line.encode(order=alt.Order("x:Q"), tooltip=tooltip),
        falling.encode(text=alt.Text("label:N")),
        rising.encode(text=alt.Text("label:N")),
        diamond.encode(tooltip=tooltip),
        others.mark_text(dx=9, dy=13).encode(text=alt.Text("label:N")),
        data=inline(_curve_points(rows)),
        title=alt.Title(text=f"{axis} of sampled answers, and other readings", fontSize=13),
        width=WIDTH,
        height=340,
    )


def _curve_points(rows: Rows) -> list[dict[str, Any]]:
    """Points of the curve; "rises" marks those from the lowest KL on, whose labels go below the line."""
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


def _curve_place() -> alt.Chart:
    """Chart without a mark, placed at a variant's RMSE and KL."""
    across = alt.Axis(title="Individual error: RMSE (of the scale); lower is better", grid=False, tickCount=6)
    up = alt.Axis(
        title="Toplines: KL (nats, log); lower is better",
        values=[step * 10.0**power for power in range(-5, 2) for step in (1, 2, 5)],
        format="~g",
    )
    return alt.Chart().encode(
        x=alt.X("rmse:Q", scale=alt.Scale(zero=False, padding=30), axis=across),
        y=alt.Y("kl:Q", scale=alt.Scale(type="log", padding=20, nice=False), axis=up),
    )
