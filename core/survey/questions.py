"""Demographics and questions: how each is answered, and which answers are legal.

A question is scored through its `Item`s: one for a single-choice, ordinal or numeric question, one yes/no
item per option for "select all that apply".
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

MAX_GRID = 201
"""Numeric questions with more whole numbers than this in their range use a coarser grid."""
YES_NO = ("Yes", "No")
_LEADING = re.compile(r"\s*\d+(?![\d.,])")
"""A whole number that a label starts with."""


class QuestionType(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"
    MULTI = "multi"


@dataclass(frozen=True)
class Demographic:
    """Demographic: a background variable that describes a respondent.

    `options` are the ordered legal values. A numeric one has `bands`, the lower bounds of its
    bands (``(18, 30, 45)`` gives "18-29", "30-44", "45+"), and its options are the band labels.
    """

    column: str
    label: str
    options: tuple[str, ...]
    ordinal: bool = False
    non_substantive: tuple[str, ...] = ()
    bands: tuple[float, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One thing a respondent gives exactly one legal answer to.

    Attributes
    ----------
    key
        The question's column, or ``column#i`` for option ``i`` of a multi-select.
    column, text, type
        Of the question it belongs to.
    part
        The option asked about in a multi-select, else None.
    answers
        Legal answers in codebook order, K of them.
    values
        Shape (K,): rank of each substantive ordinal option (0, 1, ...), the number itself for a
        numeric question, 1/0 for a multi-select part; NaN where arithmetic has no meaning.
    """

    SELECTED: ClassVar[int] = 0
    """Position among `answers` of "yes, this option of a multi-select is selected"."""
    NOT_SELECTED: ClassVar[int] = 1

    key: str
    column: str
    text: str
    type: QuestionType
    part: str | None
    answers: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def is_ordered(self) -> bool:
        """Whether distances between the answers mean something."""
        return self.type in (QuestionType.ORDINAL, QuestionType.NUMERIC)

    @cached_property
    def value_array(self) -> np.ndarray:
        """`values` as a float array, shape (K,)."""
        return np.array(self.values, dtype=float)

    @cached_property
    def first_number(self) -> int | None:
        """Number of the lowest step of a scale whose labels carry consecutive numbers, None of other scales.

        >>> labels = ("0 - Not at all likely", "1", "2 - Very likely", "Don't know")
        >>> Question("q", "Q", QuestionType.ORDINAL, labels, None, ("Don't know",)).items[0].first_number
        0
        >>> Question("q", "Q", QuestionType.ORDINAL, ("18-29", "30-44", "45+")).items[0].first_number is None
        True
        """
        ordinal = self.type is QuestionType.ORDINAL
        steps = np.flatnonzero(np.isfinite(self.value_array)) if ordinal else ()
        found = [_LEADING.match(self.answers[i]) for i in steps]
        numbers = [int(number.group()) for number in found if number]
        if len(numbers) < 2 or numbers != [numbers[0] + i for i in range(len(steps))]:
            return None
        return numbers[0]

    @cached_property
    def scale_points(self) -> np.ndarray:
        """Numbers a mean is taken of, shape (K,): `value_array`, a scale counted as labelled or from 1."""
        if self.type is not QuestionType.ORDINAL:
            return self.value_array
        return self.value_array + (1 if self.first_number is None else self.first_number)


@dataclass(frozen=True)
class Question:
    """One question; `separator` stands between its ticked options, where it is not the codebook's."""

    column: str
    text: str
    type: QuestionType
    options: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    non_substantive: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    separator: str = ""

    @cached_property
    def grid(self) -> tuple[float, ...]:
        """Legal numbers of a numeric question: every whole number of the range, or about 100 steps."""
        if self.range is None:
            return ()
        low, high = self.range
        step = 1.0
        if high - low + 1 > MAX_GRID:
            step = _nice_step((high - low) / 100)
        count = math.floor((high - low) / step + 1e-9) + 1
        return tuple(float(low + i * step) for i in range(count))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The scored items of this question, see `Item`."""
        if self.type is QuestionType.MULTI:
            return tuple(
                Item(f"{self.column}#{i}", self.column, self.text, self.type, option, YES_NO, (1.0, 0.0))
                for i, option in enumerate(self.options)
            )
        if self.type is QuestionType.NUMERIC:
            answers = tuple(format_number(v) for v in self.grid) + self.non_substantive
            values = self.grid + (math.nan,) * len(self.non_substantive)
        else:
            answers = self.options
            values = tuple(self._ranks())
        return (Item(self.column, self.column, self.text, self.type, None, answers, values),)

    def _ranks(self) -> list[float]:
        rank, ranks = 0, []
        for option in self.options:
            substantive = self.type is QuestionType.ORDINAL and option not in self.non_substantive
            ranks.append(float(rank) if substantive else math.nan)
            rank += substantive
        return ranks


def format_number(value: float) -> str:
    """The text of a legal number: ``format_number(57.0) == "57"``, ``format_number(2.5) == "2.5"``."""
    return f"{value:.10g}"


def band_labels(bands: tuple[float, ...]) -> tuple[str, ...]:
    """Labels of the bands with these lower bounds: ``(18, 30)`` gives ``("18-29", "30+")``."""
    whole = all(float(b).is_integer() for b in bands)
    labels = []
    for low, high in zip(bands, bands[1:], strict=False):
        top = format_number(high - 1) if whole else f"<{format_number(high)}"
        labels.append(format_number(low) if top == format_number(low) else f"{format_number(low)}-{top}")
    return (*labels, f"{format_number(bands[-1])}+")


def _nice_step(step: float) -> float:
    scale = 10.0 ** math.floor(math.log10(step))
    return next(m * scale for m in (1, 2, 5, 10) if m * scale >= step * (1 - 1e-9))
