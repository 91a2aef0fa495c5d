"""Pieces that several charts share: their frame, the temperature slider, and the JSON that is made of them.

Charts are Altair objects; `to_specification` makes the Vega-Lite JSON that a page, report or picture draws.
Altair would hold every object against its schema again while a chart is put together, and copy every layer a
dozen times (0.2 s for a chart with a slider, 0.01 s without); both are left out here, and the tests validate
every chart instead.

Curves over temperature are arrays in chart parameters; `between` writes the expression that reads
such an array at the slider's position by linear interpolation (largest error about 1e-4 in a share
on 60 geometric temperatures). Everything stays within what Vega's CSP-safe interpreter evaluates.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import altair as alt
import numpy as np
from altair.utils import schemapi

from core.report.palette import Palette

schemapi.disable_debug_mode()
alt.theme.enable("none")  # the theme travels in each chart's config: pages of both themes may be open at once
alt.data_transformers.consolidate_datasets = False  # rows stay in the chart that draws them

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Altair names a minor version, at which an older drawer of the same format would warn."""
LINE = 15
"""Usual pixels between the lines of a label."""
TEMPERATURE, SUBTITLE = "temperature", "subtitle"
"""Names of the chart parameters that hold the slider's value, and a line under the title that follows it."""


class _Layers(alt.LayerChart):
    """Altair's layered chart as it is given: no layer is copied, no data or parameter moved to the top."""

    def __init__(self, **properties: Any) -> None:
        alt.TopLevelLayerSpec.__init__(self, **properties)


class _Column(alt.VConcatChart):
    """Altair's charts below each other, as they are given."""

    def __init__(self, **properties: Any) -> None:
        alt.TopLevelVConcatSpec.__init__(self, **properties)


class _AsItIs:
    """Rows or arrays of a chart, of which Altair would look at every number."""

    _schema: ClassVar = {"type": "array"}

    def __init__(self, values: Any) -> None:
        self.values = values

    def to_dict(self) -> Any:
        return self.values


def inline(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Data of a chart, one mapping for each mark or point of a line."""
    kept: Any = _AsItIs(values)
    return alt.InlineData(kept)


def layered(*layers: alt.Chart | alt.LayerChart, **properties: Any) -> alt.LayerChart:
    """Charts on top of each other; one without data of its own shares the `data` given here."""
    return _Layers(layer=list(layers), **properties)


def below_each_other(*charts: alt.LayerChart, **properties: Any) -> alt.VConcatChart:
    """Charts below each other, each with scales of its own."""
    return _Column(vconcat=list(charts), **properties)


AnyChart = alt.Chart | alt.LayerChart | alt.VConcatChart


def to_specification(chart: AnyChart, font: str | None = None) -> dict[str, Any]:
    """Vega-Lite JSON of a chart, to be drawn by `st.vega_lite_chart`, Vega-Embed or vl-convert.

    Vega draws an expression as a subtitle, but the schema of Vega-Lite has none there: a chart carries it as
    the parameter `SUBTITLE`, which is put under the title here.

    Parameters
    ----------
    chart
        Any chart of this package.
    font
        Families of all its letters, where the page around it does not set them.
    """
    specification = chart.to_dict(validate=False) | {"$schema": SCHEMA}
    if any(parameter["name"] == SUBTITLE for parameter in specification.get("params", ())):
        specification["title"]["subtitle"] = {"expr": SUBTITLE}
    if font:
        specification["config"]["font"] = font
    return specification


def frame(
    description: str,
    height: float,
    colours: Palette,
    *params: alt.Parameter,
    fit: Literal["fit-x", "fit"] = "fit-x",
    **arrays: Any,
) -> dict[str, Any]:
    """Properties of a chart as wide as its container.

    Parameters
    ----------
    description
        Alternative text.
    height
        Pixels of the panel, or with its axes where `fit` is "fit".
    colours
        Colours of the page.
    *params, **arrays
        What expressions in the chart read, the latter as plain values by name.
    fit
        Whether axes and legend take their room in the given width alone, or in the height as well.
    """
    named = [alt.param(name, value=_AsItIs(value)) for name, value in arrays.items()]
    return {
        "description": description,
        "width": "container",
        "height": height,
        "autosize": alt.AutoSizeParams(type=fit, contains="padding"),
        "params": [parameter.param for parameter in (*params, *named)] or alt.Undefined,
        "config": chart_config(colours),
    }


def chart_config(colours: Palette) -> alt.Config:
    """Theme of all charts: readable text on either page, few lines, no frame."""
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
    """Bars of the real answers and of the simulated ones below each other, or of one group alone.

    Parameters
    ----------
    rows
        `order`, `answer` and `group`; `share` too, unless it is calculated.
    groups
        Names of the real answers and of the simulated ones; a single group needs no legend.
    colours
        Colours of the page.
    whiskers
        Marks between the bars and their numbers.
    number_at
        Column with the place where a bar's number begins.
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
    """The slider, which shows the temperature itself, and where on a geometric grid its value lies.

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
    steps = np.diff(np.log(grid))
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
    """Expression for the value of `array` at the slider's place on the grid."""
    return f"({array}[grid_below] * (1 - grid_part) + {array}[grid_below + 1] * grid_part)"


def lined_labels(colour: str, size: int = 13, line: int = LINE, **settings: Any) -> alt.Axis:
    """Axis of rows whose labels have several lines, read from the chart parameter "labels" by row.

    Parameters
    ----------
    colour, size
        Of the letters.
    line
        Pixels between the lines of a label.
    settings
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
        labelOffset=alt.ExprRef(f"{-line / 2} * (length(labels[datum.value]) - 1)"),
        **settings,
    )


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
    rounded = np.round(np.asarray(values, float), digits)
    listed = rounded.astype(object)
    listed[~np.isfinite(rounded)] = None
    return listed.tolist()
