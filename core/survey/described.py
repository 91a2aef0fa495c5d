"""Column guess from the answers, corrected by what the file itself says about the column.

Options stand in the order of the questionnaire, with those nobody chose; answers the file declares
missing are options without substance. An answer the file does not list is kept as a further option.
"""

from collections import Counter
from dataclasses import replace

import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.column_guess import NOTHING_TICKED, ColumnGuess, guess_column
from core.survey.labels import label_key
from core.survey.readers.survey_file import SEPARATOR, SurveyFile
from core.survey.refusals import find_refusals
from core.survey.scales import order_options


def describe_guess(guess: ColumnGuess, cells: pd.Series, file: SurveyFile) -> ColumnGuess:
    """Column guess with the wording, options, type and declared missing answers of the file.

    Parameters
    ----------
    guess
        From the answers alone.
    cells
        The column.
    file
        Its mappings are empty where the file says nothing.
    """
    column = guess.column
    guess = replace(guess, wording=file.wording.get(column, ""))
    options, declared = file.options.get(column, ()), file.refusals.get(column, ())
    kind = file.types.get(column)
    if kind is QuestionType.MULTI:
        return _multi(guess, options)
    if options:
        return _closed(guess, options, declared, kind)
    if declared:
        return _without_declared(guess, cells, declared)
    if kind is QuestionType.ORDINAL and guess.type is QuestionType.SINGLE:
        return replace(guess, type=kind)
    return guess


def _multi(guess: ColumnGuess, options: tuple[str, ...]) -> ColumnGuess:
    parts: Counter[str] = Counter()
    for cell, count in guess.counts.items():
        if cell != NOTHING_TICKED:
            parts.update({part.strip(): count for part in cell.split(SEPARATOR.strip()) if part.strip()})
    options = (*options, *(part for part in parts if part not in options))
    if not options:
        return replace(guess, type=None, reason="no answers")
    return replace(
        guess,
        type=QuestionType.MULTI,
        options=options,
        range=None,
        refusals=(),
        separator=SEPARATOR,
        reason="",
    )


def _closed(
    guess: ColumnGuess, options: tuple[str, ...], declared: tuple[str, ...], kind: QuestionType | None
) -> ColumnGuess:
    """Options as listed, then answers found beside them, then those without substance."""
    if not guess.counts:
        return guess
    keys = {label_key(option) for option in options}
    listed = (*options, *(cell for cell in guess.counts if label_key(cell) not in keys))
    refusals = tuple(dict.fromkeys((*find_refusals(listed), *declared)))
    substantive = [option for option in listed if option not in refusals]
    if len(substantive) < 2:
        refusals, substantive = (), list(listed)
    if len(listed) < 2:
        return guess
    if kind is None:
        kind = QuestionType.ORDINAL if order_options(substantive) else QuestionType.SINGLE
    return replace(
        guess,
        type=kind,
        options=(*substantive, *refusals),
        range=None,
        refusals=refusals,
        separator=None,
        reason="",
    )


def _without_declared(guess: ColumnGuess, cells: pd.Series, declared: tuple[str, ...]) -> ColumnGuess:
    """Guess again from the substantive answers; those declared missing are added."""
    again = guess_column(cells[~cells.isin(declared)])
    if again.type is None:
        return guess
    refusals = tuple(dict.fromkeys((*again.refusals, *declared)))
    options = again.options
    if again.type is not QuestionType.NUMERIC:
        options = (*(option for option in options if option not in refusals), *refusals)
    return replace(again, counts=guess.counts, options=options, refusals=refusals, wording=guess.wording)
