"""File bytes to a table of text: one row per respondent, one column per header.

Every cell stays text, so "Yes", "007" and "1.0" arrive as written; an empty cell is missing. The
file is parsed with Python's csv module, which keeps quoted line breaks and needs no access to the
disk. Not covered yet: exports with several header rows, other encodings than UTF-8, other formats.
"""

import csv
import io

import pandas as pd

from core.errors import FileError

DELIMITERS = (",", ";", "\t")
_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"<stata_dta": "a Stata file",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed archive",
}
_SAVE_AS = "Save the survey as CSV (UTF-8) with one header row and upload that file."


def read_csv(content: bytes, name: str) -> pd.DataFrame:
    r"""Read a CSV export as text.

    Parameters
    ----------
    content
        The file, UTF-8 with or without a byte order mark. Comma, semicolon or tab separated.
    name
        File name, used in messages only.

    Returns
    -------
    DataFrame
        Columns as in the header, dtype ``str``, an empty cell is missing. Blank lines are skipped.

    Raises
    ------
    FileError
        If the file is empty, not text, not UTF-8, not a table of two or more columns, has a header
        but no respondents, names a column twice, or has a row of another length.

    Examples
    --------
    >>> read_csv(b"id,smokes\n007,Yes\n008,\n", "a.csv").loc[0].to_dict()
    {'id': '007', 'smokes': 'Yes'}
    """
    text = _decode(content, name)
    header, delimiter = _header(text, name)
    rows = _rows(text, delimiter, len(header), name)
    if not rows:
        raise FileError(
            "The file has a header but no respondents.", where=name, fix="Export the survey with its answers."
        )
    cells = list(zip(*rows, strict=True))
    keep = [i for i, title in enumerate(header) if title.strip() or any(cells[i])]
    titles = [header[i] if header[i].strip() else f"column {i + 1}" for i in keep]
    _check_titles(titles, name)
    frame = {
        title: pd.Series([c or None for c in cells[i]], dtype="str")
        for title, i in zip(titles, keep, strict=True)
    }
    return pd.DataFrame(frame)


def row_number(position: int) -> int:
    """Number of a respondent's row as a spreadsheet shows it: the header is row 1.

    Examples
    --------
    >>> row_number(0)
    2
    """
    return position + 2


def _decode(content: bytes, name: str) -> str:
    if not content.strip():
        raise FileError("The file is empty.", where=name, fix=_SAVE_AS)
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            raise FileError(f"This is {kind}, not a CSV file.", where=name, fix=_SAVE_AS)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError("The file is encoded as UTF-16, not UTF-8.", where=name, fix=_SAVE_AS)
    if b"\0" in content:
        raise FileError("The file holds binary data, not text.", where=name, fix=_SAVE_AS)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(
            "The file is not encoded as UTF-8 (it may be Windows-1252 or Latin-1).",
            where=f"{name}, line {line}",
            got=f"byte 0x{content[error.start]:02x}",
            fix=_SAVE_AS,
        ) from None
    start = text.lstrip()[:100].lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise FileError("This is a web page or XML, not a CSV file.", where=name, fix=_SAVE_AS)
    if start.startswith(("{", "[{")):
        raise FileError(
            "This looks like JSON, not a CSV file.",
            where=name,
            fix="Give the answers as CSV; a codebook.json goes into the codebook field.",
        )
    if not text.strip():
        raise FileError("The file is empty.", where=name, fix=_SAVE_AS)
    return text


def _header(text: str, name: str) -> tuple[list[str], str]:
    """The header cells and the delimiter that gives the most of them; the comma wins a tie."""
    headers = []
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = next(row for row in reader if row)
        except (csv.Error, StopIteration):
            header = []
        headers.append((header, delimiter))
    header, delimiter = max(headers, key=lambda h: len(h[0]))
    if len(header) < 2:
        raise FileError(
            "The file has only one column.",
            where=name,
            got=(header[0] if header else "")[:80],
            fix="A survey needs at least one background column and one question, separated by commas.",
        )
    return header, delimiter


def _rows(text: str, delimiter: str, width: int, name: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for record in (row for row in reader if row):
            rows.append(record)
            if len(record) != width:
                raise FileError(
                    f"A row has {len(record)} cells, but the header has {width}.",
                    where=f"{name}, row {len(rows)} (line {reader.line_num})",
                    got=delimiter.join(record)[:80],
                    fix="Put quotes around cells that contain the separator, or remove the stray one.",
                )
    except csv.Error as error:
        raise FileError(
            f"The file cannot be read as CSV ({error}).",
            where=f"{name}, near line {reader.line_num}",
            fix="Check the quotes in that line: a quote inside a quoted cell must be doubled.",
        ) from None
    return rows[1:]


def _check_titles(titles: list[str], name: str) -> None:
    repeated = sorted({title for title in titles if titles.count(title) > 1})
    if repeated:
        raise FileError(
            "Two columns have the same header.",
            where=name,
            got=", ".join(repr(title) for title in repeated[:5]),
            fix="Rename or remove the repeated columns.",
        )
    if len(titles) < 2:
        raise FileError("The file has only one column.", where=name, got=titles[0][:80], fix=_SAVE_AS)
