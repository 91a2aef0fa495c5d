"""Charts of KL and RMSE over temperature: the lower panel of a question's chart, and the mean of all."""

from dataclasses import dataclass
from typing import Literal

import altair as alt
import numpy as np

from core.comparison.sweep import QuestionSweep, Sweep
from core.report.chart_parts import TEMPERATURE, between, frame, temperature_parameters
from core.report.palette import Palette, Theme, palette
from core.report.specification import inline, layered

_USUAL = 0.5
"""Temperature from which on distances fit into the panel; below it a steep curve may leave at the top."""
_NOW = f"'T ' + format({TEMPERATURE}, '.2f')"
"""Expression of the slider's label."""


@dataclass(frozen=True)
class Panel:
    """Place of curves over `temperatures` (n_T,): top and bottom in pixels from the top of the view."""

    temperatures: np.ndarray
    top: float
    bottom: float
    colours: Palette


def curve_panel(question: QuestionSweep, panel: Panel, chosen: float) -> alt.LayerChart:
    """Chart of KL and RMSE over temperature, with rules at the slider and at the temperature `chosen`."""
    # at some temperatures RMSE may be undefined: then it has no curve
    rmse = question.rmse if question.rmse is not None and np.isfinite(question.rmse).all() else None
    return layered(
        *_curves(question.kl, rmse, panel, floor=question.floor_kl),
        *_markers(chosen, f"best T {chosen:.2f}", _NOW, panel),
    ).resolve_scale(y="independent")


