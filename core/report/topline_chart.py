"""A still chart of one topline: real and simulated shares side by side, for slides and print.

The margin of error of the real shares is drawn as a whisker; simulated bars have none.
"""

from typing import Any

import numpy as np

from core.comparison.banner import QuestionTable
from core.comparison.stub import RowKind
from core.report.display import label_lines, wrap
from core.report.distribution import REAL, SIMULATED
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA
from core.survey.topline import SMALL_BASE

_LINE = 15
_ROW = 42
"""Pixels between the lines of an answer label, and of an answer with one line."""


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
    height = sum(max(_ROW, _LINE * len(label) + 14) for label in lines)
    return {
        "$schema": SCHEMA,
        "description": f"Bars of real and simulated shares for the question: {table.question.text}",
        "title": {
            "text": wrap(table.question.text, 90),
            "subtitle": "   ·   ".join(part for part in (base, source) if part),
        },
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 5, "right": 8, "top": 5, "bottom": 5},
        "params": [{"name": "labels", "value": lines}],
        "data": {"values": data},
        "encoding": _encoding(len(rows), [real_label, SIMULATED], data, colours),
        "layer": _marks([real_label, SIMULATED], colours),
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
            "axis": {
                "title": None,
                "domain": False,
                "ticks": False,
                "labelLimit": 0,
                "labelOverlap": False,
                "labelColor": colours.text,
                "labelFontSize": 13,
                "labelLineHeight": _LINE,
                "labelExpr": "labels[datum.value]",
                "labelOffset": {"expr": f"{-_LINE / 2} * (length(labels[datum.value]) - 1)"},
            },
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
    bar = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "color": {
                "field": "group",
                "type": "nominal",
                "scale": {"domain": groups, "range": [colours.real, colours.simulated]},
                "legend": {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"},
            }
        },
    }
    whisker = {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "color": colours.text, "strokeWidth": 1.5},
        "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}},
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
    return [bar, whisker, number]
