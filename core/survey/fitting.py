"""Codebook against file: reading `codebook.json` and checking it against the columns."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, QuestionType
from core.survey.labels import label_key
from core.survey.roles import is_id_header


def read_codebook(codebook: bytes | str | Mapping[str, Any]) -> Codebook:
    """Parse a codebook given as JSON bytes, JSON text or an object.

    Raises
    ------
    CodebookError
        If it is not valid JSON or not a codebook.
    """
    if isinstance(codebook, bytes):
        try:
            codebook = codebook.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise CodebookError(
                "The codebook is not encoded as UTF-8.", where="codebook.json", fix="Save it as UTF-8."
            ) from None
    data: Any = codebook
    if isinstance(codebook, str):
        try:
            data = json.loads(codebook)
        except (json.JSONDecodeError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise CodebookError(
                "The codebook is not valid JSON.",
                where=f"codebook.json, line {line}",
                got=getattr(error, "msg", "too deeply nested"),
                fix="Correct that line, or import without a codebook and edit the guesses.",
            ) from None
    try:
        return Codebook.from_dict(data)
    except (TypeError, ValueError) as error:
        raise CodebookError(
            "The codebook has a value of the wrong kind.", where="codebook.json", got=str(error)
        ) from None


def check_codebook(table: pd.DataFrame, codebook: Codebook) -> None:
    """Check that the codebook fits the file's columns and itself.

    Raises
    ------
    CodebookError
        If it describes no question or no demographic, names a column the file lacks or uses
        one column twice, or marks as non-substantive something that is no option.
    """
    if not codebook.questions or not codebook.demographics:
        lacking = "question" if not codebook.questions else "background field"
        raise CodebookError(
            f"The codebook describes no {lacking}.",
            where="codebook",
            fix=f"Mark at least one column as a {lacking}: people are described by background fields and "
            "asked the questions.",
        )
    named = list(_columns(codebook))
    missing = [(column, role) for column, role in named if column not in table.columns]
    if missing:
        column, role = missing[0]
        close = difflib.get_close_matches(column, table.columns, n=1)
        raise CodebookError(
            "The codebook names a column that is not in the file.",
            where="codebook, " + role,
            got=", ".join(repr(c) for c, _ in missing[:5]),
            fix=(f'Did you mean "{close[0]}"? ' if close else "")
            + "The file has: "
            + ", ".join(map(str, table.columns[:12]))
            + ("…" if len(table.columns) > 12 else "."),
        )
    columns = [column for column, _ in named]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise CodebookError(
            "One column has two roles.", where="codebook", got=", ".join(twice), fix="Keep one of them."
        )
    for entry in codebook.entries:
        numeric = getattr(entry, "type", None) is QuestionType.NUMERIC
        stray = [label for label in entry.non_substantive if label not in entry.options]
        if stray and not numeric:
            raise CodebookError(
                "A non-substantive option is not among the options.",
                where=f'column "{entry.column}"',
                got=", ".join(repr(label) for label in stray),
                fix="Add it to the options, or remove it from the non-substantive ones.",
            )


def match_columns(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Table with its columns named as in the codebook where only spaces or quotes differ."""
    by_key: dict[str, list[str]] = {}
    for column in table.columns:
        by_key.setdefault(label_key(column), []).append(column)
    renamed = {}
    for column, _ in _columns(codebook):
        same = by_key.get(label_key(str(column)), [])
        if column not in table.columns and len(same) == 1:
            renamed[same[0]] = column
    return table.rename(columns=renamed)


def name_identifier(table: pd.DataFrame, codebook: Codebook) -> Codebook:
    """Codebook with its `id_column` filled in, if it names none and the file plainly has one.

    Taken is the first column the codebook says nothing about whose header names an identifier and whose
    cells are all there and all different. Without one, respondents are numbered.
    """
    if codebook.id_column:
        return codebook
    described = {column for column, _ in _columns(codebook)}
    for column in table.columns:
        cells = table[column]
        if column not in described and is_id_header(column) and cells.notna().all() and cells.is_unique:
            return replace(codebook, id_column=column)
    return codebook


def described_columns(codebook: Codebook) -> frozenset[str]:
    """Columns the codebook names, in whatever role."""
    return frozenset(str(column) for column, _ in _columns(codebook))


def _columns(codebook: Codebook) -> Iterator[tuple[str, str]]:
    """Columns the codebook names, each with its role."""
    for role in ("id_column", "weight_column", "split_column"):
        if getattr(codebook, role):
            yield getattr(codebook, role), role
    yield from ((d.column, "demographics") for d in codebook.demographics)
    yield from ((q.column, "questions") for q in codebook.questions)
