"""Charts of target and achieved shares of a population's demographics, and of the convergence of raking."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.report.chart_parts import frame, legend_above, lined_labels
from core.report.display import Shares, wrap
from core.report.palette import Palette, Theme, palette
from core.report.specification import inline, layered

ACHIEVED, ASKED = "Achieved in the population", "Asked for"
_ROW = 26


def marginals_chart(
    asked: Shares,
    achieved: Shares,
    labels: Mapping[str, str] | None = None,
    theme: Theme | str = Theme.LIGHT,
) -> alt.LayerChart:
    """Chart of achieved shares as bars with a tick at each target, one block per demographic.

    Parameters
    ----------
    asked, achieved
        Column -> option -> share (0 to 1). An option absent from `achieved` counts as 0.
    labels
        Column -> the name to show; the column itself when left out.
    theme
        Colours for a light or dark page.
    """
    colours, lines, headings = palette(theme), list[list[str]](), list[int]()
    rows: list[dict[str, Any]] = []
    for column, shares in asked.items():
        headings.append(len(lines))
        lines.append(wrap((labels or {}).get(column, column), 46)[:1])
        for option, share in shares.items():
            found = float(achieved.get(column, {}).get(option, 0.0))
            row = {"order": len(lines), "answer": option, ASKED: float(share), ACHIEVED: found}
            rows.append(row | {"difference": round(100 * (found - float(share)), 2)})
            lines.append(wrap(option, 60)[:1])
    largest = max((max(row[ASKED], row[ACHIEVED]) for row in rows), default=0.0) or 1.0
    description = "Bars: achieved share of each demographic group. Ticks: the share asked for."
    scale = alt.Scale(domain=list(range(len(lines))), paddingInner=0.35, paddingOuter=0.15)
    weight = alt.ExprRef("indexof(headings, datum.value) >= 0 ? 700 : 400")
    bars = layered(*_share_marks(colours, largest), data=inline(rows)).encode(
        y=alt.Y("order:O", scale=scale, axis=lined_labels(colours.text, labelFontWeight=weight)),
        tooltip=[
            alt.Tooltip("answer:N", title="Group"),
            *(alt.Tooltip(f"{name}:Q", format=".1%") for name in (ASKED, ACHIEVED)),
            alt.Tooltip("difference:Q", title="Difference (points)"),
        ],
    )
    height = _ROW * max(len(lines), 1)
    return layered(bars, **frame(description, height, colours, labels=lines, headings=headings))


def _share_marks(colours: Palette, largest: float) -> list[alt.Chart]:
    """Layers: bars of the achieved shares with their numbers, ticks at the targets."""
    place: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1.1 * largest], nice=False)}
    shades = alt.Scale(domain=[ACHIEVED, ASKED], range=[colours.simulated, colours.text])
    colour = alt.Color("shown:N", scale=shades, legend=legend_above())
    bar, tick = alt.Chart().mark_bar(cornerRadiusEnd=2), alt.Chart().mark_tick(thickness=3, size=22)
    marks = [
        mark.transform_calculate(shown=f"'{name}'").encode(
            x=alt.X(f"{name}:Q", stack=None, **place), color=colour
        )
        for name, mark in ((ACHIEVED, bar), (ASKED, tick))
    ]
    number = alt.Chart().mark_text(dx=8, fontSize=12)
    end = f"max(datum['{ASKED}'], datum['{ACHIEVED}'])"
    return [
        *marks,
        number.transform_calculate(end=end).encode(
            x=alt.X("end:Q", **place), text=alt.Text(f"{ACHIEVED}:Q", format=".1%")
        ),
    ]


def convergence_chart(trace: Sequence[float], theme: Theme | str = Theme.LIGHT) -> alt.Chart:
    """Chart of the largest miss of a target (points, logarithmic) after each round of raking.

    Parameters
    ----------
    trace
        Largest error of a share (0 to 1) before the first and after every round.
    theme
        Colours for a light or dark page.
    """
    colours = palette(theme)
    rows = [{"round": i, "miss": max(100 * float(error), 1e-9)} for i, error in enumerate(trace)]
    description = f"Largest miss of a target after each of {len(rows) - 1} rounds of raking."
    return (
        alt.Chart(inline(rows), **frame(description, 200, colours, fit="fit"))
        .mark_line(point=len(rows) < 40, color=colours.divergence, strokeWidth=2)
        .encode(
            x=alt.X("round:Q", title="Round", axis=alt.Axis(tickMinStep=1, grid=False)),
            y=alt.Y(
                "miss:Q",
                title="Largest miss (points)",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~g", tickCount=5),
            ),
            tooltip=[
                alt.Tooltip("round:Q", title="Round"),
                alt.Tooltip("miss:Q", format=".3g", title="Largest miss (points)"),
            ],
        )
    )
