"""All flags of a survey in the order a researcher should look at them: safety, then quality, then notes."""

from collections.abc import Iterator

import pandas as pd

from core.survey.codebook import Codebook, QuestionType
from core.survey.coding import code_answers, code_profiles
from core.survey.column_guess import guess_column
from core.survey.quality.bases import (
    find_constant,
    find_few_respondents,
    find_rounding,
    find_silent,
    find_small_bases,
    find_unused_options,
)
from core.survey.quality.carelessness import find_speeders, find_straight_lining
from core.survey.quality.duplicates import find_duplicates
from core.survey.quality.flag import LEFT_OUT_BY_YOU, Action, Flag, FlagKind, name_columns
from core.survey.quality.leaks import find_leaks
from core.survey.quality.personal import FREE_TEXT, PERSONAL, is_open_end, personal_data
from core.survey.quality.weighting import find_weight_flags


def find_flags(
    table: pd.DataFrame,
    codebook: Codebook,
    guessed: bool,
    profiles: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
) -> tuple[Flag, ...]:
    """What a researcher should know about a survey before trusting it.

    Parameters
    ----------
    table
        The file as text.
    codebook
        What its columns mean.
    guessed
        Whether the codebook was inferred: then unused options cannot exist, but columns may be left out.
    profiles, answers
        The respondents as in `SurveyData`; coded here when left out.

    Raises
    ------
    CodebookError
        If the file has answers that the codebook does not list.
    """
    profiles = code_profiles(table, codebook) if profiles is None else profiles
    answers = code_answers(table, codebook) if answers is None else answers
    flags = [
        *find_few_respondents(len(table)),
        *find_personal(table, codebook),
        *find_leaks(codebook, profiles, answers),
        *find_duplicates(table, codebook),
        *find_silent(codebook, answers),
        *find_straight_lining(codebook, answers),
        *find_speeders(table),
        *find_weight_flags(table, codebook),
        *find_constant(codebook, profiles, answers),
        *find_small_bases(codebook, profiles, answers),
        *(() if guessed else find_unused_options(codebook, answers)),
        *find_rounding(table, codebook),
        *(find_left_out(codebook) if guessed else ()),
        *find_export_header(table),
    ]
    return tuple(sorted(flags, key=lambda flag: flag.is_note))


def find_personal(table: pd.DataFrame, codebook: Codebook) -> Iterator[Flag]:
    """Flags for columns with personal data or open ends; those already left out are notes."""
    left_out = {str(e["column"]): str(e["reason"]) for e in codebook.extra.get("ignored", ())}
    used = [e.column for e in codebook.entries]
    used += [codebook.id_column] if codebook.id_column else []
    for column in table.columns:
        if column in used:
            what = personal_data(table[column])
            yield from _personal(table, column, what, used=True) if what else ()
        elif left_out.get(column) == PERSONAL:
            yield from _personal(table, column, personal_data(table[column]) or "personal data", used=False)
    texts = [column for column, reason in left_out.items() if reason == FREE_TEXT and column in table]
    if texts:
        sentence = f"Open ends are left out, they may name people: {name_columns(texts)}."
        yield Flag(FlagKind.FREE_TEXT, tuple(texts), len(texts), sentence, is_note=True)
    for column in used:
        if column in table and column != codebook.id_column and is_open_end(table[column]):
            count = int(table[column].notna().sum())
            sentence = f'"{column}" looks like an open end: {count} typed answers that may name people.'
            actions = (Action.EXCLUDE_COLUMN, Action.KEEP)
            yield Flag(FlagKind.FREE_TEXT, (column,), count, sentence, actions)


def _personal(table: pd.DataFrame, column: str, what: str, *, used: bool) -> Iterator[Flag]:
    count = int(table[column].notna().sum())
    sentence = f'"{column}" looks like {what} ({count} cells); it is {"used" if used else "left out"}.'
    closed = guess_column(table[column]).type not in (None, QuestionType.MULTI)
    to_include = (Action.KEEP, Action.INCLUDE_COLUMN) if closed else (Action.KEEP,)
    actions = (Action.EXCLUDE_COLUMN, Action.KEEP) if used else to_include
    yield Flag(FlagKind.PERSONAL_DATA, (column,), count, sentence, actions, is_note=not used)


def find_left_out(codebook: Codebook) -> Iterator[Flag]:
    """A flag that names the columns a guessed codebook does not use, other than by the user's own choice."""
    ignored = codebook.extra.get("ignored", ())
    columns = [str(e["column"]) for e in ignored if not str(e["reason"]).startswith(LEFT_OUT_BY_YOU)]
    if columns:
        more = "…" if len(columns) > 8 else ""
        are = "column is" if len(columns) == 1 else "columns are"
        sentence = f"{len(columns)} {are} left out: {', '.join(columns[:8])}{more}."
        yield Flag(FlagKind.LEFT_OUT, tuple(columns), len(columns), sentence)


def find_export_header(table: pd.DataFrame) -> Iterator[Flag]:
    """A flag when the second and third header row of a Qualtrics export were read as respondents."""
    if table.iloc[:2].apply(lambda c: c.str.contains("ImportId", na=False)).to_numpy().any():
        rows = tuple(range(min(2, len(table))))
        sentence = (
            "This looks like a Qualtrics export: its second and third header rows count as respondents."
        )
        yield Flag(FlagKind.EXPORT_HEADER, (), len(rows), sentence, (Action.DROP_ROWS, Action.KEEP), rows)
