"""Chart of KL (toplines) against RMSE (individuals): answers over temperature, decoders, baselines."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from core.comparison.sweep import Sweep
from core.comparison.tradeoff import EXPECTED, GREEDY, MODEL, TradeoffPoint
from core.report.chart_parts import between, frame, temperature_parameters
from core.report.palette import Palette, Theme, palette
from core.report.specification import inline, layered
from core.report.tables import METHODS

OWN = {EXPECTED: "Expected answer", GREEDY: "Likeliest answer"}
_SHORT = {
    "empty_persona": "Tuned, no background",
    "demographic_cells": "Mean of same background",
    "training_marginals": "Training shares",
}
"""Shorter names of methods whose usual ones would not fit beside the points."""
SMALLEST_KL = 1e-4
_LABEL_GAP, _HEIGHT = 17, 340
"""Least pixels between two names, and height of the panel."""
_NAMES = 0.46
"""Room for names at the right, as a part of the width of the points."""
_DECADES = [0.0001, 0.001, 0.01, 0.1, 1, 10]


def decoder_chart(
    sweep: Sweep,
    points: Sequence[TradeoffPoint],
    theme: Theme | str = Theme.LIGHT,
    start: float | None = None,
) -> alt.LayerChart | None:
    """Chart of KL against RMSE of sampled answers along temperature, with a slider for the current point.

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
    altair.LayerChart or None
        None when there is no scale to measure RMSE on.
    """
    grid, kl, rmse = sweep.temperatures, sweep.kl, sweep.rmse_sampled
    if kl is None or rmse is None:
        return None
    # (n_T,) KL above 0, since its axis is logarithmic; the model itself is the curve and no point
    colours, shown, kl = palette(theme), [p for p in points if p.name != MODEL], np.maximum(kl, SMALLEST_KL)
    # axes that hold the whole curve and every point, at whatever temperature the slider stands
    left, width = _span(np.array([*rmse, *(p.rmse for p in shown)]))
    axes = _axes(left, width, np.maximum([*kl, *(p.kl for p in shown)], SMALLEST_KL))
    # the arrays the moving point is interpolated from, in the browser
    slider = temperature_parameters(grid, sweep.chosen if start is None else start)
    curves = {"kl_curve": kl.round(6).tolist(), "rmse_curve": rmse.round(5).tolist()}
    return layered(
        _temperature_curve(grid, curves, axes, colours),
        _method_points(shown, left + 1.01 * width, axes, colours),
        *_moving_point(axes, colours),
        **frame(_description(sweep, shown), _HEIGHT, colours, *slider, **curves),
    )


def _span(rmse: np.ndarray) -> tuple[float, float]:
    """Left edge and width of the RMSE axis as far as there are points, with 6 % on both sides."""
    margin = 0.06 * max(float(rmse.max() - rmse.min()), 0.01)
    return float(rmse.min()) - margin, float(rmse.max() - rmse.min()) + 2 * margin


def _axes(left: float, width: float, kl: np.ndarray) -> dict[str, dict[str, Any]]:
    """Scale and axis of RMSE (x), with room for names at the right, and of KL (y)."""
    across = alt.Axis(title="Individual error (RMSE, of the scale); lower is better", grid=False, tickCount=6)
    up = alt.Axis(title="Distance to real toplines (KL, nats, log)", values=_DECADES, format="~g")
    # the axis goes on to the right of the last point: the names of the methods stand there
    wide = alt.Scale(domain=[left, left + (1 + _NAMES) * width], zero=False, nice=False)
    high = alt.Scale(type="log", domain=[float(kl.min()) / 1.3, float(kl.max()) * 1.3], nice=False)
    return {"x": {"scale": wide, "axis": across}, "y": {"scale": high, "axis": up}}


def _place(axes: dict[str, dict[str, Any]], rmse: str = "rmse", kl: str = "kl") -> alt.Chart:
    """Chart without a mark, placed at the columns `rmse` and `kl` of its rows."""
    return alt.Chart().encode(x=alt.X(f"{rmse}:Q", **axes["x"]), y=alt.Y(f"{kl}:Q", **axes["y"]))


def _figures(first: alt.Tooltip) -> list[alt.Tooltip]:
    """Tooltips: the given one, RMSE and KL."""
    return [
        first,
        alt.Tooltip("rmse:Q", title="RMSE", format=".3f"),
        alt.Tooltip("kl:Q", title="KL", format=".4f"),
    ]


def _temperature_curve(
    grid: np.ndarray, curves: Mapping[str, list[float]], axes: dict[str, dict[str, Any]], colours: Palette
) -> alt.LayerChart:
    """Line of sampled answers over temperature, with the temperatures written at its two ends."""
    rows = [
        {"temperature": round(float(t), 3), "rmse": rmse, "kl": kl}
        for t, rmse, kl in zip(grid, curves["rmse_curve"], curves["kl_curve"], strict=True)
    ]
    ends = [{**row, "label": f"T {row['temperature']:.1f}"} for row in (rows[0], rows[-1])]
    line, names = (_place(axes).properties(data=inline(data)) for data in (rows, ends))
    return layered(
        line.mark_line(strokeWidth=3, color=colours.simulated, opacity=0.75).encode(
            order=alt.Order("temperature:Q"),
            tooltip=_figures(alt.Tooltip("temperature:Q", title="Temperature", format=".2f")),
        ),
        names.mark_text(color=colours.simulated, dx=12).encode(text=alt.Text("label:N")),
    )


def _method_points(
    shown: Sequence[TradeoffPoint], edge: float, axes: dict[str, dict[str, Any]], colours: Palette
) -> alt.LayerChart:
    """Points of decoders and baselines, with leader lines to their names at the RMSE of the right `edge`."""
    heights = _label_heights([max(p.kl, SMALLEST_KL) for p in shown], axes["y"]["scale"].domain)
    rows = [
        {
            "name": _method_name(p.name),
            "own": p.name in OWN,
            "rmse": round(p.rmse, 5),
            "kl": round(max(p.kl, SMALLEST_KL), 6),
            "label": height,
            "edge": round(edge, 6),
        }
        for p, height in zip(shown, heights, strict=True)
    ]
    # the adapter's own decoders are orange circles, baselines grey diamonds
    shade = alt.ColorValue(colours.real, condition={"test": "datum.own", "value": colours.simulated})
    shape = alt.ShapeValue("circle", condition={"test": "datum.own", "value": "diamond"})
    point, name = _place(axes).encode(color=shade), _place(axes, "edge", "label").encode(color=shade)
    return layered(
        point.mark_rule(strokeWidth=1, opacity=0.45).encode(x2=alt.X2("edge"), y2=alt.Y2("label")),
        point.mark_point(filled=True, size=85, opacity=1).encode(
            shape=shape, tooltip=_figures(alt.Tooltip("name:N", title="Method"))
        ),
        name.mark_text(dx=4, fontSize=12).encode(text=alt.Text("name:N")),
        data=inline(rows),
    )


def _method_name(name: str) -> str:
    return OWN.get(name) or _SHORT.get(name) or METHODS.get(name, name).removesuffix(" on demographics")


def _label_heights(values: list[float], domain: list[float]) -> list[float]:
    """KL at which each name is written on the log axis, in the order of `values`; no two share a line."""
    low, high = np.log(domain)
    step = (high - low) * _LABEL_GAP / _HEIGHT  # `_LABEL_GAP` pixels in log KL
    places, last = [0.0] * len(values), -np.inf
    # upwards from the lowest point: each name at its point, or one step above the name below it
    for i in np.argsort(values, kind="stable"):
        last = places[i] = max(float(np.log(values[i])), last + step)
    # if the topmost left the panel: downwards from the top edge, each at most one step below the name above
    over = max(places, default=low) - high
    for i in reversed(np.argsort(places, kind="stable")) if over > 0 else ():
        places[i] = min(places[i], high)
        high = places[i] - step
    return [round(float(np.exp(place)), 7) for place in places]


def _moving_point(axes: dict[str, dict[str, Any]], colours: Palette) -> list[alt.Chart]:
    """Point at the slider's temperature, and its KL and RMSE as text above the panel."""
    x, y = (alt.ExprRef(between(name)) for name in ("rmse_curve", "kl_curve"))
    figures = (
        "'Sampled at T ' + format(temperature, '.2f') + ': KL ' + format("
        f"{between('kl_curve')}, '.3f') + ', RMSE ' + format({between('rmse_curve')}, '.3f')"
    )
    dot = alt.Chart().mark_point(
        filled=True, size=200, color=colours.simulated, opacity=1, stroke=colours.text, strokeWidth=1.5
    )
    text = alt.Chart().mark_text(
        color=colours.simulated, fontWeight=600, fontSize=13, text=alt.ExprRef(figures)
    )
    return [
        dot.encode(
            x=alt.XDatum(x, type="quantitative", **axes["x"]),
            y=alt.YDatum(y, type="quantitative", **axes["y"]),
        ),
        text.encode(x=alt.XValue(4), y=alt.YValue(-10)),
    ]


def _description(sweep: Sweep, shown: Sequence[TradeoffPoint]) -> str:
    """Alternative text: KL and RMSE at the fitted temperature and of every point."""
    # the grid point nearest to the fitted temperature; distances on a geometric grid are ratios
    best = int(np.abs(np.log(sweep.temperatures / sweep.chosen)).argmin())
    kl, rmse = (float(values[best]) for values in (sweep.kl, sweep.rmse_sampled) if values is not None)
    others = "; ".join(f"{_method_name(p.name)} KL {p.kl:.3f}, RMSE {p.rmse:.3f}" for p in shown)
    return (
        "Distance to the real toplines (KL) against individual error (RMSE). Sampled answers at the fitted "
        f"temperature {sweep.chosen:.2f}: KL {kl:.3f}, RMSE {rmse:.3f}. {others}."
    )
