"""Pictures of what toplines do not show: calibration, and how answers hang together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.comparison.calibration import CalibrationBin
from core.report.display import wrap
from core.report.palette import Theme, chart_config, palette
from core.report.specification import SCHEMA, lined_labels

MOST_QUESTIONS = 24
"""More questions than this do not fit beside each other; those furthest off are shown."""
_NUMBERS_UP_TO = 14
_LINE_WIDTH, _ROW = 44, 30
"""Characters in each of the two lines of a row's name, and pixels per row."""
_EDGE = {Theme.LIGHT: "#FFFFFF", Theme.DARK: "#0E1117"}
_SAME = {Theme.LIGHT: "#EEF1F4", Theme.DARK: "#222A31"}
"""Lines between cells, and the colour of a pair that is as strong as in reality."""


def calibration_chart(bins: Sequence[CalibrationBin], theme: Theme | str = Theme.LIGHT) -> dict[str, Any]:
    """Share really given against probability, with 95 % intervals and the diagonal of perfect calibration."""
    colours = palette(theme)
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
    scale, percent = {"domain": [0, 1]}, {"format": ".0%", "tickCount": 5}
    x = {
        "field": "p", "type": "quantitative", "scale": scale,
        "axis": percent | {"title": "Probability the simulation gave to an answer", "grid": False},
    }  # fmt: skip
    y = {
        "field": "given", "type": "quantitative", "scale": scale,
        "axis": percent | {"title": "How often it was really given"},
    }  # fmt: skip
    tooltip = [
        {"field": "p", "type": "quantitative", "title": "Probability", "format": ".1%"},
        {"field": "given", "type": "quantitative", "title": "Really given", "format": ".1%"},
        {"field": "pairs", "type": "quantitative", "title": "Answers of respondents", "format": ","},
    ]
    diagonal = {"type": "line", "color": colours.muted, "strokeDash": [4, 4], "strokeWidth": 1.5}
    said = "; ".join(f"{r['p']:.0%} given, {r['given']:.0%} true" for r in rows)
    return {
        "$schema": SCHEMA,
        "description": f"Calibration of simulated probabilities: {said or 'too few answers'}.",
        "width": "container",
        "height": 300,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"p": 0, "given": 0}, {"p": 1, "given": 1}]},
                "mark": diagonal,
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "rule", "color": colours.simulated, "strokeWidth": 2},
                "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "line", "color": colours.simulated, "strokeWidth": 2,
                         "point": {"filled": True, "size": 70, "color": colours.simulated}},
                "encoding": {"x": x, "y": y, "tooltip": tooltip},
            },
            {
                "mark": {"type": "text", "color": colours.text, "align": "left", "dx": 9, "dy": 10},
                "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
            },
        ],
        "config": chart_config(colours),
    }  # fmt: skip


def association_chart(
    pairs: Sequence[Sequence[Any]],
    demographics: Mapping[str, str],
    questions: Mapping[str, str],
    theme: Theme | str = Theme.LIGHT,
) -> dict[str, Any] | None:
    """Simulated less real Cramér's V of every pair as a heatmap.

    Parameters
    ----------
    pairs
        Two names, real V and simulated V; parts of one question ("uses#0") are averaged.
    demographics, questions
        Column -> label or text, in questionnaire order.
    theme
        Colours for a light or dark page.

    Returns
    -------
    dict or None
        None without pairs.
    """
    cells = _cells(pairs, demographics, questions)
    if not cells:
        return None
    shown = _furthest(cells, list(questions))
    number = {column: k for k, column in enumerate(questions, 1)}
    names = demographics | {c: f"{number[c]}. {questions[c]}" for c in shown}
    rows = [
        {
            "row": a, "other": b, "column": str(number[b]),
            "real": round(real, 3), "simulated": round(simulated, 3),
            "difference": round(simulated - real, 3),
        }
        for (a, b), (real, simulated) in cells.items()
        if a in names and b in shown
    ]  # fmt: skip
    if not rows:
        return None
    present = {row["row"] for row in rows}
    order = [c for c in (*demographics, *shown) if c in present]
    return _heatmap(rows, order, names, [str(number[c]) for c in shown], Theme(theme))


