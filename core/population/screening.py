"""Screeners: who qualifies for the study, and how many of the people do (the incidence)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from core.errors import MarginalsError
from core.survey.codebook import Item, Question, QuestionType
from core.survey.respondents import SurveyData

_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)?\s*\.\.\s*(-?\d+(?:\.\d+)?)?")


class Frame(StrEnum):
    """Whom the targets describe when there is a screener."""

    EVERYBODY = "everybody"
    QUALIFIED = "qualified"


@dataclass(frozen=True)
class Screener:
    """Conditions that people have to meet, all of them.

    Attributes
    ----------
    conditions
        Column of a demographic or question -> accepted answers, one of which is enough. A numeric question
        also takes a range ``"10..20"``, ``"..20"`` or ``"10.."``, both ends included. For "select all that
        apply" it is enough that one of the options was selected.
    frame
        Whether the targets describe everybody, so that the qualified keep whatever shares follow, or only
        the qualified.
    """

    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    frame: Frame = Frame.EVERYBODY

    def qualified(self, data: SurveyData) -> np.ndarray:
        """Mask of the respondents who meet every condition, shape (n,); who did not answer does not.

        Raises
        ------
        MarginalsError
            If a column or answer is unknown, or nobody qualifies.
        """
        found = np.ones(len(data), dtype=bool)
        for column, accepted in self.conditions.items():
            found &= _meets(data, column, accepted)
        if not data.weights[found].sum() > 0:
            raise MarginalsError(
                "No respondent qualifies.", where="screener", got=str(self), fix="Accept more answers."
            )
        return found

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def __str__(self) -> str:
        return "; ".join(f"{column}: {' or '.join(answers)}" for column, answers in self.conditions.items())


def _meets(data: SurveyData, column: str, accepted: tuple[str, ...]) -> np.ndarray:
    if not accepted:
        raise MarginalsError(
            "No answer is accepted.", where=f"screener, {column}", fix="Accept one, or remove the condition."
        )
    demographic = next((d for d in data.codebook.demographics if column in (d.column, d.label)), None)
    if demographic is not None:
        _check(column, accepted, demographic.options)
        return data.profiles[demographic.column].isin(accepted).to_numpy(dtype=bool)
    question = next((q for q in data.codebook.questions if q.column == column), None)
    if question is None:
        known = [d.column for d in data.codebook.demographics] + [q.column for q in data.codebook.questions]
        raise MarginalsError(
            "There is no such column.", where="screener", got=column, fix=f"Use one of: {', '.join(known)}."
        )
    if question.type is QuestionType.MULTI:
        return _selects(data, question, accepted)
    (item,) = question.items
    positions = _positions(question, item.answers, accepted)
    return np.isin(data.answers[item.key].to_numpy(), positions)


def _selects(data: SurveyData, question: Question, accepted: tuple[str, ...]) -> np.ndarray:
    _check(question.column, accepted, question.options)
    keys = [item.key for item in question.items if item.part in accepted]
    return (data.answers[keys] == Item.SELECTED).any(axis=1).to_numpy()


def _positions(question: Question, answers: tuple[str, ...], accepted: tuple[str, ...]) -> list[int]:
    positions: list[int] = []
    for text in accepted:
        span = _RANGE.fullmatch(text.strip()) if question.type is QuestionType.NUMERIC else None
        if span:
            low, high = float(span[1] or "-inf"), float(span[2] or "inf")
            positions += [i for i, value in enumerate(question.grid) if low <= value <= high]
        else:
            _check(question.column, (text,), answers)
            positions.append(answers.index(text))
    return positions


def _check(column: str, accepted: tuple[str, ...], options: tuple[str, ...]) -> None:
    unknown = next((text for text in accepted if text not in options), None)
    if unknown is not None:
        shown = ", ".join(options[:12]) + (" …" if len(options) > 12 else "")
        raise MarginalsError(
            "The screener accepts an answer that does not exist.",
            where=f"screener, {column}",
            got=unknown,
            fix=f"Use one of: {shown}.",
        )
