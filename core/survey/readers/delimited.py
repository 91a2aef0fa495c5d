"""Delimited text to cells.

The delimiter is the one that cuts the first rows into the same, largest number of cells. Parsing is
Python's csv module, which keeps quoted line breaks. A row of another length is an error, never
padded or skipped: the cells after it would belong to other questions.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator

from core.errors import FileError
from core.survey.readers.grid import Grid, make_grid
from core.survey.readers.wellformed import read_wellformed

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
"""Delimiters that are recognised, with the names people know them by."""
_SAMPLE = 200
_BEGINNING = 2_000_000
_SAVE_AS = "Save the survey as CSV (UTF-8) with one header row and upload that file."


def read_grid(text: str, name: str, delimiter: str | None = None) -> tuple[Grid, str]:
    r"""All cells of a delimited text, header rows included, and the delimiter.

    Parameters
    ----------
    text, name
        The text, and the file's name for messages.
    delimiter
        To use instead of recognising one.

    Returns
    -------
    grid, delimiter
        Two columns or more. Blank lines are skipped.

    Raises
    ------
    FileError
        If the text is no table of two or more columns, its quotes do not match, or a row is longer or
        shorter than the first.

    Examples
    --------
    >>> grid, delimiter = read_grid("id;note\n1;'a, b'\n", "a.csv")
    >>> grid.head, delimiter
    ([['id', 'note'], ['1', "'a, b'"]], ';')
    """
    _check_kind(text, name)
    announced = re.match(r"sep=(.)\r?\n", text)
    if announced:
        text = text[announced.end() :]
    delimiter = delimiter or (announced[1] if announced else _recognise(text, name))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise FileError(
            "Cells cannot be separated by this.",
            where="delimiter",
            got=repr(delimiter),
            fix="Give one character, such as a comma or a semicolon.",
        )
    grid = read_wellformed(text, delimiter) or make_grid(_rows(text, name, delimiter))
    if not grid.head or len(grid.head[0]) < 2:
        raise _one_column(grid.head[0] if grid.head else [], name)
    return grid, delimiter


def _rows(text: str, name: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = number = 0
    try:
        for row in reader:
            if not row:
                continue
            number += 1
            width = width or len(row)
            if len(row) != width:
                raise FileError(
                    f"A row has {len(row)} cells, but the header has {width}.",
                    where=f"{name}, row {number} (line {reader.line_num})",
                    got=delimiter.join(row)[:80],
                    fix="Put quotes around cells that contain the separator, or remove the stray one.",
                )
            yield row
    except csv.Error as error:
        raise FileError(
            f"The file cannot be read as CSV ({error}).",
            where=f"{name}, near line {reader.line_num}",
            fix="Check the quotes in that line: a quote inside a quoted cell must be doubled.",
        ) from None


def _check_kind(text: str, name: str) -> None:
    start = text.lstrip()[:100].lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise FileError("This is a web page or XML, not a CSV file.", where=name, fix=_SAVE_AS)
    if start.startswith(("{", "[{")):
        raise FileError(
            "This looks like JSON, not a CSV file.",
            where=name,
            fix="Give the answers as CSV; a codebook.json goes into the codebook field and a .qsf beside "
            "the export.",
        )


def _recognise(text: str, name: str) -> str:
    """The delimiter with the highest width times squared share of rows that have it; comma wins ties."""
    best, delimiter, first = 0.0, ",", [""]
    beginning = text[:_BEGINNING]
    for candidate in DELIMITERS:
        reader = csv.reader(io.StringIO(beginning, newline=""), delimiter=candidate)
        widths: list[int] = []
        try:
            for row in itertools.islice((row for row in reader if row), _SAMPLE):
                widths.append(len(row))
                first = row if len(widths) == 1 and len(row) >= len(first) else first
        except csv.Error:
            pass
        if widths and widths[0] > 1:
            share = widths.count(widths[0]) / len(widths)
            if widths[0] * share**2 > best:
                best, delimiter = widths[0] * share**2, candidate
    if not best:
        raise _one_column(first, name)
    return delimiter


def _one_column(header: list[str], name: str) -> FileError:
    return FileError(
        "The file has only one column.",
        where=name,
        got=(header[0] if header else "")[:80],
        fix="A survey needs at least one background column and one question, separated by commas.",
    )
