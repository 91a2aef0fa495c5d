"""Pieces that several charts share: frame, theme, answer bars, label axes, and the temperature slider.

Curves over temperature are arrays in chart parameters; `between` writes the expression that reads
such an array at the slider's position by linear interpolation (largest error about 1e-4 in a share
on 60 geometric temperatures). Everything stays within what Vega's CSP-safe interpreter evaluates.
"""

from typing import Any, Literal

import altair as alt
import numpy as np

from core.report.palette import Palette
from core.report.specification import array_parameter, inline, layered

LINE = 15
"""Usual pixels between the lines of a label."""
TEMPERATURE = "temperature"
"""Name of the chart parameter that holds the slider's value."""


def frame(
    description: str,
    height: float,
    colours: Palette,
    *params: alt.Parameter,
    fit: Literal["fit-x", "fit"] = "fit-x",
    **arrays: Any,
) -> dict[str, Any]:
    """Top-level properties of a chart as wide as its container.

    Parameters
    ----------
    description
        Alternative text.
    height
        Pixels of the panel, or with its axes where `fit` is "fit".
    colours
        Colours of the page.
    *params
        Parameters that expressions in the chart read.
    fit
        Whether axes and legend take their room in the given width alone, or in the height as well.
    **arrays
        Further parameters by name, as plain lists.
    """
    named = [array_parameter(name, value) for name, value in arrays.items()]
    return {
        "description": description,
        "width": "container",
        "height": height,
        "autosize": alt.AutoSizeParams(type=fit, contains="padding"),
        "params": [parameter.param for parameter in (*params, *named)] or alt.Undefined,
        "config": chart_config(colours),
    }


def chart_config(colours: Palette) -> alt.Config:
    """Vega-Lite configuration of all charts: readable text on either page, few lines, no frame."""
    return alt.Config(
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        title=alt.TitleConfig(
            anchor="start",
            frame="bounds",
            color=colours.text,
            fontSize=16,
            fontWeight=600,
            lineHeight=21,
            subtitleColor=colours.muted,
            subtitleFontSize=13,
            subtitleLineHeight=18,
            subtitlePadding=6,
            offset=14,
        ),
        axis=alt.AxisConfig(
            labelColor=colours.muted,
            titleColor=colours.muted,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight=500,
            gridColor=colours.line,
            domainColor=colours.line,
            tickColor=colours.line,
            labelPadding=6,
            titlePadding=8,
            labelFlush=False,
        ),
        text=alt.MarkConfig(align="left", color=colours.text),
        legend=alt.LegendConfig(labelColor=colours.text, labelFontSize=13, labelLimit=0, offset=6),
    )


def legend_above() -> alt.Legend:
    """Legend of bars: squares in one line above them."""
    return alt.Legend(title=None, orient="top", direction="horizontal", symbolType="square")


def answer_bars(
    rows: list[dict[str, Any]],
    groups: list[str],
    colours: Palette,
    *whiskers: alt.Chart,
    number_at: str = "share",
    **properties: Any,
) -> alt.LayerChart:
    """Grouped bar chart: real and simulated shares of each answer below each other, or one group alone.

    Parameters
    ----------
    rows
        `order`, `answer` and `group`; `share` too, unless it is calculated.
    groups
        Names of the real answers and of the simulated ones; a single group needs no legend.
    colours
        Colours of the page.
    *whiskers
        Marks between the bars and their numbers.
    number_at
        Column with the place where a bar's number begins.
    **properties
        More properties of the chart.
    """
    scale = alt.Scale(domain=groups, range=[colours.real, colours.simulated])
    colour = alt.Color("group:N", scale=scale, legend=legend_above() if len(groups) > 1 else None)
    number = alt.Chart().mark_text(dx=5, fontSize=12, aria=False)  # the bar itself says it to screen readers
    return layered(
        alt.Chart().mark_bar(cornerRadiusEnd=2).encode(color=colour),
        *whiskers,
        number.encode(x=alt.X(f"{number_at}:Q"), text=alt.Text("share:Q", format=".1%")),
        data=inline(rows),
        **properties,
    ).encode(
        yOffset=alt.YOffset("group:N", sort=groups),
        tooltip=[
            alt.Tooltip("group:N", title="Answers"),
            alt.Tooltip("answer:N", title="Answer"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
    )


def temperature_parameters(temperatures: np.ndarray, start: float) -> list[alt.Parameter]:
    """Slider parameter in units of temperature, and parameters that locate its value on a geometric grid.

    "grid_place" is the fractional index of the value, "grid_below" its whole part (at most n_T - 2, so that
    a next grid point exists) and "grid_part" the rest; `between` reads arrays by them.

    Parameters
    ----------
    temperatures
        Shape (n_T,), a rising geometric grid of at least two values.
    start
        Where the slider begins; the nearer end when it is outside the grid.

    Raises
    ------
    ValueError
        If the temperatures are no such grid.
    """
    grid = np.asarray(temperatures, float)
    if grid.ndim != 1 or len(grid) < 2 or (grid <= 0).any():
        raise ValueError("temperatures must be at least two positive numbers")
    # on a geometric grid the logarithms are equally far apart, so one division finds the index
    steps = np.diff(np.log(grid))  # (n_T - 1,)
    if steps[0] <= 0 or not np.allclose(steps, steps[0], rtol=1e-6):
        raise ValueError("temperatures must be a rising geometric grid")
    low, high, last = round(float(grid[0]), 4), round(float(grid[-1]), 4), len(grid) - 1
    slider = alt.binding_range(min=low, max=high, step=0.01, name="Temperature")
    place = f"clamp((log({TEMPERATURE}) - {float(np.log(grid[0]))!r}) / {float(steps[0])!r}, 0, {last})"
    return [
        alt.param(TEMPERATURE, value=round(float(np.clip(start, grid[0], grid[-1])), 2), bind=slider),
        alt.param("grid_place", expr=place),
        alt.param("grid_below", expr=f"min(floor(grid_place), {last - 1})"),
        alt.param("grid_part", expr="grid_place - grid_below"),
    ]


def between(array: str) -> str:
    """Vega expression of the linear interpolation of `array`, one value per temperature, at the slider."""
    return f"({array}[grid_below] * (1 - grid_part) + {array}[grid_below + 1] * grid_part)"


def lined_labels(colour: str, size: int = 13, line: int = LINE, **settings: Any) -> alt.Axis:
    """Axis of rows whose labels have several lines, read from the chart parameter "labels" by row.

    Parameters
    ----------
    colour, size
        Colour and font size of the labels.
    line
        Pixels between the lines of a label.
    **settings
        More properties of the axis.
    """
    return alt.Axis(
        title=None,
        domain=False,
        ticks=False,
        labelLimit=0,
        labelOverlap=False,
        labelColor=colour,
        labelFontSize=size,
        labelLineHeight=line,
        labelExpr="labels[datum.value]",
        # Vega aligns the first line with the tick: half the height of the others up centres the label
        labelOffset=alt.ExprRef(f"{-line / 2} * (length(labels[datum.value]) - 1)"),
        **settings,
    )
