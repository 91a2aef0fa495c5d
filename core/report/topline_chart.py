"""Charts of one topline: real and simulated shares side by side (slides, print), or the real ones alone.

The margin of error of the real shares is drawn as a whisker; simulated bars have none.
"""

from typing import Any

import altair as alt
import numpy as np

from core.comparison.banner import QuestionTable
from core.comparison.stub import RowKind
from core.report.chart_parts import LINE, answer_bars, frame, lined_labels
from core.report.display import REAL, SIMULATED, label_lines, wrap
from core.report.palette import Palette, Theme, palette
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
) -> alt.LayerChart:
    """Chart of real and simulated shares of one question as bars.

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
    subtitle = "   ·   ".join(part for part in (base, source) if part)
    title = alt.Title(text=wrap(table.question.text, 90), subtitle=subtitle)
    description = f"Bars of real and simulated shares for the question: {table.question.text}"
    return _chart(description, lines, [real_label, SIMULATED], data, colours, title=title)


def real_topline_chart(topline: Topline, theme: Theme | str = Theme.LIGHT) -> alt.LayerChart:
    """Chart of the real shares of one question, with whiskers where there is a margin of error.

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
    **properties: Any,
) -> alt.LayerChart:
    """Bar chart of one or two groups per answer; `lines` holds the label of each answer in lines."""
    height = sum(max(_ROW[len(groups)], LINE * len(label) + 14) for label in lines)
    largest = max((row["end"] for row in data), default=1.0) or 1.0
    rows = alt.Scale(domain=list(range(len(lines))), paddingInner=0.3, paddingOuter=0.15)
    known = alt.Chart().transform_filter("isValid(datum.low)").encode(x=alt.X("low:Q"), x2=alt.X2("high"))
    return answer_bars(
        data,
        groups,
        colours,
        known.mark_rule(color=colours.line, strokeWidth=5),  # an edge that shows the line inside the bar
        known.mark_rule(color=colours.text, strokeWidth=1.5),
        number_at="end",
        padding={"left": 5, "right": 8, "top": 5, "bottom": 5},
        **frame(description, height, colours, labels=lines),
        **properties,
    ).encode(
        y=alt.Y("order:O", scale=rows, axis=lined_labels(colours.text)),
        x=alt.X("share:Q", scale=alt.Scale(domain=[0, 1.1 * largest], nice=False), axis=None),
    )


def _whisker(margin: float, share: float, is_real: bool) -> dict[str, float]:
    """Ends "low" and "high" of the margin of error, and "end": where the number of the bar starts."""
    if not is_real or not np.isfinite(margin):
        return {"end": share}
    low, high = max(share - margin, 0.0), min(share + float(margin), 1.0)
    return {"low": round(low, 6), "high": round(high, 6), "end": round(high, 6)}
