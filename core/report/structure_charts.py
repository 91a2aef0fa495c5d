"""Charts of calibration, and of associations (Cramér's V) between questions and with demographics."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from core.comparison.calibration import CalibrationBin
from core.report.chart_parts import frame, lined_labels
from core.report.display import wrap
from core.report.palette import Theme, palette
from core.report.specification import inline, layered

MOST_QUESTIONS = 24
"""More questions than this do not fit beside each other; those furthest off are shown."""
_NUMBERS_UP_TO = 14
"""Most questions with which the squares are wide enough for a number."""
_LINE_WIDTH, _ROW = 44, 30
"""Characters in each of the two lines of a row's name, and pixels per row."""
_EDGE = {Theme.LIGHT: "#FFFFFF", Theme.DARK: "#0E1117"}
_SAME = {Theme.LIGHT: "#EEF1F4", Theme.DARK: "#222A31"}
"""Colours of the lines between squares, and of a pair that is as strongly associated as in reality."""


def calibration_chart(bins: Sequence[CalibrationBin], theme: Theme | str = Theme.LIGHT) -> alt.LayerChart:
    """Chart of the observed share against the predicted probability, with 95 % intervals and the diagonal."""
    colours = palette(theme)
    # one row per bin of probabilities; whiskers end at shares of 0 and 1
    rows = [
        {
            "p": round(b.predicted, 4),
            "given": round(b.observed, 4),
            "low": round(max(b.observed - b.margin, 0.0), 4),
            "high": round(min(b.observed + b.margin, 1.0), 4),
            "label": f"{100 * b.observed:.0f} %",
            "pairs": b.pairs,
        }
        for b in bins
    ]
    said = "; ".join(f"{r['p']:.0%} given, {r['given']:.0%} true" for r in rows)
    x = _share_axis("Probability the simulation gave to an answer", grid=False)
    y = _share_axis("How often it was really given")
    dots = alt.OverlayMarkDef(filled=True, size=70, color=colours.simulated)
    tooltip = [
        alt.Tooltip("p:Q", title="Probability", format=".1%"),
        alt.Tooltip("given:Q", title="Really given", format=".1%"),
        alt.Tooltip("pairs:Q", title="Answers of respondents", format=","),
    ]
    at_point = alt.Chart().encode(y=alt.Y("given:Q", **y))
    diagonal = at_point.properties(data=inline([{"p": 0, "given": 0}, {"p": 1, "given": 1}]))
    whisker = alt.Chart().encode(y=alt.Y("low:Q", **y), y2=alt.Y2("high"))
    return layered(
        diagonal.mark_line(color=colours.muted, strokeDash=[4, 4], strokeWidth=1.5),
        whisker.mark_rule(color=colours.simulated, strokeWidth=2),
        at_point.mark_line(color=colours.simulated, strokeWidth=2, point=dots).encode(tooltip=tooltip),
        at_point.mark_text(dx=9, dy=10).encode(text=alt.Text("label:N")),
        data=inline(rows),
        **frame(f"Calibration of simulated probabilities: {said or 'too few answers'}.", 300, colours),
    ).encode(x=alt.X("p:Q", **x))


def _share_axis(title: str, **settings: Any) -> dict[str, Any]:
    """Scale and axis from 0 to 100 %."""
    axis = alt.Axis(title=title, format=".0%", tickCount=5, **settings)
    return {"scale": alt.Scale(domain=[0, 1]), "axis": axis}


def association_chart(
    pairs: Sequence[Sequence[Any]],
    demographics: Mapping[str, str],
    questions: Mapping[str, str],
    theme: Theme | str = Theme.LIGHT,
) -> alt.LayerChart | None:
    """Heatmap of simulated minus real Cramér's V of every pair.

    Parameters
    ----------
    pairs
        Rows of two names, real V and simulated V; items of one multi-select ("uses#0") are averaged.
    demographics, questions
        Column -> label or text, in questionnaire order.
    theme
        Colours for a light or dark page.

    Returns
    -------
    altair.LayerChart or None
        None without pairs.
    """
    # (row, column) -> (real V, simulated V), one entry per pair of columns of the survey
    means = _mean_by_pair(pairs, demographics, questions)
    if not means:
        return None
    shown = _furthest(means, list(questions))
    # questions are numbered by their place in the questionnaire: the number heads their column
    number = {column: k for k, column in enumerate(questions, 1)}
    names = {**demographics, **{c: f"{number[c]}. {questions[c]}" for c in shown}}
    rows = [
        {
            "row": a, "other": b, "column": str(number[b]),
            "real": round(real, 3), "simulated": round(simulated, 3),
            "difference": round(simulated - real, 3),
        }
        for (a, b), (real, simulated) in means.items()
        if a in names and b in shown
    ]  # fmt: skip
    if not rows:
        return None
    # rows: demographics first, then the questions that have a pair
    present = {row["row"] for row in rows}
    order = [c for c in (*demographics, *shown) if c in present]
    return _heatmap(rows, order, names, [str(number[c]) for c in shown], Theme(theme))


