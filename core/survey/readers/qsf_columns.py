"""What a .qsf says, applied to the columns of its export.

A column belongs to a question by Qualtrics' own identifier where the export has one, else by its name.
Codes become option texts only when every cell of the column is a known code; cells that are texts
already stay, and anything unknown leaves the column as it is, with a sentence.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.labels import label_key, parse_number
from core.survey.readers.form_cells import split_options
from core.survey.readers.header import HeadedTable
from core.survey.readers.qsf import QsfQuestion
from core.survey.readers.survey_file import SEPARATOR, ColumnGroup


def apply_qsf(
    headed: HeadedTable, questions: tuple[QsfQuestion, ...], name: str, keep: Collection[str] = ()
) -> HeadedTable:
    """Replace codes by option texts and take wording, order and type from the questionnaire.

    Parameters
    ----------
    headed
        The export.
    questions
        Of its .qsf.
    name
        Name of the export, for messages.
    keep
        Columns whose cells are left as they are.

    Raises
    ------
    FileError
        If no column of the export belongs to a question: the .qsf is of another survey.
    """
    table, notes = headed.table, headed.notes
    kept = {label_key(column) for column in keep}
    wording, options, types = dict(notes.wording), dict(notes.options), dict(notes.types)
    cells: dict[str, pd.Series] = {}
    groups, left = list(notes.groups), []
    found: set[str] = set()
    for question in questions:
        columns = dict(_columns(headed, question))
        found |= columns.keys()
        for column, suffix in columns.items():
            wording[column] = _wording(question, suffix)
        if question.multiple and len(columns) > 1 and not question.rows:
            groups += _group(question, columns)
            continue
        for column, suffix in columns.items():
            if not question.options or label_key(column) in kept or "TEXT" in suffix.upper():
                continue
            labels = _distinct(question.options)
            read = _read_multiple if question.multiple else _read_single
            new = read(table[column], labels)
            if new is None:
                left.append(column)
                continue
            cells[column] = new
            options[column] = tuple(labels.values())
            if question.multiple:
                types[column] = QuestionType.MULTI
            elif question.rows:
                types[column] = QuestionType.ORDINAL
    if not found:
        raise FileError(
            "No column of the export belongs to a question of the .qsf.",
            where=name,
            got=", ".join(question.tag for question in questions[:6]) or "no questions",
            fix="Use the .qsf of the same survey, or import without it.",
        )
    notes = replace(notes, wording=wording, options=options, types=types, groups=tuple(groups))
    decisions = (*headed.decisions, *_decisions(len(found), len(cells), left))
    return replace(headed, table=table.assign(**cells), notes=notes, decisions=decisions)


def _columns(headed: HeadedTable, question: QsfQuestion) -> Iterator[tuple[str, str]]:
    """The columns of one question with what follows its name in theirs ("", "3", "3_TEXT")."""
    for column in headed.table.columns:
        own = headed.ids.get(column)
        text, stem = (own, question.id) if own else (column, question.tag)
        if stem and text == stem:
            yield column, ""
        elif stem and text.startswith(stem) and text[len(stem)] in "_-#":
            yield column, text[len(stem) :].strip("_-#")
        elif not own and column in question.rows:
            yield column, column


def _wording(question: QsfQuestion, suffix: str) -> str:
    part = question.rows.get(suffix) or (question.options.get(suffix) if question.multiple else None)
    return f"{question.text} - {part}" if part else question.text


def _group(question: QsfQuestion, columns: Mapping[str, str]) -> list[ColumnGroup]:
    """The checkbox columns of a multi-select, one per choice."""
    labels = _distinct(question.options)
    members = [(column, labels[suffix]) for column, suffix in columns.items() if suffix in labels]
    if len(members) < 2:
        return []
    names, options = zip(*members, strict=True)
    return [ColumnGroup(question.tag, question.text, names, options)]


def _distinct(options: Mapping[str, str]) -> dict[str, str]:
    texts = list(options.values())
    return {code: t if texts.count(t) == 1 else f"{t} ({code})" for code, t in options.items()}


def _read_single(cells: pd.Series, labels: Mapping[str, str]) -> pd.Series | None:
    """Codes as labels; labels as they are; None when a cell is neither."""
    spelled = {label_key(label): label for label in labels.values()}
    new: dict[str, str] = {}
    by_code = all(_code(cell, labels) is not None for cell in cells.dropna().unique())
    for cell in cells.dropna().unique():
        code = _code(cell, labels)
        label = labels[code] if by_code and code is not None else spelled.get(label_key(cell))
        if label is None:
            return None
        new[cell] = label
    return cells.map(new).astype("str")


def _read_multiple(cells: pd.Series, labels: Mapping[str, str]) -> pd.Series | None:
    """Cells such as "1,4" or "Tea,Coffee, black" with the options named and separated."""
    texts = tuple(labels.values())
    new: dict[str, str] = {}
    for cell in cells.dropna().unique():
        codes = [_code(part, labels) for part in cell.split(",")]
        parts = [labels[code] for code in codes if code is not None]
        if len(parts) < len(codes):
            parts = split_options(cell, texts, ",")
            if not set(parts) <= set(texts):
                return None
        new[cell] = SEPARATOR.join(part.replace("|", "/") for part in parts)
    return cells.map(new).astype("str")


def _code(cell: str, labels: Mapping[str, str]) -> str | None:
    text = cell.strip()
    if text in labels:
        return text
    number = parse_number(text)
    return f"{number:g}" if f"{number:g}" in labels else None


def _decisions(found: int, coded: int, left: list[str]) -> Iterator[str]:
    yield (
        f"The .qsf describes {found} columns: question texts are taken from it, and codes are replaced "
        f"by option texts in {coded}."
    )
    if left:
        named = ", ".join(f'"{column}"' for column in left[:3])
        yield f"{len(left)} columns hold answers the .qsf does not list and stay as they are: {named}."