def _heatmap(
    rows: list[dict[str, Any]], order: list[str], names: Mapping[str, str], columns: list[str], theme: Theme
) -> dict[str, Any]:
    """Rows of `rows` are columns of the survey; `names` says what they are called."""
    colours = palette(theme)
    sizes = [abs(row["difference"]) for row in rows]
    most = round(max(0.1, float(np.percentile(sizes, 98))), 2)  # a single pair does not make all others pale
    x = {"field": "column", "type": "nominal", "sort": columns, "scale": {"domain": columns},
         "axis": {"title": "Question", "labelAngle": 0, "orient": "top"}}  # fmt: skip
    y = {"field": "row", "type": "nominal", "sort": order, "scale": {"domain": order},
         "axis": lined_labels(colours.muted, 11, 12)}  # fmt: skip
    shade = {
        "field": "difference",
        "type": "quantitative",
        "scale": {
            "domain": [-most, 0, most],
            "interpolate": "rgb",
            "range": [colours.divergence, _SAME[theme], colours.simulated],
            "clamp": True,
        },
        "legend": {"title": "Cramér's V, simulated less real: links too weak (left) or too strong (right)",
                   "titleColor": colours.muted, "titleLimit": 0, "values": [-most, 0, most],
                   "labelExpr": "datum.value == 0 ? '0' : format(datum.value, '+.2f')",
                   "orient": "bottom", "direction": "horizontal", "gradientLength": 320},
    }  # fmt: skip
    tooltip = [
        {"field": "of", "type": "nominal", "title": "Of"},
        {"field": "with", "type": "nominal", "title": "With"},
        {"field": "real", "type": "quantitative", "title": "Real V", "format": ".2f"},
        {"field": "simulated", "type": "quantitative", "title": "Simulated V", "format": ".2f"},
        {"field": "difference", "type": "quantitative", "title": "Difference", "format": "+.2f"},
    ]  # fmt: skip
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "stroke": _EDGE[theme], "strokeWidth": 1},
            "encoding": {"x": x, "y": y, "color": shade, "tooltip": tooltip},
        }
    ]
    if len(columns) <= _NUMBERS_UP_TO:
        text = {"field": "difference", "type": "quantitative", "format": "+.2f"}
        inverse = _EDGE[theme]
        strong = f"abs(datum.difference) > {0.5 * most}"
        ink = {"condition": {"test": strong, "value": inverse}, "value": colours.text}
        layers.append(
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": text, "color": ink},
            }
        )
    mean = float(np.mean([row["difference"] for row in rows]))
    worst = max(rows, key=lambda row: abs(row["difference"]))
    return {
        "$schema": SCHEMA,
        "description": "Difference of Cramér's V, simulated less real, for every pair: mean "
        f"{mean:+.2f}; largest {worst['difference']:+.2f} for {names[worst['row']]} with "
        f"{names[worst['other']]}.",
        "width": "container",
        "height": _ROW * len(order),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [
            {"name": "names", "value": dict(names)},
            {"name": "labels", "value": {c: _two_lines(names[c]) for c in order}},
        ],
        "transform": [
            {"calculate": "names[datum.row]", "as": "of"},
            {"calculate": "names[datum.other]", "as": "with"},
        ],
        "data": {"values": rows},
        "layer": layers,
        "config": chart_config(colours),
    }


def _cells(
    pairs: Sequence[Sequence[Any]], demographics: Mapping[str, str], questions: Mapping[str, str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Means over the parts of questions: two columns -> real and simulated V."""
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for first, second, real, simulated in pairs:
        a, b = first.rpartition("#")[0] or first, second.rpartition("#")[0] or second
        if a in {**demographics, **questions} and b in questions:
            found.setdefault((a, b), []).append((real, simulated))
    return {pair: tuple(np.mean(values, axis=0).tolist()) for pair, values in found.items()}


def _furthest(cells: Mapping[tuple[str, str], tuple[float, float]], questions: list[str]) -> list[str]:
    """The questions to show, in questionnaire order."""
    gaps = {column: [abs(s - r) for pair, (r, s) in cells.items() if column in pair] for column in questions}
    compared = [column for column in questions if gaps[column]]
    kept = sorted(compared, key=lambda column: -float(np.mean(gaps[column])))[:MOST_QUESTIONS]
    return [column for column in compared if column in kept]


def _two_lines(text: str) -> list[str]:
    lines = wrap(text, _LINE_WIDTH)
    return lines if len(lines) <= 2 else [lines[0], lines[1][: _LINE_WIDTH - 2].rstrip() + " …"]
