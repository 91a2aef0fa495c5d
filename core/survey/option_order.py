"""The answer options of one column: their order, which are not on the scale, and how often each was given."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.coding import code_answers, code_profiles


def with_options(
    codebook: Codebook, column: str, options: Sequence[str], non_substantive: Sequence[str]
) -> Codebook:
    """The codebook with other options of one column: their order, and which are not on the scale.

    Raises
    ------
    CodebookError
        If an option is empty or named twice.
    """

    def changed(entry: dict[str, Any]) -> dict[str, Any]:
        if entry["column"] != column:
            return entry
        return entry | {"options": list(options), "non_substantive_options": list(non_substantive)}

    if not all(option.strip() for option in options):
        raise CodebookError("An option is empty.", where=f'column "{column}"', fix="Name it or leave it out.")
    book = codebook.to_dict()
    return Codebook.from_dict(
        book | {part: [changed(e) for e in book[part]] for part in ("demographics", "questions")}
    )


def orderable_columns(codebook: Codebook) -> dict[str, str]:
    """Columns whose answers are options in an order of their own, with their wording; scales first."""
    entries: list[tuple[Demographic | Question, bool, str]]
    entries = [(d, d.ordinal, d.label) for d in codebook.demographics if not d.bands]
    entries += [(q, q.type is QuestionType.ORDINAL, q.text) for q in codebook.questions if q.options]
    entries.sort(key=lambda found: not found[1])
    return {entry.column: text for entry, _, text in entries}


def answer_counts(
    table: pd.DataFrame, codebook: Codebook, column: str, numbers: np.ndarray | None = None
) -> list[int]:
    """How many respondents gave each option of a column, in the codebook's order.

    Parameters
    ----------
    table, codebook, numbers
        As for `coding.code_answers`.

    Raises
    ------
    CodebookError
        If an answer is not among the options.
    """
    if any(d.column == column for d in codebook.demographics):
        only = replace(codebook, demographics=tuple(d for d in codebook.demographics if d.column == column))
        counts = code_profiles(table, only, numbers)[column].value_counts()
        return [int(counts.get(option, 0)) for option in only.demographics[0].options]
    question = codebook.question(column)
    answers = code_answers(table, replace(codebook, questions=(question,)), numbers)
    if question.type is QuestionType.MULTI:
        return [int((answers[item.key] == item.SELECTED).sum()) for item in question.items]
    return [int((answers[column] == code).sum()) for code in range(len(question.options))]