def _heatmap(
    rows: list[dict[str, Any]], order: list[str], names: Mapping[str, str], columns: list[str], theme: Theme
) -> alt.LayerChart:
    """Squares of `rows`, whose "row" and "other" are columns of the survey; `names` holds their labels."""
    colours = palette(theme)
    sizes = [abs(row["difference"]) for row in rows]
    # end of the colour scale: the 98th percentile, so that a single pair does not make all others pale
    most = round(max(0.1, float(np.percentile(sizes, 98))), 2)
    square = alt.Chart().mark_rect(stroke=_EDGE[theme], strokeWidth=1)
    layers = [square.encode(color=_shade(most, theme), tooltip=_heatmap_tooltip())]
    if len(columns) <= _NUMBERS_UP_TO:
        # beyond half the scale the square is dark on a light page: the number takes the page's colour
        strong = f"abs(datum.difference) > {0.5 * most}"
        ink = alt.ColorValue(colours.text, condition={"test": strong, "value": _EDGE[theme]})
        number = alt.Text("difference:Q", format="+.2f")
        layers.append(alt.Chart().mark_text(align="center").encode(text=number, color=ink))
    labels = {c: _two_lines(names[c]) for c in order}
    description = _heatmap_description(rows, names)
    across, down = alt.Axis(title="Question", labelAngle=0, orient="top"), lined_labels(colours.muted, 11, 12)
    return (
        layered(
            *layers,
            data=inline(rows),
            **frame(description, _ROW * len(order), colours, names=dict(names), labels=labels),
        )
        .transform_calculate(of="names[datum.row]")
        .transform_calculate(**{"with": "names[datum.other]"})
        .encode(
            x=alt.X("column:N", sort=columns, scale=alt.Scale(domain=columns), axis=across),
            y=alt.Y("row:N", sort=order, scale=alt.Scale(domain=order), axis=down),
        )
    )


def _shade(most: float, theme: Theme) -> alt.Color:
    """Diverging colours of differences from `-most` (too weak) to `most` (too strong), with a legend."""
    colours = palette(theme)
    scale = alt.Scale(
        domain=[-most, 0, most],
        interpolate="rgb",
        range=[colours.divergence, _SAME[theme], colours.simulated],
        clamp=True,
    )
    legend = alt.Legend(
        title="Cramér's V, simulated less real: links too weak (left) or too strong (right)",
        titleColor=colours.muted,
        titleLimit=0,
        values=[-most, 0, most],
        labelExpr="datum.value == 0 ? '0' : format(datum.value, '+.2f')",
        orient="bottom",
        direction="horizontal",
        gradientLength=320,
    )
    return alt.Color("difference:Q", scale=scale, legend=legend)


def _heatmap_tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("of:N", title="Of"),
        alt.Tooltip("with:N", title="With"),
        alt.Tooltip("real:Q", title="Real V", format=".2f"),
        alt.Tooltip("simulated:Q", title="Simulated V", format=".2f"),
        alt.Tooltip("difference:Q", title="Difference", format="+.2f"),
    ]


def _heatmap_description(rows: list[dict[str, Any]], names: Mapping[str, str]) -> str:
    mean = float(np.mean([row["difference"] for row in rows]))
    worst = max(rows, key=lambda row: abs(row["difference"]))
    return (
        f"Difference of Cramér's V, simulated less real, for every pair: mean {mean:+.2f}; largest "
        f"{worst['difference']:+.2f} for {names[worst['row']]} with {names[worst['other']]}."
    )


def _mean_by_pair(
    pairs: Sequence[Sequence[Any]], demographics: Mapping[str, str], questions: Mapping[str, str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Means over the items of multi-selects: (column, question) -> real and simulated V."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for first, second, real, simulated in pairs:
        # "uses#0" is the first option of the question "uses"; other names have no "#"
        a, b = first.rpartition("#")[0] or first, second.rpartition("#")[0] or second
        if a in {**demographics, **questions} and b in questions:
            found.setdefault((a, b), []).append((real, simulated))
    return {pair: tuple(np.mean(values, axis=0).tolist()) for pair, values in found.items()}


def _furthest(means: Mapping[tuple[str, str], tuple[float, float]], questions: list[str]) -> list[str]:
    """At most `MOST_QUESTIONS` questions, those with the largest mean difference, in questionnaire order."""
    # question -> |simulated V - real V| of every pair it is in
    gaps = {column: [abs(s - r) for pair, (r, s) in means.items() if column in pair] for column in questions}
    compared = [column for column in questions if gaps[column]]
    kept = sorted(compared, key=lambda column: -float(np.mean(gaps[column])))[:MOST_QUESTIONS]
    return [column for column in compared if column in kept]


def _two_lines(text: str) -> list[str]:
    """At most two lines of a text; what does not fit is cut off."""
    lines = wrap(text, _LINE_WIDTH)
    return lines if len(lines) <= 2 else [lines[0], lines[1][: _LINE_WIDTH - 2].rstrip() + " …"]
