"""Charts of one topline: real and simulated shares side by side (slides, print), or the real ones alone.

The margin of error of the real shares is drawn as a whisker; simulated bars have none.
"""

from typing import Any

import numpy as np

from core.comparison.banner import QuestionTable
from core.comparison.stub import RowKind
from core.report.display import label_lines, wrap
from core.report.distribution import REAL, SIMULATED
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import LINE, SCHEMA, lined_labels
from core.survey.shares import SMALL_BASE
from core.survey.topline import Topline

_ROW = {1: 30, 2: 42}
"""Pixels of an answer with one line, by bars per answer."""


def topline_chart(
    table: QuestionTable,
    theme: Theme | str = Theme.LIGHT,
    real_label: str = REAL,
    source: str = "",
    column: int = 0,
) -> dict[str, Any]:
    """Bars of real and simulated shares of one question.

    Parameters
    ----------
    table
        The table of the question.
    theme
        Colours for a light or dark page.
    real_label
        What the survey's own answers are called in the legend.
    source
        A line under the title: who was asked, at which temperature.
    column
        Position of the banner column to draw, 0 for the total.
    """
    colours = palette(theme)
    rows = [row for row in table.rows if row.kind is RowKind.SHARE]
    lines = label_lines(tuple(row.label for row in rows))
    hidden = bool(table.suppressed[column])
    base = f"fewer than {SMALL_BASE} real answers, hidden" if hidden else f"{table.n[column]:,} real answers"
    if np.isfinite(rows[0].margin[column]):
        base += " (lines: 95 % margin of error)"
    data = []
    for order, row in enumerate(rows):
        for group, share in ((real_label, row.real[column]), (SIMULATED, row.simulated[column])):
            if np.isfinite(share):
                bar = {"order": order, "answer": row.label, "group": group, "share": round(float(share), 6)}
                data.append(bar | _whisker(row.margin[column], float(share), group == real_label))
    title = {
        "text": wrap(table.question.text, 90),
        "subtitle": "   ·   ".join(part for part in (base, source) if part),
    }
    description = f"Bars of real and simulated shares for the question: {table.question.text}"
    return {"title": title} | _chart(description, lines, [real_label, SIMULATED], data, colours)


def real_topline_chart(topline: Topline, theme: Theme | str = Theme.LIGHT) -> dict[str, Any]:
    """Bars of the real shares of one question, with whiskers where there is a margin of error.

    Parameters
    ----------
    topline
        The real answers; a row without a share (nobody answered) has no bar.
    theme
        Colours for a light or dark page.
    """
    data = []
    for order, row in enumerate(topline.rows):
        if np.isfinite(row.share):
            margin = np.nan if row.margin is None else row.margin
            bar = {"order": order, "answer": row.answer, "group": REAL, "share": round(row.share, 6)}
            data.append(bar | _whisker(margin, row.share, is_real=True))
    shares = "; ".join(f"{bar['answer']}: {bar['share']:.1%}" for bar in data)
    lines = label_lines(tuple(row.answer for row in topline.rows))
    description = f"Bars of the real answers to the question {topline.question.text} - {shares}"
    return _chart(description, lines, [REAL], data, palette(theme))


def _chart(
    description: str,
    lines: list[list[str]],
    groups: list[str],
    data: list[dict[str, Any]],
    colours: Palette,
) -> dict[str, Any]:
    """Bars of one or two groups per answer; `lines` holds the label of each answer."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": sum(max(_ROW[len(groups)], LINE * len(label) + 14) for label in lines),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 5, "right": 8, "top": 5, "bottom": 5},
        "params": [{"name": "labels", "value": lines}],
        "data": {"values": data},
        "encoding": _encoding(len(lines), groups, data, colours),
        "layer": _marks(groups, colours),
        "config": chart_config(colours),
    }


def _whisker(margin: float, share: float, is_real: bool) -> dict[str, float]:
    """Ends of the margin of error, and where the number of the bar starts."""
    if not is_real or not np.isfinite(margin):
        return {"end": share}
    low, high = max(share - margin, 0.0), min(share + float(margin), 1.0)
    return {"low": round(low, 6), "high": round(high, 6), "end": round(high, 6)}


def _encoding(count: int, groups: list[str], data: list[dict[str, Any]], colours: Palette) -> dict[str, Any]:
    largest = max((row["end"] for row in data), default=1.0) or 1.0
    return {
        "y": {
            "field": "order",
            "type": "ordinal",
            "scale": {"domain": list(range(count)), "paddingInner": 0.3, "paddingOuter": 0.15},
            "axis": lined_labels(colours.text),
        },
        "yOffset": {"field": "group", "type": "nominal", "sort": groups},
        "x": {
            "field": "share",
            "type": "quantitative",
            "scale": {"domain": [0, 1.1 * largest], "nice": False},
            "axis": None,
        },
        "tooltip": [
            {"field": "group", "type": "nominal", "title": "Answers"},
            {"field": "answer", "type": "nominal", "title": "Answer"},
            {"field": "share", "type": "quantitative", "title": "Share", "format": ".1%"},
        ],
    }


def _marks(groups: list[str], colours: Palette) -> list[dict[str, Any]]:
    legend = {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"}
    bar = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "color": {
                "field": "group",
                "type": "nominal",
                "scale": {"domain": groups, "range": [colours.real, colours.simulated]},
                "legend": legend if len(groups) > 1 else None,
            }
        },
    }
    number = {
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "middle",
            "dx": 5,
            "fontSize": 12,
            "color": colours.text,
        },
        "encoding": {
            "x": {"field": "end", "type": "quantitative"},
            "text": {"field": "share", "type": "quantitative", "format": ".1%"},
        },
    }
    # an edge of the other lightness keeps the whisker readable inside the bar
    return [bar, _rule(colours.line, 5), _rule(colours.text, 1.5), number]


def _rule(colour: str, width: float) -> dict[str, Any]:
    """Line from end to end of each margin of error."""
    return {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "color": colour, "strokeWidth": width},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
    }
