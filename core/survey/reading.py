"""File bytes to a table of text: one row per respondent, one column per question.

Every cell stays text, so "Yes", "007" and "1.0" arrive as written; an empty cell is missing. The kind
of file shows by its first bytes, the platform by its header rows; both can be overridden, and every
choice is a sentence the user can read. Nothing is dropped: rows that look like tests or previews
are offered for removal. Old Excel workbooks (.xls) and SPSS portable files are not read.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from core.errors import FileError
from core.survey.readers import qualtrics, surveymonkey
from core.survey.readers.checkboxes import combine_checkboxes
from core.survey.readers.choices import ReadingChoices, ReadingDecision
from core.survey.readers.decimals import read_decimal_commas
from core.survey.readers.delimited import DELIMITERS, read_grid
from core.survey.readers.encoding import ENCODINGS, decode
from core.survey.readers.file_format import TEXT_FORMATS, FileFormat
from core.survey.readers.form_cells import is_google_form, split_form_cells
from core.survey.readers.grid import Grid
from core.survey.readers.header import HeadedTable, Header, build_table, plain_header
from core.survey.readers.labelled import read_labelled
from core.survey.readers.parquet_file import read_parquet
from core.survey.readers.qsf import read_qsf
from core.survey.readers.qsf_columns import apply_qsf
from core.survey.readers.survey_file import SurveyFile
from core.survey.readers.workbook import read_workbook

_CONTAINERS = {
    b"PK\x03\x04": FileFormat.EXCEL,
    b"$FL2": FileFormat.SPSS,
    b"$FL3": FileFormat.SPSS,
    b"<stata_dta": FileFormat.STATA,
    b"PAR1": FileFormat.PARQUET,
}
_REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a compressed archive",
}
_OLD_STATA = range(0x69, 0x74)
Position = TypeVar("Position", int, np.ndarray)
_LABELLED = (FileFormat.SPSS, FileFormat.STATA)


@dataclass(frozen=True)
class _Cells:
    """Cells of a text file or a workbook before their header is read, and where they come from."""

    grid: Grid
    decisions: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def read_survey_file(
    content: bytes, name: str, choices: ReadingChoices | None = None, companion: bytes | None = None
) -> SurveyFile:
    r"""Read a survey file of any of the formats in `FileFormat`.

    Parameters
    ----------
    content, name
        The file, and its name (for messages only).
    choices
        What overrides the recognition. As format, "csv" and "excel" take the first row as column names
        and everything below as respondents. Rows to be removed are only noted here, not removed.
    companion
        The .qsf of a Qualtrics survey, for wording, options and codes.

    Raises
    ------
    FileError
        If the file cannot be read as a table of respondents, or not in the chosen way.

    Examples
    --------
    >>> file = read_survey_file(b"id;Pets? - Cat;Pets? - Dog\n7;Cat;Dog\n8;;Dog\n", "a.csv")
    >>> file.table["Pets?"].tolist(), file.options["Pets?"]
    (['Cat | Dog', 'Dog'], ('Cat', 'Dog'))
    """
    choices = choices or ReadingChoices()
    chosen = _format(choices.format)
    container = _container(content, name, chosen)
    cells = _Cells(Grid([], ()))
    if container in _LABELLED:
        headed, found = read_labelled(content, name, container), container
    elif container is FileFormat.PARQUET:
        headed, found = read_parquet(content, name), container
    else:
        cells = _read_cells(content, name, container, choices)
        header = _header(cells.grid.head, chosen, container)
        headed, found = build_table(header, cells.grid, name), header.format
    if companion is not None:
        headed = apply_qsf(headed, read_qsf(companion), name, choices.keep)
    file = _prepare(headed, found, cells, choices.keep)
    removable = qualtrics.find_removable(file.table) if found.startswith("qualtrics") else ()
    return replace(
        file, name=name, removable=tuple(removable), raw=content, companion=companion, choices=choices
    )


def find_formats(content: bytes, name: str) -> tuple[FileFormat, ...]:
    """The formats these bytes can be read as; one for files that say themselves what they are.

    Raises
    ------
    FileError
        If they are no survey file, such as a picture.

    Examples
    --------
    >>> [str(form) for form in find_formats(b"a,b", "a.csv")][:2]
    ['csv', 'qualtrics']
    """
    container = _container(content, name, None)
    if container is FileFormat.EXCEL:
        return (container, *TEXT_FORMATS[1:])
    return TEXT_FORMATS if container is FileFormat.CSV else (container,)


def read_csv(content: bytes, name: str) -> pd.DataFrame:
    r"""Read a delimited text file with one header row as it stands: nothing combined or recoded.

    Raises
    ------
    FileError
        As `read_survey_file`.

    Examples
    --------
    >>> read_csv(b"id,smokes\n007,Yes\n008,\n", "a.csv").loc[0].to_dict()
    {'id': '007', 'smokes': 'Yes'}
    """
    container = _container(content, name, FileFormat.CSV)
    grid = _read_cells(content, name, container, ReadingChoices()).grid
    return build_table(plain_header(grid.head), grid, name).table


def row_number(position: Position, header_rows: int = 1) -> Position:
    """Number of a respondent's row as a spreadsheet shows it: the first row of the file is row 1.

    Examples
    --------
    >>> row_number(0), row_number(0, header_rows=3)
    (2, 4)
    """
    return position + header_rows + 1


def _format(format: str | None) -> FileFormat | None:
    try:
        return None if format is None else FileFormat(format)
    except ValueError:
        raise FileError(
            "There is no such file format.", where="format", got=format, fix="Use: " + ", ".join(FileFormat)
        ) from None


def _container(content: bytes, name: str, chosen: FileFormat | None) -> FileFormat:
    """What the bytes are: a labelled file, a workbook, Parquet, or else text (`FileFormat.CSV`)."""
    for signature, kind in _REFUSED.items():
        if content.startswith(signature):
            raise FileError(
                f"This is {kind}, not a survey file.",
                where=name,
                fix="Save the survey as CSV (UTF-8) or .xlsx and upload that file.",
            )
    kinds = (kind for signature, kind in _CONTAINERS.items() if content.startswith(signature))
    container = next(kinds, FileFormat.CSV)
    if container is FileFormat.CSV and content[1:4] in (b"\x01\x01\x00", b"\x02\x01\x00"):
        container = FileFormat.STATA if content[0] in _OLD_STATA else container
    own = {*_LABELLED, FileFormat.PARQUET, FileFormat.EXCEL}
    if (
        chosen is not None
        and chosen is not container
        and (chosen in own or container in own - {FileFormat.EXCEL})
    ):
        raise FileError(
            f"The file cannot be read as: {chosen.label}.",
            where=name,
            got=container.label,
            fix="Leave the format to be recognised, or choose another.",
        )
    return container


def _read_cells(content: bytes, name: str, container: FileFormat, choices: ReadingChoices) -> _Cells:
    if container is FileFormat.EXCEL:
        found = read_workbook(content, name, choices.sheet)
        return _Cells(found.grid, (found.decision,), sheet=found.sheet, sheets=found.sheets)
    text, encoding = decode(content, name, choices.encoding)
    grid, separator = read_grid(text, name, choices.delimiter)
    decisions = []
    if encoding != "utf-8":
        decisions.append(f"The file is not in UTF-8; it is read as {ENCODINGS[encoding]}.")
    if separator != ",":
        decisions.append(f"Cells are separated by a {DELIMITERS.get(separator, repr(separator))}.")
    return _Cells(grid, tuple(decisions), encoding, separator)


def _header(rows: list[list[str]], chosen: FileFormat | None, container: FileFormat) -> Header:
    """The header rows as chosen, else as recognised."""
    if chosen in (FileFormat.CSV, FileFormat.EXCEL):
        return plain_header(rows, container)
    if chosen is FileFormat.GOOGLE_FORMS:
        return plain_header(rows, chosen)
    if chosen is not None and len(rows) < 3:
        return plain_header(rows, container)
    if chosen is FileFormat.SURVEYMONKEY:
        return surveymonkey.find_header(rows) or surveymonkey.two_row_header(rows)
    if chosen is not None:
        return qualtrics.find_header(rows) or qualtrics.legacy_header(rows, chosen)
    found = qualtrics.find_header(rows) or surveymonkey.find_header(rows)
    if found:
        return found
    form = is_google_form(rows[0])
    return plain_header(rows, FileFormat.GOOGLE_FORMS if form else container)


def _prepare(headed: HeadedTable, found: FileFormat, cells: _Cells, keep: Collection[str]) -> SurveyFile:
    """Decimal commas, checkbox cells and checkbox columns, in this order."""
    table, notes = headed.table, headed.notes
    plain = FileFormat.EXCEL if cells.sheet else FileFormat.CSV
    several_rows = bool(cells.grid.head) and found not in (plain, FileFormat.GOOGLE_FORMS)
    # header rows are undone by taking the first one only; what follows from the bytes cannot be undone
    decisions = [ReadingDecision(text) for text in cells.decisions]
    decisions += [
        ReadingDecision(text, format=plain if several_rows and i == 0 else None)
        for i, text in enumerate(headed.decisions)
    ]
    if found is FileFormat.CSV and cells.delimiter != ",":
        table, said = read_decimal_commas(table, keep)
        decisions += said
    if found is FileFormat.GOOGLE_FORMS:
        table, notes, said = split_form_cells(table, notes, keep)
        decisions += said
    combined = combine_checkboxes(table, notes, keep)
    decisions += combined.decisions
    present = set(combined.table.columns)
    notes = combined.notes
    return SurveyFile(
        name="",
        format=found,
        table=combined.table,
        wording={column: text for column, text in notes.wording.items() if column in present},
        options={column: labels for column, labels in notes.options.items() if column in present},
        types={column: kind for column, kind in notes.types.items() if column in present},
        refusals={column: labels for column, labels in notes.refusals.items() if column in present},
        combined=combined.sources,
        decisions=tuple(decisions),
        encoding=cells.encoding,
        delimiter=cells.delimiter,
        sheet=cells.sheet,
        sheets=cells.sheets,
        header_rows=headed.header_rows,
    )
