"""The temperature chart: real against simulated shares of one question, with the slider in the chart.

The shares at about 60 temperatures travel with the chart as parameters and Vega interpolates between
them, so dragging needs no server. Bars and distance curves share one layered view (each with its own
stretch of the vertical axis), because a layered view is the only kind that stretches to its container
and only one view can share one slider. Not covered: picking the question, which the page does.
"""

from typing import Any

import numpy as np

from core.comparison.sweep import QuestionSweep
from core.report.curves import curve_panel
from core.report.display import Bars, bars, label_lines, wrap
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import (
    LINE,
    SCHEMA,
    between,
    grid_parameters,
    lined_labels,
    numbers_or_none,
    temperature_slider,
)

TEMPERATURE = "temperature"
"""Name of the chart parameter that holds the slider's value."""
REAL, SIMULATED = "Real survey answers", "Simulated answers"
GENERATED = "Generated survey answers"
"""Name of the survey's own answers when they were made up."""
_PANEL_GAP, _PANEL_HEIGHT = 74, 120
_THICKEST = 34
"""Most pixels a pair of bars takes, however tall its label."""
_NUMBER_ROOM = 0.08
"""Part of the width kept free for the number at the end of the longest bar."""


def distribution_chart(
    question: QuestionSweep,
    temperatures: np.ndarray,
    chosen: float,
    theme: Theme | str = Theme.LIGHT,
    start: float | None = None,
    show_title: bool = True,
    real_label: str = REAL,
) -> dict[str, Any]:
    """Bars of real and simulated shares with a temperature slider, and the distances below.

    Parameters
    ----------
    question
        Shares and distances of one question on the temperature grid.
    temperatures
        Shape (n_T,), the geometric grid the shares were computed on.
    chosen
        The best temperature, fitted on validation respondents; labelled in the chart.
    theme
        Colours for a light or dark page.
    start
        Where the slider starts; `chosen` when None.
    show_title
        Whether the question's text is part of the chart.
    real_label
        What the survey's own answers are called in the legend.

    Returns
    -------
    dict
        A Vega-Lite specification that stretches to its container's width.

    Raises
    ------
    ValueError
        If the temperatures are not a rising geometric grid.
    """
    colours, shown = palette(theme), bars(question)
    start = float(np.clip(chosen if start is None else start, temperatures[0], temperatures[-1]))
    lines = label_lines(shown.answers)
    row = max(38 if len(lines) <= 8 else 32, LINE * max(len(label) for label in lines) + 12)
    top = row * len(lines) + _PANEL_GAP
    layers = [
        _bar_layer(shown, row, _widest(shown, temperatures), real_label, colours),
        curve_panel(question, temperatures, chosen, (top, top + _PANEL_HEIGHT), colours),
    ]
    return {
        "$schema": SCHEMA,
        "description": _description(question),
        "title": _title(question, shown, show_title),
        "width": "container",
        "height": top + _PANEL_HEIGHT,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 5, "right": 8, "top": 5, "bottom": 5},
        "params": [
            temperature_slider(TEMPERATURE, temperatures, round(start, 2)),
            *grid_parameters(TEMPERATURE, temperatures),
            {"name": "labels", "value": lines},
            {"name": "simulated", "value": numbers_or_none(shown.simulated.T, 5)},
            {"name": "peak", "value": numbers_or_none(shown.simulated.max(axis=1), 4)},
            {"name": "kl", "value": numbers_or_none(question.kl, 5)},
            {"name": "rmse", "value": numbers_or_none(question.rmse, 5)},
            {"name": "sd_ratio", "value": numbers_or_none(question.sd_ratio, 4)},
        ],
        "layer": layers,
        "resolve": {"scale": {"x": "independent", "y": "independent"}},
        "config": chart_config(colours),
    }


