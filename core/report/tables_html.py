"""Topline and banner tables as HTML, for the app and the report.

Plain tables with real headings, because that is what readers, screen readers and printers know; a spreadsheet
widget knows no banner. All text of a survey is escaped by the template. Figures are rounded here once: shares
to whole percentages in banners and to one decimal in toplines.
"""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.comparison.banner import Banner, BannerColumn, QuestionTable, TableRow
from core.comparison.stub import RowKind
from core.report.table_notes import HIDDEN, SMALL
from core.survey.shares import SMALL_BASE

FOLDER = Path(__file__).parent
_TIE = 1e-9
"""Rounds halves up, as spreadsheets and charts do, where Python would round 11.25 to 11.2."""


@cache
def environment() -> Environment:
    """Jinja environment of the templates of this folder; whatever is put into them is escaped."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def stylesheet() -> str:
    """Style sheet of the tables."""
    return (FOLDER / "tables.css").read_text(encoding="utf-8")


def topline_html(table: QuestionTable, number: int) -> Markup:
    """HTML of the topline of one question: bars, real and simulated figures, margin of error, difference.

    Parameters
    ----------
    table
        The table; its first column is the total.
    number
        Number of the question, from 1.
    """
    rows = [_topline_row(row) for row in table.rows]
    view = {
        "title": f"{number}. {table.question.text}",
        "base": f"Base: n {SMALL}" if table.suppressed[0] else f"Base: n = {table.n[0]:,}",
        "margins": any(np.isfinite(row.margin[0]) for row in table.rows),
        "rows": rows,
    }
    return Markup(_macros().topline(view))  # made by the escaping template


def banner_html(banner: Banner, table: QuestionTable, number: int, by: Sequence[str] | None = None) -> Markup:
    """HTML of the banner table of one question.

    Parameters
    ----------
    banner, table
        The tables and the one to draw.
    number
        Number of the question, from 1.
    by
        Only these demographics beside the total; None for all.
    """
    shown = [i for i, c in enumerate(banner.columns) if not c.column or by is None or c.column in by]
    columns = [banner.columns[i] for i in shown]
    view = {
        "title": f"{number}. {table.question.text}",
        "groups": _groups(columns),
        "columns": [{"label": column.label, "letter": column.letter} for column in columns],
        "bases": _bases(table, shown),
        "rows": [
            {"kind": str(row.kind), "label": row.label, "cells": [_cell(row, i) for i in shown]}
            for row in table.rows
        ],
    }
    return Markup(_macros().banner(view))  # made by the escaping template


def notes_html(sentences: Sequence[str]) -> Markup:
    """HTML of the notes under a table."""
    return Markup(_macros().notes(sentences))  # made by the escaping template


def tables_page(parts: Sequence[Markup], theme: str = "light") -> str:
    """HTML of tables with their style, to be placed in a page of the app."""
    return f'<style>{stylesheet()}</style><div class="tables {theme}">{"".join(parts)}</div>'


def figure_text(kind: RowKind, value: float, decimals: int = 0) -> str:
    """Figure as it is printed; shares as percentages.

    >>> figure_text(RowKind.SHARE, 0.343), figure_text(RowKind.NPS, 12.0), figure_text(RowKind.MEAN, 2.5)
    ('34%', '+12', '2.50')
    >>> figure_text(RowKind.SHARE, 27 / 240, 1), figure_text(RowKind.SHARE, float("nan"))
    ('11.3%', '*')
    """
    if not np.isfinite(value):
        return HIDDEN
    if kind.is_share:
        return f"{100 * value + _TIE:.{decimals}f}%"
    return _signed(value, decimals) if kind is RowKind.NPS else f"{value + _TIE:.2f}"


def _signed(value: float, decimals: int) -> str:
    """Number with its sign, and none where it rounds to 0.

    >>> _signed(12.0, 0), _signed(-0.04, 1)
    ('+12', '0.0')
    """
    text = f"{value + math.copysign(_TIE, value):+.{decimals}f}"
    return text if float(text) else text[1:]


def _macros() -> Any:
    return environment().get_template("tables.html.jinja").module


def _topline_row(row: TableRow) -> dict[str, Any]:
    real, simulated, margin = (float(values[0]) for values in (row.real, row.simulated, row.margin))
    shown = np.isfinite(real)
    bars: dict[str, str | None] = {"real_width": None, "simulated_width": None}
    if row.kind is RowKind.SHARE and shown:
        bars = {"real_width": f"{100 * real:.1f}", "simulated_width": f"{100 * simulated:.1f}"}
    return bars | {
        "kind": str(row.kind),
        "label": row.label,
        "real": figure_text(row.kind, real, 1),
        "margin": _margin_text(row.kind, margin),
        "simulated": figure_text(row.kind, simulated, 1),
        "difference": _difference_text(row.kind, simulated - real) if shown else HIDDEN,
        "outside": bool(row.outside[0]),
    }


def _margin_text(kind: RowKind, margin: float) -> str:
    """Margin of error as text; points with one decimal.

    >>> _margin_text(RowKind.SHARE, 0.031), _margin_text(RowKind.NPS, 6.43), _margin_text(RowKind.MEAN, 0.2)
    ('± 3.1', '± 6.4', '± 0.20')
    """
    if not np.isfinite(margin):
        return ""
    return f"± {margin:.2f}" if kind is RowKind.MEAN else f"± {_points(kind, margin):.1f}"


def _difference_text(kind: RowKind, difference: float) -> str:
    """Difference, simulated minus real, as text; points with one decimal.

    >>> _difference_text(RowKind.SHARE, 0.031), _difference_text(RowKind.NPS, -6.43)
    ('+3.1 pts', '-6.4 pts')
    >>> _difference_text(RowKind.MEAN, -0.001)
    '0.00'
    """
    if kind is RowKind.MEAN:
        return _signed(difference, 2)
    return f"{_signed(_points(kind, difference), 1)} pts"


def _points(kind: RowKind, value: float) -> float:
    """Percentage points of a share; a Net Promoter Score is in points already."""
    return 100 * value if kind.is_share else value


def _groups(columns: Sequence[BannerColumn]) -> list[dict[str, Any]]:
    """Headings over the options, two cells per column; the total has an empty one."""
    groups: dict[str, dict[str, Any]] = {}
    for column in columns:
        groups.setdefault(column.column, {"label": column.group, "span": 0})["span"] += 2
    return list(groups.values())


def _bases(table: QuestionTable, shown: Sequence[int]) -> list[dict[str, Any]]:
    bases: list[tuple[str, np.ndarray, np.ndarray | None]]
    bases = [("Base (n), unweighted", table.n, table.people)]
    if not np.allclose(table.n, table.effective):
        bases += [("Weighted base", table.weighted, None), ("Effective base", table.effective, None)]
    return [
        {
            "label": label,
            "cells": [(_base(real[i]), "" if simulated is None else _base(simulated[i])) for i in shown],
        }
        for label, real, simulated in bases
    ]


def _base(value: float) -> str:
    return SMALL if value < SMALL_BASE else f"{value:,.0f}"


def _cell(row: TableRow, i: int) -> dict[str, Any]:
    return {
        "real": figure_text(row.kind, float(row.real[i])),
        "letters": row.letters[i],
        "simulated": figure_text(row.kind, float(row.simulated[i])),
        "outside": bool(row.outside[i]),
    }
