"""What a user should know about an imported survey before trusting it."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, QuestionType
from core.survey.labels import parse_number
from core.survey.respondents import SurveyData
from core.survey.weights import weighting_efficiency

SMALL_BASE = 100
"""Below this many respondents the draft warns that little can be learned or tested."""


def find_warnings(table: pd.DataFrame, data: SurveyData, guessed: bool) -> Iterator[str]:
    """Sentences about the imported survey; none of them stops the import.

    Parameters
    ----------
    table
        The file as text.
    data
        The respondents built from it.
    guessed
        Whether the codebook was inferred: then unused options cannot exist, but columns may be left out.
    """
    book = data.codebook
    if len(data) < SMALL_BASE:
        yield f"Only {len(data)} respondents: too few to learn much from or to test on."
    silent = int((data.answers.to_numpy() < 0).all(axis=1).sum())
    if silent:
        yield f"{silent} of {len(data)} respondents answered no question."
    if book.id_column and table[book.id_column].duplicated().any():
        count = int(table[book.id_column].duplicated().sum())
        yield f'Column "{book.id_column}" repeats {count} identifiers; their rows stay in the same split.'
    efficiency = weighting_efficiency(data.weights)
    if efficiency < 0.5:
        yield f"The weights leave an effective base of {efficiency:.0%} of the respondents."
    if not guessed:
        yield from _unused_options(data)
    yield from _rounding(table, book)
    yield from book.extra.get("notes", ()) if guessed else ()
    ignored = [str(entry["column"]) for entry in book.extra.get("ignored", ())] if guessed else []
    if ignored:
        more = "…" if len(ignored) > 8 else ""
        yield f"{len(ignored)} columns are left out: {', '.join(ignored[:8])}{more}."
    if table.iloc[:2].apply(lambda c: c.str.contains("ImportId", na=False)).to_numpy().any():
        yield "This looks like a Qualtrics export: its second and third header rows count as respondents."


def _rounding(table: pd.DataFrame, codebook: Codebook) -> Iterator[str]:
    """Numeric questions whose answers lie between the steps that are scored."""
    for question in codebook.questions:
        if question.type is QuestionType.NUMERIC:
            numbers = table[question.column].dropna().map(parse_number).dropna().to_numpy(dtype=float)
            grid = np.array(question.grid)
            steps = (numbers - grid[0]) / (grid[1] - grid[0])
            off = int((np.abs(steps - np.round(steps)) > 1e-9).sum())
            if off:
                step = grid[1] - grid[0]
                yield f'{off} answers to "{question.column}" are rounded to steps of {step:g}.'


def _unused_options(data: SurveyData) -> Iterator[str]:
    unused = [
        f"{item.part or item.answers[code]!r} ({item.column})"
        for item in data.items
        if item.type is not QuestionType.NUMERIC
        for code in ([0] if item.part else range(len(item.answers)))
        if not (data.answers[item.key] == code).any()
    ]
    if unused:
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        yield f"Options nobody chose: {', '.join(unused[:5])}{more}."
