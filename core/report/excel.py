"""Toplines and banner tables as an Excel workbook: contents, toplines, one sheet per table, notes.

Numbers stay numbers with a format, so they can be used further; letters stand in a narrow column of their
own. Text is written as text, never as a formula or a link, whatever a survey holds.
"""

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from core.comparison.banner import Banner, BannerColumn, QuestionTable, TableRow
from core.comparison.stub import RowKind
from core.report.formulas import is_formula
from core.report.table_notes import HIDDEN, SMALL, TableSource, table_notes
from core.survey.shares import SMALL_BASE

_NUMBERS = {
    RowKind.SHARE: "0%",
    RowKind.BOX: "0%",
    RowKind.MEAN: "0.00",
    RowKind.NPS: "+0;-0;0",
}
_TOPLINES = {
    RowKind.SHARE: ("0.0%", "± 0.0%", "+0.0%;-0.0%;0.0%"),
    RowKind.BOX: ("0.0%", "± 0.0%", "+0.0%;-0.0%;0.0%"),
    RowKind.MEAN: ("0.00", "± 0.00", "+0.00;-0.00;0.00"),
    RowKind.NPS: ("+0.0;-0.0;0.0", "± 0.0", "+0.0;-0.0;0.0"),
}
"""Formats of a figure, its margin of error and a difference, with a decimal more than in a banner."""
_FONT = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_REAL, _SIMULATED, _SHADE, _LINE = "#E3E7EA", "#FBE9D9", "#F7C79B", "#B9C2C9"
_HEAD_ROWS = 6
_LINE_HEIGHT = 13.5
_WIDEST_PRINT = 24
"""Tables of more columns than this are printed over several pages, the stub on each."""


def tables_workbook(banner: Banner, source: TableSource) -> bytes:
    """Bytes of an .xlsx file with the tables.

    Sheets: "Contents" with a link to every table, "Toplines" with all questions, "T1", "T2" … with the banner
    table of each question when the banner has demographics, and "Notes".
    """
    target = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "default_format_properties": _FONT, **plain}
    ) as book:
        book.set_properties({"title": f"{source.title}: tables", "comments": "Made with Understudy."})
        writer = _Writer(book, {})
        has_banner = len(banner.columns) > 1
        contents = _sheet(book, "Contents")
        toplines = _write_toplines(writer, banner)
        names = [f"T{number}" for number in range(1, len(banner.tables) + 1)] if has_banner else []
        for name, table in zip(names, banner.tables, strict=False):
            _write_table(writer, _sheet(book, name), banner.columns, table, source)
        _write_contents(writer, contents, banner, source, names, toplines)
        _write_notes(writer, banner, source)
    return target.getvalue()


@dataclass(frozen=True)
class _Writer:
    """Writer of the cells of one workbook; formats are made once."""

    book: Workbook
    formats: dict[tuple, Format]

    def format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(_FONT | properties)
        return self.formats[key]

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        """Write text as text: a cell that starts like a formula is marked so even when it is edited."""
        quoted = {"quote_prefix": True} if is_formula(text) else {}
        style = self.format(**properties, **quoted)
        if text:
            sheet.write_string(row, column, text, style)
        else:
            sheet.write_blank(row, column, None, style)

    def wrapped(
        self, sheet: Worksheet, row: int, column: int, text: str, width: int, **properties: Any
    ) -> None:
        """Write text over as many lines as `width` characters need; the row is made tall enough."""
        lines = sum(max(1, math.ceil(len(part) / (0.95 * width))) for part in text.split("\n"))
        size = properties.get("font_size", _FONT["font_size"]) / _FONT["font_size"]
        sheet.set_row(row, _LINE_HEIGHT * size * lines + 1.5)
        self.text(sheet, row, column, text, text_wrap=True, **properties)

    def number(self, sheet: Worksheet, row: int, column: int, value: float, **properties: Any) -> None:
        """Write a number, or the sign for a hidden cell."""
        if np.isfinite(value):
            sheet.write_number(row, column, float(value), self.format(**properties))
        else:
            self.text(sheet, row, column, HIDDEN, **properties | {"align": "right", "font_color": "#7A858D"})

    def across(self, sheet: Worksheet, row: int, first: int, last: int, text: str, **properties: Any) -> None:
        """Write text over several merged columns."""
        style = self.format(**properties, align="center", text_wrap=True, bottom=1, bottom_color=_LINE)
        sheet.merge_range(row, first, row, last, "", style)
        sheet.write_string(row, first, text, style)


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RPage &P of &N")
    return sheet


