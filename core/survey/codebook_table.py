"""The codebook as an editable table, one row per column of the file, and back.

Every cell is text or a number, so any table editor can change it. What the table does not show (title,
separator, further keys) is kept from the codebook it came from.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, Demographic, Question, QuestionType, band_labels, format_number
from core.survey.column_guess import ColumnGuess, choose_bands, guess_column, round_limits
from core.survey.inference import readable
from core.survey.labels import parse_number

COLUMNS = ("column", "role", "label", "type", "options", "non_substantive", "low", "high", "bands")
_BAR = " | "
_Kind = TypeVar("_Kind", bound=StrEnum)


class Role(StrEnum):
    """What a column of the file is used for."""

    DEMOGRAPHIC = "demographic"
    QUESTION = "question"
    WEIGHT = "weight"
    ID = "id"
    SPLIT = "split"
    IGNORE = "ignore"


_SPECIAL = {"id_column": Role.ID, "split_column": Role.SPLIT, "weight_column": Role.WEIGHT}


def codebook_table(codebook: Codebook, data: pd.DataFrame | None = None) -> pd.DataFrame:
    """The codebook as a table.

    Parameters
    ----------
    codebook
        To be shown.
    data
        The survey file as text; its columns that the codebook does not name get role "ignore".
        Without it only those the guess left out (`extra["ignored"]`) do.

    Returns
    -------
    DataFrame
        Text columns `column`, `role`, `label`, `type`, `options` and `non_substantive` (separated by
        " | "), floats `low` and `high` (range of a numeric question), text `bands` (lower bounds of a
        numeric demographic).
    """
    rows = [
        _row(getattr(codebook, attribute), role, readable(getattr(codebook, attribute)))
        for attribute, role in _SPECIAL.items()
        if getattr(codebook, attribute)
    ]
    rows += [_demographic_row(d) for d in codebook.demographics]
    rows += [_question_row(q) for q in codebook.questions]
    named = {row["column"] for row in rows}
    others = (
        [entry["column"] for entry in codebook.extra.get("ignored", ())] if data is None else data.columns
    )
    rows += [_row(column, Role.IGNORE, readable(column)) for column in others if column not in named]
    if data is not None:
        place = {column: i for i, column in enumerate(data.columns)}
        rows.sort(key=lambda row: place.get(row["column"], len(place)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = [column for column in COLUMNS if column not in ("low", "high")]
    return table.astype({**dict.fromkeys(texts, "str"), "low": "float", "high": "float"})


def codebook_from_table(table: pd.DataFrame, base: Codebook, data: pd.DataFrame | None = None) -> Codebook:
    """The codebook that an edited table describes.

    Parameters
    ----------
    table
        As `codebook_table` made it, edited; the order of the rows is the order of the questions.
    base
        The codebook it was made from.
    data
        The survey file as text; fills options, range or bands that were left empty. When None they
        must be given.

    Raises
    ------
    CodebookError
        If a role or type is unknown, a role is given twice, or options, range or bands do not make sense.
    """
    kept = {entry.column: entry for entry in base.entries}
    found: dict[str, Any] = dict.fromkeys(_SPECIAL)
    demographics, questions, ignored = [], [], []
    for record in table.to_dict("records"):
        row = {str(key): ("" if _is_empty(value) else value) for key, value in record.items()}
        role = _choice(Role, row, "role")
        column = str(row["column"])
        if role is Role.DEMOGRAPHIC:
            demographics.append(_entry(row, kept.get(column), data, _demographic_entry))
        elif role is Role.QUESTION:
            questions.append(_entry(row, kept.get(column), data, _question_entry))
        elif role is Role.IGNORE:
            ignored.append(column)
        else:
            attribute = next(name for name, special in _SPECIAL.items() if special is role)
            if found[attribute]:
                raise CodebookError(
                    f'Two columns have the role "{role}".',
                    where=f'columns "{found[attribute]}" and "{column}"',
                    fix="Give it to one of them.",
                )
            found[attribute] = column
    edited = Codebook.from_dict(
        {**base.to_dict(), **found, "demographics": demographics, "questions": questions}
    )
    return replace(edited, extra=_extra(base, ignored))


def join_options(options: Sequence[str]) -> str:
    r"""Options as one text: ``("Yes", "No")`` gives ``"Yes | No"``; a bar inside an option is escaped."""
    return _BAR.join(option.replace("|", "\\|") for option in options)


def split_options(text: str) -> list[str]:
    """The options of a text made by `join_options`, or typed by hand.

    Examples
    --------
    >>> split_options("Yes |No| ")
    ['Yes', 'No']
    """
    hidden = text.replace("\\|", "\0")
    return [part.strip().replace("\0", "|") for part in hidden.split("|") if part.strip()]


def _row(column: str, role: Role, label: str, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(COLUMNS, "") | {"low": math.nan, "high": math.nan}
    return blank | {"column": column, "role": str(role), "label": label} | more


def _demographic_row(demographic: Demographic) -> dict[str, Any]:
    kind = QuestionType.ORDINAL if demographic.ordinal else QuestionType.SINGLE
    return _row(
        demographic.column,
        Role.DEMOGRAPHIC,
        demographic.label,
        type=str(QuestionType.NUMERIC if demographic.bands else kind),
        options=join_options(demographic.options),
        non_substantive=join_options(demographic.non_substantive),
        bands=_BAR.join(format_number(bound) for bound in demographic.bands),
    )


def _question_row(question: Question) -> dict[str, Any]:
    low, high = question.range or (math.nan, math.nan)
    return _row(
        question.column,
        Role.QUESTION,
        question.text,
        type=str(question.type),
        options=join_options(question.options),
        non_substantive=join_options(question.non_substantive),
        low=low,
        high=high,
    )


def _is_empty(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _choice(kind: type[_Kind], row: Mapping[str, Any], key: str) -> _Kind:
    try:
        return kind(str(row.get(key) or "").strip().lower())
    except ValueError:
        raise CodebookError(
            f"The {key} of a column is unknown.",
            where=f'column "{row["column"]}"',
            got=row.get(key) or "nothing",
            fix="Use one of: " + ", ".join(kind) + ".",
        ) from None


_Make = Callable[
    [dict[str, Any], QuestionType, ColumnGuess | None, Demographic | Question | None], dict[str, Any]
]
"""What is particular to a demographic or a question, from its row, type, guess and former entry."""


def _entry(
    row: dict[str, Any],
    kept: Demographic | Question | None,
    data: pd.DataFrame | None,
    make: _Make,
) -> dict[str, Any]:
    """One entry of the `codebook.json` contract."""
    column = row["column"]
    guess = guess_column(data[column]) if data is not None and column in data else None
    return {
        **(kept.extra if kept else {}),
        "column": column,
        "non_substantive_options": split_options(str(row["non_substantive"])),
        **make(row, _choice(QuestionType, row, "type"), guess, kept),
    }


def _demographic_entry(
    row: dict[str, Any], kind: QuestionType, guess: ColumnGuess | None, kept: Demographic | Question | None
) -> dict[str, Any]:
    if kind is QuestionType.MULTI:
        raise CodebookError(
            "A background field must have one answer per respondent.",
            where=f'column "{row["column"]}"',
            got="multi",
            fix="Use single or ordinal, or make it a question.",
        )
    entry = {"label": row["label"], "ordinal": kind is not QuestionType.SINGLE}
    if kind is not QuestionType.NUMERIC:
        return entry | {"options": _options(row, guess)}
    bands = _bands(row, guess)
    same = isinstance(kept, Demographic) and kept.bands == bands
    refusals = split_options(str(row["non_substantive"]))
    options = split_options(str(row["options"])) if same else [*band_labels(bands), *refusals]
    return entry | {"bands": list(bands), "options": options}


def _question_entry(
    row: dict[str, Any], kind: QuestionType, guess: ColumnGuess | None, kept: Demographic | Question | None
) -> dict[str, Any]:
    entry = {"text": row["label"], "type": str(kind)}
    if kind is not QuestionType.NUMERIC:
        own = kept.separator if isinstance(kept, Question) else guess.separator if guess else None
        return entry | {"options": _options(row, guess), "multi_separator": own or ""}
    low, high = (_number(row, key) for key in ("low", "high"))
    if math.isnan(low) and math.isnan(high) and guess is not None and guess.numbers:
        low, high = round_limits(min(guess.numbers), max(guess.numbers)) or (low, high)
    limits = None if math.isnan(low) or math.isnan(high) else [low, high]
    return entry | {"range": limits}


def _options(row: dict[str, Any], guess: ColumnGuess | None) -> list[str]:
    """The options typed, else those found in the file."""
    typed = split_options(str(row["options"]))
    return typed if typed or guess is None else list(guess.found_options)


def _bands(row: dict[str, Any], guess: ColumnGuess | None) -> tuple[float, ...]:
    texts = split_options(str(row.get("bands") or ""))
    bands = tuple(parse_number(text) for text in texts)
    if not bands and guess is not None and guess.numbers:
        bands = choose_bands(guess)
    if (
        not bands
        or any(math.isnan(b) for b in bands)
        or any(a >= b for a, b in zip(bands, bands[1:], strict=False))
    ):
        raise CodebookError(
            "A numeric background field needs the lower bounds of its bands, from low to high.",
            where=f'column "{row["column"]}"',
            got=row.get("bands") or "nothing",
            fix='For example "18 | 30 | 45 | 60".',
        )
    return bands


def _number(row: dict[str, Any], key: str) -> float:
    value = row.get(key, "")
    return math.nan if value == "" else parse_number(str(value))


def _extra(base: Codebook, ignored: list[str]) -> dict[str, Any]:
    """Further keys of the base, with the list of columns left out brought up to date."""
    reasons = {entry["column"]: entry for entry in base.extra.get("ignored", ())}
    listed = [reasons.get(column, {"column": column, "reason": "left out by you"}) for column in ignored]
    extra = {key: value for key, value in base.extra.items() if key not in ("ignored", "notes")}
    return extra | ({"ignored": listed} if "ignored" in base.extra and listed else {})
