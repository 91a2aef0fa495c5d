"""The temperature chart: real against simulated shares of one question, with the slider in the chart.

The shares at about 60 temperatures travel with the chart as parameters and Vega interpolates between
them, so dragging needs no server. Bars and distance curves share one layered view (each with its own
stretch of the vertical axis), because a layered view is the only kind that stretches to its container
and only one view can share one slider. Not covered: picking the question, which the page does.
"""

import altair as alt
import numpy as np

from core.comparison.sweep import QuestionSweep
from core.report.chart_parts import (
    LINE,
    TEMPERATURE,
    answer_bars,
    between,
    frame,
    lined_labels,
    temperature_parameters,
)
from core.report.curves import Panel, curve_panel
from core.report.display import REAL, SIMULATED, Bars, bars, label_lines, wrap
from core.report.palette import Palette, Theme, palette
from core.report.specification import SUBTITLE, layered, numbers_or_none

_PANEL_GAP, _PANEL_HEIGHT = 74, 120
_THICKEST = 34
"""Most pixels that a pair of bars takes, however tall its label."""
_NUMBER_ROOM = 0.08
"""Share of the width kept free for the number at the end of the longest bar."""


def distribution_chart(
    question: QuestionSweep,
    temperatures: np.ndarray,
    chosen: float,
    theme: Theme | str = Theme.LIGHT,
    start: float | None = None,
    show_title: bool = True,
    real_label: str = REAL,
) -> alt.LayerChart:
    """Chart of real and simulated shares as bars with a temperature slider, and of their distances below.

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

    Raises
    ------
    ValueError
        If the temperatures are not a rising geometric grid.
    """
    colours, shown = palette(theme), bars(question)
    lines = label_lines(shown.answers)
    # pixels from the top of the view: bars in rows as tall as the tallest label, a gap, the curves
    row = max(38 if len(lines) <= 8 else 32, LINE * max(len(label) for label in lines) + 12)
    top = row * len(lines) + _PANEL_GAP
    bottom = top + _PANEL_HEIGHT
    slider = temperature_parameters(temperatures, chosen if start is None else start)
    subtitle = alt.param(SUBTITLE, expr=_subtitle(question, shown))
    # per temperature of the grid: shares (n_T, K), the longest bar (n_T,) and distances (n_T,) or None;
    # `between` interpolates in them while the slider moves
    arrays = {
        "labels": lines,
        "simulated": numbers_or_none(shown.simulated.T, 5),
        "peak": numbers_or_none(shown.simulated.max(axis=1), 4),
        "kl": numbers_or_none(question.kl, 5),
        "rmse": numbers_or_none(question.rmse, 5),
        "sd_ratio": numbers_or_none(question.sd_ratio, 4),
    }
    return layered(
        _bar_layer(shown, row, _widest(shown, temperatures), real_label, colours),
        curve_panel(question, Panel(temperatures, top, bottom, colours), chosen),
        title=alt.Title(text=wrap(question.text, 90) if show_title else ""),
        padding={"left": 5, "right": 8, "top": 5, "bottom": 5},
        **frame(_description(question), bottom, colours, *slider, subtitle, **arrays),
    ).resolve_scale(x="independent", y="independent")


def _widest(shown: Bars, temperatures: np.ndarray) -> float:
    """Share (0 to 1, a multiple of 0.05) at the right edge: holds every bar at temperatures from 0.5 up."""
    usual = shown.simulated[temperatures >= 0.5]
    most = max(float(shown.real.max()), float(usual.max()) if len(usual) else 0.0)
    return min(1.0, float(np.ceil(most * 20) / 20))


def _bar_layer(shown: Bars, row: float, widest: float, real_label: str, colours: Palette) -> alt.LayerChart:
    """Two bars and their shares in writing per answer, in rows of `row` pixels from the top of the view."""
    groups = [real_label, SIMULATED]
    # two rows of data per answer; the simulated share is looked up in the parameter, not in the row
    rows = [
        {"answer": answer, "order": i, "group": group, "real": round(float(shown.real[i]), 6)}
        for i, answer in enumerate(shown.answers)
        for group in groups
    ]
    # an ordinal scale in pixels: with padding, bars stay thin beside labels of several lines
    padding = 1 - min(_THICKEST, row - 8) / row
    down = alt.Scale(range=[0, row * len(shown.answers)], paddingInner=padding, paddingOuter=padding / 2)
    # the axis is fixed while dragging, but below T = 0.5 it widens when a bar needs the room
    edge = alt.ExprRef(f"{1 + _NUMBER_ROOM} * max({widest:g}, {between('peak')})")
    across = alt.Scale(domain=[0, edge], nice=False)
    share = f"datum.group !== '{SIMULATED}' ? datum.real : {between('simulated[datum.order]')}"
    return (
        answer_bars(rows, groups, colours)
        .transform_calculate(share=share)
        .encode(
            y=alt.Y("order:O", scale=down, axis=lined_labels(colours.text)),
            x=alt.X("share:Q", scale=across, axis=None),
        )
    )


def _subtitle(question: QuestionSweep, shown: Bars) -> str:
    """Vega expression of the subtitle: temperature, distances at the slider, and the question's base."""
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
    return " + '   ·   ' + ".join(parts)


def _description(question: QuestionSweep) -> str:
    return (
        f"Bar chart of real and simulated answer shares for the question: {question.text} "
        "A temperature slider changes the simulated bars. Below, the distance between simulated and "
        "real answers at each temperature."
    )
