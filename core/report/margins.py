"""Asked against achieved shares of a population's demographics, and how raking got there."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.report.display import wrap
from core.report.palette import Palette, Theme, chart_config, palette
from core.report.specification import SCHEMA

Shares = Mapping[str, Mapping[str, float]]
ACHIEVED, ASKED = "Achieved in the population", "Asked for"
_ROW = 26


def marginals_chart(
    asked: Shares,
    achieved: Shares,
    labels: Mapping[str, str] | None = None,
    theme: Theme | str = Theme.LIGHT,
) -> dict[str, Any]:
    """Bars of achieved shares with a tick at each asked share, one block per demographic.

    Parameters
    ----------
    asked, achieved
        Column -> option -> share (0 to 1). An option absent from `achieved` counts as 0.
    labels
        Column -> the name to show; the column itself when left out.
    theme
        Colours for a light or dark page.
    """
    colours, lines, headings, rows = palette(theme), [], [], []
    for column, shares in asked.items():
        headings.append(len(lines))
        lines.append(wrap((labels or {}).get(column, column), 46)[:1])
        for option, share in shares.items():
            found = float(achieved.get(column, {}).get(option, 0.0))
            row = {"order": len(lines), "answer": option, ASKED: float(share), ACHIEVED: found}
            rows.append(row | {"difference": round(100 * (found - float(share)), 2)})
            lines.append(wrap(option, 60)[:1])
    largest = max((max(row[ASKED], row[ACHIEVED]) for row in rows), default=0.0) or 1.0
    return {
        "$schema": SCHEMA,
        "description": "Bars: achieved share of each demographic group. Ticks: the share asked for.",
        "width": "container",
        "height": _ROW * max(len(lines), 1),
        "autosize": {"type": "fit-x", "contains": "padding"},
        "params": [{"name": "labels", "value": lines}, {"name": "headings", "value": headings}],
        "layer": [
            {
                "data": {"values": rows},
                "encoding": {"y": _rows_axis(len(lines), colours.text), "tooltip": _tooltip()},
                "layer": _marks(colours, largest),
            }
        ],
        "config": chart_config(colours),
    }


def _rows_axis(count: int, text_colour: str) -> dict[str, Any]:
    return {
        "field": "order",
        "type": "ordinal",
        "scale": {"domain": list(range(count)), "paddingInner": 0.35, "paddingOuter": 0.15},
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelLimit": 0,
            "labelOverlap": False,
            "labelColor": text_colour,
            "labelFontSize": 13,
            "labelExpr": "labels[datum.value]",
            "labelFontWeight": {"expr": "indexof(headings, datum.value) >= 0 ? 700 : 400"},
        },
    }


def _tooltip() -> list[dict[str, str]]:
    shares = [{"field": name, "type": "quantitative", "format": ".1%"} for name in (ASKED, ACHIEVED)]
    difference = {"field": "difference", "type": "quantitative", "title": "Difference (points)"}
    return [{"field": "answer", "type": "nominal", "title": "Group"}, *shares, difference]


def _marks(colours: Palette, largest: float) -> list[dict[str, Any]]:
    legend = {"title": None, "orient": "top", "direction": "horizontal", "symbolType": "square"}
    scale = {"domain": [ACHIEVED, ASKED], "range": [colours.simulated, colours.text]}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1.1 * largest], "nice": False}}
    bar = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "x": {"field": ACHIEVED, **x},
            "color": {"datum": ACHIEVED, "type": "nominal", "scale": scale, "legend": legend},
        },
    }
    tick = {
        "mark": {"type": "tick", "thickness": 3, "size": 22},
        "encoding": {
            "x": {"field": ASKED, **x},
            "color": {"datum": ASKED, "type": "nominal", "scale": scale, "legend": legend},
        },
    }
    number = {
        "transform": [{"calculate": f"max(datum['{ASKED}'], datum['{ACHIEVED}'])", "as": "end"}],
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "color": colours.text},
        "encoding": {
            "x": {"field": "end", **x},
            "text": {"field": ACHIEVED, "type": "quantitative", "format": ".1%"},
        },
    }
    return [bar, tick, number]


def convergence_chart(trace: Sequence[float], theme: Theme | str = Theme.LIGHT) -> dict[str, Any]:
    """Line of the largest miss of a target (points, logarithmic) after each round of raking.

    Parameters
    ----------
    trace
        Worst error of a share (0 to 1) before the first and after every round.
    """
    colours = palette(theme)
    rows = [{"round": i, "miss": max(100 * float(error), 1e-9)} for i, error in enumerate(trace)]
    return {
        "$schema": SCHEMA,
        "description": f"Largest miss of a target after each of {len(rows) - 1} rounds of raking.",
        "width": "container",
        "height": 200,
        "data": {"values": rows},
        "mark": {"type": "line", "point": len(rows) < 40, "color": colours.divergence, "strokeWidth": 2},
        "encoding": {
            "x": {
                "field": "round",
                "type": "quantitative",
                "title": "Round",
                "axis": {"tickMinStep": 1, "grid": False},
            },
            "y": {
                "field": "miss",
                "type": "quantitative",
                "title": "Largest miss (points)",
                "scale": {"type": "log"},
                "axis": {"format": "~g", "tickCount": 5},
            },
            "tooltip": [
                {"field": "round", "type": "quantitative", "title": "Round"},
                {"field": "miss", "type": "quantitative", "format": ".3g", "title": "Largest miss (points)"},
            ],
        },
        "config": chart_config(colours),
    }