def tradeoff_chart(
    sweep: Sweep, theme: Theme | str = Theme.LIGHT, height: int = 220, start: float | None = None
) -> alt.LayerChart:
    """Chart of KL and RMSE over temperature, means over questions, with the best temperature labelled.

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
    panel, chosen = Panel(sweep.temperatures, 44, 44 + height, palette(theme)), sweep.chosen
    slider = temperature_parameters(sweep.temperatures, chosen if start is None else start)
    # the slider's label: an expression that interpolates every defined figure (n_T,) at its value
    figures, arrays = _NOW, {}
    for name, values in {"KL": sweep.kl, "RMSE": sweep.rmse, "SD ratio": sweep.sd_ratio}.items():
        if values is not None and np.isfinite(values).all():
            key = "curve_" + name.lower().replace(" ", "_")
            arrays[key] = values.round(5).tolist()
            figures += f" + ' · {name} ' + format({between(key)}, '.3f')"
    description = "Mean distance between simulated and real answers at each temperature."
    return layered(
        *_curves(sweep.kl, sweep.rmse, panel, floor=None),
        *_markers(chosen, f"best temperature {chosen:.2f}", figures, panel),
        **frame(description, panel.bottom, panel.colours, *slider, **arrays),
    ).resolve_scale(y="independent")


def _curves(
    kl: np.ndarray | None, rmse: np.ndarray | None, panel: Panel, floor: float | None
) -> list[alt.Chart | alt.LayerChart]:
    """Layers: KL on an axis from zero on the left, RMSE on an axis over its own range on the right."""
    layers: list[alt.Chart | alt.LayerChart] = []
    if kl is not None:
        domain, colour = _domain(kl, panel, low=0.0, floor=floor or 0.0), panel.colours.divergence
        line = _curve("KL (nats)", kl, domain, panel, colour, "left")
        layers.append(line if floor is None else layered(line, *_noise_floor(floor, colour)))
    if rmse is not None:
        domain = _domain(rmse, panel)
        layers.append(_curve("RMSE (of the scale)", rmse, domain, panel, panel.colours.error, "right"))
    return layers


def _domain(values: np.ndarray, panel: Panel, low: float | None = None, floor: float = 0.0) -> list[float]:
    """Ends of the axis of `values` (n_T,); `low` is 15 % of the range below the lowest value if None.

    Only temperatures from `_USUAL` up decide how high it goes; a noise `floor` always lies inside.
    """
    usual = panel.temperatures >= _USUAL
    highest, lowest = float(np.nanmax(values[usual] if usual.any() else values)), float(np.nanmin(values))
    # a flat curve still gets an axis of some height
    low = lowest - 0.15 * max(highest - lowest, 1e-3) if low is None else low
    return [low, max(highest + 0.05 * (highest - low), floor * 1.6, low + 1e-3)]


def _curve(
    title: str,
    values: np.ndarray,
    domain: list[float],
    panel: Panel,
    colour: str,
    side: Literal["left", "right"],
) -> alt.Chart:
    grid = panel.temperatures
    ends = [round(float(grid[0]), 4), round(float(grid[-1]), 4)]
    across = alt.Axis(
        title="Temperature (best T: fitted on the validation respondents)",
        grid=False,
        values=[0.1, 0.5, 1, 1.5, 2, 2.5, 3],
        format="~g",
    )
    up = alt.Axis(
        title=title,
        titleColor=colour,
        labelColor=colour,
        orient=side,
        tickCount=4,
        grid=side == "left",
        domain=False,
        ticks=False,
        titleAnchor="middle",
        titleY=(panel.top + panel.bottom) / 2,
        gridOpacity=0.6,
    )
    height = alt.Scale(domain=domain, range=[panel.bottom, panel.top], nice=False, zero=False)
    line = alt.Chart(inline(_inside(grid, values, domain[1])))
    return line.mark_line(strokeWidth=2.5, color=colour).encode(
        x=alt.X("temperature:Q", scale=alt.Scale(domain=ends, nice=False, zero=False), axis=across),
        y=alt.Y("value:Q", scale=height, axis=up),
        tooltip=[
            alt.Tooltip("temperature:Q", title="Temperature", format=".2f"),
            alt.Tooltip("value:Q", title=title, format=".3f"),
        ],
    )


def _noise_floor(floor: float, colour: str) -> list[alt.Chart]:
    """Dotted rule at the noise floor, with its name at the right."""
    at = alt.Chart().encode(y=alt.YDatum(floor, type="quantitative"))
    note = at.mark_text(text="noise floor", color=colour, align="right", baseline="bottom", dy=-2)
    rule = at.mark_rule(color=colour, strokeDash=[1, 3], strokeWidth=1.5)
    return [rule, note.encode(x=alt.XValue("width"))]


def _inside(temperatures: np.ndarray, values: np.ndarray, top: float) -> list[dict[str, float]]:
    """Points of a curve up to the value `top`, with the interpolated points where it crosses that value."""
    at, value = np.asarray(temperatures, float), np.asarray(values, float)
    points = []
    for i in range(len(at)):
        # one of two neighbours is above the edge: the point between them at which the line reaches it
        if i and (value[i - 1] > top) != (value[i] > top):
            part = (top - value[i - 1]) / (value[i] - value[i - 1])
            points.append((at[i - 1] + part * (at[i] - at[i - 1]), top))
        if value[i] <= top:
            points.append((at[i], value[i]))
    return [{"temperature": round(float(x), 4), "value": round(float(y), 5)} for x, y in points]


def _markers(chosen: float, best: str, now: str, panel: Panel) -> list[alt.Chart]:
    """Rules with labels above the panel: a dashed one at the best temperature, one that follows the slider.

    `best` is the label of the first, `now` the expression that writes the label of the second.
    """
    # in the right half of the panel a label stands to the left of its rule
    middle, marks = float(panel.temperatures[0] + panel.temperatures[-1]) / 2, []
    for at, place, label, colour, dash, rise in (
        (chosen, repr(float(chosen)), best, panel.colours.good, [4, 3], 32),
        (alt.ExprRef(TEMPERATURE), TEMPERATURE, alt.ExprRef(now), panel.colours.simulated, [], 14),
    ):
        mark = alt.Chart().encode(x=alt.XDatum(at, type="quantitative", scale=alt.Scale(zero=False)))
        rule = mark.mark_rule(color=colour, strokeWidth=2, strokeDash=dash)
        text = mark.mark_text(
            color=colour,
            fontWeight=600,
            fontSize=12,
            text=label,
            align=alt.ExprRef(f"{place} > {middle} ? 'right' : 'left'"),
            dx=alt.ExprRef(f"{place} > {middle} ? -5 : 5"),
        )
        marks.append(rule.encode(y=alt.YValue(panel.top - rise + 4), y2=alt.Y2Value(panel.bottom)))
        marks.append(text.encode(y=alt.YValue(panel.top - rise + 6)))
    return marks
