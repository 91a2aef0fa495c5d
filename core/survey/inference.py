"""Inference of a codebook from a table of text, for the user to confirm or change.

Headers decide the role of a column (`roles`), its distinct answers decide type and option order
(`scales`, `bands`, `refusals`). "Yes" and "No" stay text; nothing is dropped: columns that are not
used are listed with the reason in the codebook's `extra["ignored"]`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, Demographic, Question, QuestionType, band_labels
from core.survey.column_guess import (
    MAX_OPTIONS,
    MULTI_SEPARATORS,
    NOTHING_TICKED,
    ColumnGuess,
    choose_bands,
    guess_column,
)
from core.survey.described import describe_guess
from core.survey.labels import parse_numbers
from core.survey.quality.personal import reason_personal
from core.survey.readers.survey_file import SurveyFile
from core.survey.roles import (
    fill_demographics,
    find_batteries,
    is_demographic_header,
    is_id_header,
    is_split_header,
    is_weight_header,
    reason_to_leave_out,
)
from core.survey.splits import read_split


def guess_codebook(table: pd.DataFrame, title: str, file: SurveyFile | None = None) -> Codebook:
    """Guess what every column of a survey file means.

    Parameters
    ----------
    table
        The answers as text (`reading.read_survey_file`).
    title
        Title of the survey.
    file
        What the file says about its columns (wording, options, types); it goes before guesses.

    Returns
    -------
    Codebook
        `extra["ignored"]` lists columns left out as ``{"column", "reason"}``; `extra["notes"]`
        holds sentences about doubtful guesses.

    Raises
    ------
    CodebookError
        If there are not two columns that could be a demographic and a question.
    """
    if len(table) == 1:
        raise CodebookError(
            "The file has only one respondent.",
            where="all columns",
            got="1 row of answers",
            fix="Export the survey with all its responses, or check how the file was read.",
        )
    special = dict(_special_columns(table))
    guesses, ignored = [], []
    for column in table.columns:
        if column in special.values():
            continue
        guess = guess_column(table[column])
        if file is not None:
            guess = describe_guess(guess, table[column], file)
        reason = reason_to_leave_out(column) or reason_personal(table[column]) or guess.reason
        if reason:
            ignored.append({"column": column, "reason": reason})
        else:
            guesses.append(guess)
    guesses, separator = _agree_on_separator(guesses)
    recognised, notes = _demographics(guesses)
    extra = {"ignored": ignored, "notes": notes}
    return Codebook(
        title=title,
        demographics=tuple(as_demographic(g) for g, is_it in zip(guesses, recognised, strict=True) if is_it),
        questions=tuple(as_question(g) for g, is_it in zip(guesses, recognised, strict=True) if not is_it),
        weight_column=special.get("weight"),
        split_column=special.get("split"),
        id_column=special.get("id"),
        multi_separator=separator,
        multi_none=NOTHING_TICKED,
        extra={key: value for key, value in extra.items() if value},
    )


def as_demographic(guess: ColumnGuess) -> Demographic:
    """Demographic made from a guess; numbers are put into bands."""
    label = guess.wording or readable(guess.column)
    if guess.type is not QuestionType.NUMERIC:
        ordinal = guess.type is QuestionType.ORDINAL
        return Demographic(guess.column, label, guess.options, ordinal, guess.refusals)
    bands = choose_bands(guess)
    return Demographic(
        guess.column, label, (*band_labels(bands), *guess.refusals), True, guess.refusals, bands
    )


def as_question(guess: ColumnGuess) -> Question:
    """Question made from a guess, whose wording is its header."""
    if guess.type is None:
        raise ValueError(f"{guess.column} is no question: {guess.reason}")
    text = guess.wording or readable(guess.column)
    separator = guess.separator or ""
    return Question(
        guess.column, text, guess.type, guess.options, guess.range, guess.refusals, separator=separator
    )


def readable(header: str) -> str:
    """The header as a label: ``"age_group"`` gives ``"Age group"``; a sentence stays as it is."""
    text = header.strip()
    if " " in text or not text:
        return text or header
    text = text.replace("_", " ").strip() or text
    return text[:1].upper() + text[1:]


def _special_columns(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """At most one (role, column) each for "id", "weight" and "split": the first column of its kind."""
    for role, fits in (("id", _is_id), ("weight", _is_weight), ("split", _is_split)):
        column = next((c for c in table.columns if fits(table[c])), None)
        if column is not None:
            yield role, column


def _is_id(cells: pd.Series) -> bool:
    """An identifier by its header, or a column without header that counts the rows."""
    if is_id_header(str(cells.name)):
        return cells.nunique() > 0.9 * len(cells)
    if not str(cells.name).startswith("column "):
        return False
    numbers = parse_numbers(cells)
    return len(numbers) > 1 and bool((np.diff(numbers) == 1).all())


def _is_split(cells: pd.Series) -> bool:
    if not is_split_header(str(cells.name)):
        return False
    try:
        read_split(cells)
    except CodebookError:
        return False
    return True


def _is_weight(cells: pd.Series) -> bool:
    """Design weights: all there, positive, not all whole, about 1 on average (a body weight is not)."""
    if not is_weight_header(str(cells.name)):
        return False
    numbers = parse_numbers(cells)
    if np.isnan(numbers).any() or (numbers < 0).any() or not numbers.sum() > 0:
        return False
    return bool((numbers % 1 != 0).any() and 0.2 < numbers.mean() < 5)


def _agree_on_separator(guesses: list[ColumnGuess]) -> tuple[list[ColumnGuess], str]:
    """The most frequent separator of the multi-selects; only the others keep one of their own."""
    used = Counter(guess.separator for guess in guesses if guess.separator)
    if not used:
        return guesses, MULTI_SEPARATORS[0]
    separator = used.most_common(1)[0][0]
    return [replace(g, separator=None) if g.separator == separator else g for g in guesses], separator


def _demographics(guesses: list[ColumnGuess]) -> tuple[list[bool], list[str]]:
    """Whether each column is a demographic, and notes about it for the user."""
    if len(guesses) < 2:
        raise CodebookError(
            "The file has no two columns that could be a background field and a question.",
            where="all columns",
            got=", ".join(guess.column for guess in guesses) or "none usable",
            fix=f"Closed questions are needed: at most {MAX_OPTIONS} different answers, or numbers. "
            "Import it with a codebook if the columns are right.",
        )
    in_battery = find_batteries([(g.wording or g.column, g.options) for g in guesses])
    recognised = [
        g.type is not QuestionType.MULTI
        and not battery
        and any(map(is_demographic_header, (g.column, g.wording)))
        for g, battery in zip(guesses, in_battery, strict=True)
    ]
    possible = [
        g.type in (QuestionType.SINGLE, QuestionType.ORDINAL) and not battery
        for g, battery in zip(guesses, in_battery, strict=True)
    ]
    filled = fill_demographics(recognised, possible)
    if not any(filled):
        chosen = next((i for i, g in enumerate(guesses) if g.type is not QuestionType.MULTI), None)
        if chosen is None:
            raise CodebookError(
                "No column can be a background field.",
                where="all columns",
                fix="Add at least one column that describes the respondents, such as age or region.",
            )
        filled[chosen] = True
        note = f'No background fields were recognised; "{guesses[chosen].column}" is used as one. '
        return filled, [note + "Set the roles of the columns."]
    if all(filled):
        filled[-1] = False
        return filled, [f'No questions were recognised; "{guesses[-1].column}" is used as one.']
    return filled, []
