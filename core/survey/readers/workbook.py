"""Excel workbooks to rows of cells.

Read are the values Excel shows the result of, not formulas. The first sheet with at least two rows
and columns is taken. What Excel itself has changed, such as "3-4" into a date, cannot be undone.
"""

import datetime
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from core.errors import FileError
from core.survey.readers.grid import Grid, make_grid

_MAX_UNPACKED = 2_000_000_000


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, header rows included, with the names of all sheets."""

    grid: Grid
    sheet: str
    sheets: tuple[str, ...]

    @property
    def decision(self) -> str:
        """Which sheet is read, as a sentence."""
        others = [title for title in self.sheets if title != self.sheet]
        rest = f"; not {', '.join(others[:5])}." if others else "."
        return f'Sheet "{self.sheet}" of the Excel workbook is read' + rest


def read_workbook(content: bytes, name: str, sheet: str | None = None) -> Sheet:
    """The cells of one sheet.

    Parameters
    ----------
    content, name
        The .xlsx file and its name.
    sheet
        Sheet to read instead of the first with a table.

    Raises
    ------
    FileError
        If the file is no workbook, is damaged or too large, or no sheet holds a table.
    """
    import openpyxl

    _check_archive(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        titles = [s for s in book.sheetnames if hasattr(book[s], "iter_rows")]
        for title in titles if sheet is None else [t for t in titles if t == sheet]:
            rows = _rows(book[title])
            if len(rows) > 1 and len(rows[0]) > 1:
                book.close()
                return Sheet(make_grid(rows), title, tuple(titles))
    except Exception as error:  # openpyxl fails in many ways on a damaged file
        raise FileError(
            f"The Excel workbook cannot be read ({' '.join(str(error).split())[:120]}).",
            where=name,
            fix="Open it in Excel and save it again as .xlsx or as CSV (UTF-8).",
        ) from None
    raise FileError(
        "No sheet of the workbook holds a table of two or more columns.",
        where=name,
        got=", ".join(titles[:5]) or "no sheets",
        fix="Put the answers on one sheet, one row per respondent under one header row.",
    )


def _check_archive(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise FileError(
            "The file is damaged: it starts like an Excel workbook but cannot be unpacked.",
            where=name,
            fix="Save or download it again.",
        ) from None
    if not any(member.filename.endswith("xl/workbook.xml") for member in members):
        raise FileError(
            "This is a zip archive, not an Excel workbook.",
            where=name,
            fix="Unpack it and upload the survey file inside.",
        )
    if sum(member.file_size for member in members) > _MAX_UNPACKED:
        raise FileError("The workbook is too large.", where=name, fix="Export it as CSV (UTF-8).")


def _rows(sheet: Any) -> list[list[str]]:
    """Cells as text, without empty rows and without empty columns at the right."""
    rows = [[_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    rows = [row for row in rows if any(row)]
    width = max((max(i for i, cell in enumerate(row) if cell) + 1 for row in rows), default=0)
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