def _write_contents(
    writer: _Writer,
    sheet: Worksheet,
    banner: Banner,
    source: TableSource,
    names: list[str],
    toplines: list[int],
) -> None:
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 3, 14)
    sheet.set_row(0, 24)
    writer.text(sheet, 0, 0, source.title, bold=True, font_size=16)
    writer.text(sheet, 1, 0, f"Real and simulated answers, {source.created}", font_color="#5B6770")
    writer.text(sheet, 2, 0, f"Real: {source.real}")
    writer.text(sheet, 3, 0, f"Simulated: {source.simulated}. Simulated figures have no margin of error.")
    if source.generated:
        writer.text(sheet, 4, 0, "Generated example: the respondents are not real people.", bold=True)
    head = {"bold": True, "bottom": 2}
    for column, text in enumerate(("Table", "Question", "Base (n)", "Topline")):
        writer.text(sheet, 6, column, text, **head)
    link = writer.format(font_color="#0B6E69", underline=1)
    for i, (table, place) in enumerate(zip(banner.tables, toplines, strict=True)):
        row = 7 + i
        if names:
            sheet.write_url(row, 0, f"internal:'{names[i]}'!A1", link, names[i])
        writer.wrapped(sheet, row, 1, f"{i + 1}. {table.question.text}", 90)
        writer.number(sheet, row, 2, np.nan if table.suppressed[0] else table.n[0], num_format="#,##0")
        sheet.write_url(row, 3, f"internal:'Toplines'!A{place + 1}", link, "Topline")
    sheet.write_url(8 + len(banner.tables), 1, "internal:'Notes'!A1", link, "How to read these tables")


def _write_toplines(writer: _Writer, banner: Banner) -> list[int]:
    """Write the sheet of toplines; returns the row of each question's title."""
    sheet = _sheet(writer.book, "Toplines")
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 4, 15)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    head = {"bold": True, "bottom": 2, "align": "right", "text_wrap": True}
    writer.text(sheet, 0, 0, "Question and answers", **head | {"align": "left"})
    titles = ("Real", "± margin", "Simulated", "Difference")
    for column, text in enumerate(titles, 1):
        writer.text(sheet, 0, column, text, **head)
    row, places = 1, []
    for number, table in enumerate(banner.tables, 1):
        places.append(row)
        writer.wrapped(sheet, row, 0, f"{number}. {table.question.text}", 60, bold=True, top=1)
        base = f"n {SMALL}" if table.n[0] < SMALL_BASE else f"n = {table.n[0]:,}"
        writer.text(sheet, row, 1, base, top=1, align="right", font_color="#5B6770")
        for line in table.rows:
            row += 1
            _write_topline(writer, sheet, row, line)
        row += 2
    return places


def _write_topline(writer: _Writer, sheet: Worksheet, row: int, line: TableRow) -> None:
    kind, margin, signed = _TOPLINES[line.kind]
    style = {"bold": line.kind is not RowKind.SHARE}
    shade = {"bg_color": _SHADE} if line.outside[0] else {}
    writer.wrapped(sheet, row, 0, line.label, 58, indent=1, **style)
    writer.number(sheet, row, 1, line.real[0], num_format=kind, **style)
    if np.isfinite(line.margin[0]):
        writer.number(sheet, row, 2, line.margin[0], num_format=margin, font_color="#5B6770")
    writer.number(sheet, row, 3, line.simulated[0], num_format=kind, **style, **shade)
    difference = line.simulated[0] - line.real[0]
    writer.number(sheet, row, 4, difference, num_format=signed)


def _write_table(
    writer: _Writer,
    sheet: Worksheet,
    columns: tuple[BannerColumn, ...],
    table: QuestionTable,
    source: TableSource,
) -> None:
    """Write the sheet of one question: stub, then per banner column real, letters, simulated."""
    sheet.set_column(0, 0, 44)
    sheet.freeze_panes(_HEAD_ROWS, 1)
    sheet.repeat_rows(2, _HEAD_ROWS - 1)
    writer.text(sheet, 0, 0, f"{sheet.get_name()}. {table.question.text}", bold=True, font_size=12)
    back = writer.format(font_color="#0B6E69", underline=1)
    sheet.write_url(1, 0, "internal:'Contents'!A1", back, "Contents")
    # first sheet column of each banner column: three wide with letters, two without (the total)
    starts = [1 + sum(2 + bool(c.letter) for c in columns[:i]) for i in range(len(columns))]
    _write_head(writer, sheet, columns, starts)
    row = _write_bases(writer, sheet, starts, columns, table, source)
    for line in table.rows:
        style = {"bold": line.kind is not RowKind.SHARE}
        writer.wrapped(sheet, row, 0, line.label, 44, **style)
        for i, start in enumerate(starts):
            _write_figures(writer, sheet, row, start, line, i, style)
        row += 1


