"""The header rows of an export: column names, wording, and where the respondents begin.

Platforms put one, two or three rows above the answers. Each platform has a module that recognises
its own rows and describes them as a `Header`; `build_table` then does the same for all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from core.errors import FileError
from core.survey.readers.file_format import FileFormat
from core.survey.readers.grid import Grid
from core.survey.readers.survey_file import ColumnGroup, ColumnNotes


@dataclass(frozen=True)
class Header:
    """What the rows above the answers say; every list has one entry per column of the file.

    Attributes
    ----------
    format
        Whose export it is.
    n_rows
        Header rows above the first respondent.
    titles
        Column names as written, "" where there is none.
    wording
        The question, "" where it is not known.
    ids
        The platform's own stable identifiers ("QID3"), "" where there is none.
    blocks
        Columns under one question that has several, as (wording, positions, sub-headers).
    decisions
        What was decided, as sentences.
    """

    format: FileFormat
    n_rows: int
    titles: list[str]
    wording: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    blocks: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...] = ()
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeadedTable:
    """Respondents under their column names.

    Attributes
    ----------
    table
        One row per respondent, dtype ``str``, an empty cell is missing.
    notes
        Wording and column groups by column name.
    ids
        The platform's identifier of each column that has one.
    decisions
        What was decided, as sentences.
    header_rows
        Rows of the file above the first respondent; none in files that name their columns apart.
    """

    table: pd.DataFrame
    notes: ColumnNotes
    ids: Mapping[str, str]
    decisions: tuple[str, ...]
    header_rows: int = 0


def plain_header(rows: list[list[str]], format: FileFormat = FileFormat.CSV) -> Header:
    """The first row as column names and nothing else."""
    return Header(format, 1, list(rows[0]))


def build_table(header: Header, grid: Grid, name: str) -> HeadedTable:
    """Put the respondents under the column names.

    Columns without header and without cells are dropped; a header that comes back gets a number.

    Raises
    ------
    FileError
        If there are no respondents or fewer than two columns.
    """
    if len(grid) <= header.n_rows:
        raise FileError(
            "The file has a header but no respondents.", where=name, fix="Export the survey with its answers."
        )
    cells = grid.below(header.n_rows)
    kept = [
        i for i, title in enumerate(header.titles) if title.strip() or cells[i].null_count < len(cells[i])
    ]
    if len(kept) < 2:
        raise FileError(
            "The file has only one column.",
            where=name,
            got=(header.titles[kept[0]] if kept else "")[:80],
            fix="A survey needs at least one background column and one question.",
        )
    titles, repeated = distinct_titles([header.titles[i].strip("\r\n") for i in kept], kept)
    column_of = dict(zip(kept, titles, strict=True))
    table = pa.table({column_of[i]: cells[i] for i in kept}).to_pandas()
    decisions = list(header.decisions)
    if repeated:
        decisions.append(f"Repeated column names are numbered: {_listed(repeated)}.")
    return HeadedTable(
        table, _notes(header, column_of), _named(header.ids, column_of), tuple(decisions), header.n_rows
    )


def distinct_titles(titles: list[str], positions: list[int] | None = None) -> tuple[list[str], list[str]]:
    """Column names that are all different, and those that had to be changed.

    Examples
    --------
    >>> distinct_titles(["a", "a", "", "b"])
    (['a', 'a (2)', 'column 3', 'b'], ['a (2)'])
    """
    positions = positions or list(range(len(titles)))
    taken, distinct, repeated = set(titles), [], []
    seen: set[str] = set()
    for title, position in zip(titles, positions, strict=True):
        base = unique = title if title.strip() else f"column {position + 1}"
        count = 1
        while unique in seen or (unique in taken and unique != title):
            count += 1
            unique = f"{base} ({count})"
        if unique != base:
            repeated.append(unique)
        seen.add(unique)
        distinct.append(unique)
    return distinct, repeated


def _notes(header: Header, column_of: dict[int, str]) -> ColumnNotes:
    groups = []
    for wording, positions, labels in header.blocks:
        members = [
            (column_of[i], label) for i, label in zip(positions, labels, strict=True) if i in column_of
        ]
        if len(members) > 1:
            columns, options = zip(*members, strict=True)
            groups.append(ColumnGroup(wording, wording, columns, options))
    return ColumnNotes(wording=_named(header.wording, column_of), groups=tuple(groups))


def _named(texts: list[str], column_of: dict[int, str]) -> dict[str, str]:
    named = {column_of[i]: " ".join(text.split()) for i, text in enumerate(texts) if i in column_of}
    return {column: text for column, text in named.items() if text}


def _listed(names: list[str], shown: int = 3) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(f'"{name[:60]}"' for name in names[:shown]) + more