def _widest(shown: Bars, temperatures: np.ndarray) -> float:
    """Share at the right edge: fits every bar at temperatures of 0.5 and more."""
    usual = shown.simulated[temperatures >= 0.5]
    most = max(float(shown.real.max()), float(usual.max()) if len(usual) else 0.0)
    return min(1.0, float(np.ceil(most * 20) / 20))


def _bar_layer(shown: Bars, row: float, widest: float, real_label: str, colours: Palette) -> dict[str, Any]:
    """Two bars and their numbers per answer."""
    groups = [real_label, SIMULATED]
    rows = [
        {"answer": answer, "order": i, "group": group, "real": round(float(shown.real[i]), 6)}
        for i, answer in enumerate(shown.answers)
        for group in groups
    ]
    share = f"datum.group !== '{SIMULATED}' ? datum.real : {between('simulated[datum.order]')}"
    colour = {
        "field": "group",
        "type": "nominal",
        "scale": {"domain": groups, "range": [colours.real, colours.simulated]},
        "legend": {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"},
    }
    number = {"type": "text", "align": "left", "baseline": "middle", "dx": 5, "fontSize": 12}
    return {
        "data": {"values": rows},
        "transform": [{"calculate": share, "as": "share"}],
        "encoding": {
            "y": _answer_axis(len(shown.answers), row, colours),
            "yOffset": {"field": "group", "type": "nominal", "sort": groups},
            "x": _share_axis(widest),
            "tooltip": [
                {"field": "group", "type": "nominal", "title": "Answers"},
                {"field": "answer", "type": "nominal", "title": "Answer"},
                {"field": "share", "type": "quantitative", "title": "Share", "format": ".1%"},
            ],
        },
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 2, "aria": True}, "encoding": {"color": colour}},
            {
                "mark": {**number, "color": colours.text, "aria": False},
                "encoding": {"text": {"field": "share", "type": "quantitative", "format": ".1%"}},
            },
        ],
    }


def _answer_axis(count: int, row: float, colours: Palette) -> dict[str, Any]:
    """One row of `row` pixels per answer from the top of the view, with its full label beside it."""
    padding = 1 - min(_THICKEST, row - 8) / row
    return {
        "field": "order",
        "type": "ordinal",
        "scale": {"range": [0, row * count], "paddingInner": padding, "paddingOuter": padding / 2},
        "axis": lined_labels(colours.text),
    }


def _share_axis(widest: float) -> dict[str, Any]:
    """Shares from 0; fixed while dragging, but below T = 0.5 it widens when a bar needs the room."""
    edge = {"expr": f"{1 + _NUMBER_ROOM} * max({widest:g}, {between('peak')})"}
    scale = {"domain": [0, edge], "nice": False}
    return {"field": "share", "type": "quantitative", "scale": scale, "axis": None}


def _title(question: QuestionSweep, shown: Bars, show_title: bool) -> dict[str, Any]:
    parts = [
        f"'Temperature ' + format({TEMPERATURE}, '.2f')",
        f"'KL ' + format({between('kl')}, '.3f') + ' nats (noise floor {question.floor_kl:.3f})'",
    ]
    if question.rmse is not None and np.isfinite(question.rmse).all():
        parts.append(f"'RMSE ' + format({between('rmse')}, '.3f') + ' of the scale'")
    if question.sd_ratio is not None and np.isfinite(question.sd_ratio).all():
        parts.append(f"'spread ' + format({between('sd_ratio')}, '.2f') + ' of the real one'")
    parts.append(f"'{question.n:,} survey answers'")
    if shown.binned:
        parts.append("'numbers in bands'")
    title: dict[str, Any] = {"text": wrap(question.text, 90) if show_title else ""}
    return title | {"subtitle": {"expr": " + '   ·   ' + ".join(parts)}}


def _description(question: QuestionSweep) -> str:
    return (
        f"Bar chart of real and simulated answer shares for the question: {question.text} "
        "A temperature slider changes the simulated bars. Below, the distance between simulated and "
        "real answers at each temperature."
    )