def _write_head(
    writer: _Writer, sheet: Worksheet, columns: tuple[BannerColumn, ...], starts: list[int]
) -> None:
    ends = [*starts[1:], starts[-1] + 2 + bool(columns[-1].letter)]
    for name in dict.fromkeys(c.column for c in columns if c.column):
        inside = [i for i, column in enumerate(columns) if column.column == name]
        first, last = starts[inside[0]], ends[inside[-1]] - 1
        writer.across(sheet, 3, first, last, columns[inside[0]].group, bold=True)
    sheet.set_row(4, 3 * _LINE_HEIGHT)
    if ends[-1] > _WIDEST_PRINT:
        sheet.repeat_columns(0)
        sheet.set_print_scale(75)
    for column, start, end in zip(columns, starts, ends, strict=True):
        title = f"{column.label} ({column.letter})" if column.letter else column.label
        writer.across(sheet, 4, start, end - 1, title, bold=True)
        sheet.set_column(start, start, 8)
        if column.letter:
            sheet.set_column(start + 1, start + 1, 5)
        sheet.set_column(end - 1, end - 1, 10)
        small = {"align": "right", "font_size": 9, "bottom": 1}
        writer.text(sheet, 5, start, "Real", bg_color=_REAL, **small)
        if column.letter:
            writer.text(sheet, 5, start + 1, "", bg_color=_REAL, **small)
        writer.text(sheet, 5, end - 1, "Simulated", bg_color=_SIMULATED, **small)


def _write_bases(
    writer: _Writer,
    sheet: Worksheet,
    starts: list[int],
    columns: tuple[BannerColumn, ...],
    table: QuestionTable,
    source: TableSource,
) -> int:
    """Write the bases under the head; returns the next free row."""
    bases = [("Base: respondents who answered (unweighted)", table.n)]
    if source.weighted:
        bases += [("Weighted base", table.weighted), ("Effective base", table.effective)]
    row = _HEAD_ROWS
    for label, values in bases:
        _write_base_row(writer, sheet, row, label, starts, values)
        row += 1
    label = "Simulated people (no precision follows)"
    ends = [start + 1 + bool(column.letter) for start, column in zip(starts, columns, strict=True)]
    _write_base_row(writer, sheet, row, label, ends, table.people)
    return row + 2


def _write_base_row(
    writer: _Writer, sheet: Worksheet, row: int, label: str, places: list[int], values: np.ndarray
) -> None:
    style = {"font_color": "#5B6770", "italic": True}
    writer.text(sheet, row, 0, label, **style)
    for place, value in zip(places, values, strict=True):
        if value < SMALL_BASE:
            writer.text(sheet, row, place, SMALL, align="right", **style)
        else:
            writer.number(sheet, row, place, value, num_format="#,##0", **style)


def _write_figures(
    writer: _Writer, sheet: Worksheet, row: int, start: int, line: TableRow, i: int, style: dict[str, Any]
) -> None:
    kind = _NUMBERS[line.kind]
    writer.number(sheet, row, start, line.real[i], num_format=kind, **style)
    if i:  # the total has no letters
        writer.text(sheet, row, start + 1, line.letters[i], font_color="#0F6E84", bold=True)
    shade = {"bg_color": _SHADE} if line.outside[i] else {}
    writer.number(sheet, row, start + 1 + bool(i), line.simulated[i], num_format=kind, **style, **shade)


def _write_notes(writer: _Writer, banner: Banner, source: TableSource) -> None:
    sheet = _sheet(writer.book, "Notes")
    sheet.set_column(0, 0, 120)
    writer.text(sheet, 0, 0, "How to read these tables", bold=True, font_size=14)
    for row, note in enumerate(table_notes(banner, source), 2):
        writer.wrapped(sheet, row, 0, note, 120)
