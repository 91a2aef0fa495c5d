"""The codebook: what each column of a survey means and which answers are legal.

A codebook is plain frozen data. `Codebook.from_dict` and `Codebook.to_dict` are inverse to each
other and keep every key they do not know. A question is scored through its `Item`s: one for a
single-choice, ordinal or numeric question, one yes/no item per option for "select all that apply".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from core.errors import CodebookError

MAX_GRID = 201
"""Numeric questions with more whole numbers than this in their range use a coarser grid."""
YES_NO = ("Yes", "No")


class QuestionType(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    ORDINAL = "ordinal"
    NUMERIC = "numeric"
    MULTI = "multi"


@dataclass(frozen=True)
class Demographic:
    """A background field used to describe a respondent.

    `options` are the ordered legal values. A numeric field has `bands`, the lower bounds of its
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
    def codes(self) -> np.ndarray:
        """`values` as a float array, shape (K,)."""
        return np.array(self.values, dtype=float)


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


@dataclass(frozen=True)
class Codebook:
    """Everything known about a survey's columns."""

    title: str
    demographics: tuple[Demographic, ...]
    questions: tuple[Question, ...]
    weight_column: str | None = None
    split_column: str | None = None
    id_column: str | None = None
    multi_separator: str = " | "
    multi_none: str = "(none selected)"
    extra: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All scored items, in questionnaire order."""
        return tuple(item for question in self.questions for item in question.items)

    def question(self, column: str) -> Question:
        """The question stored in `column`.

        Raises
        ------
        CodebookError
            If no question has that column.
        """
        for question in self.questions:
            if question.column == column:
                return question
        raise CodebookError(
            "There is no such question.",
            where="codebook",
            got=column,
            fix="Use one of: " + ", ".join(q.column for q in self.questions),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Codebook":
        """Read the `codebook.json` contract; unknown keys are kept in `extra`.

        Raises
        ------
        CodebookError
            If a required key is missing, a type is unknown, or options are absent or repeated.
        """
        if not isinstance(data, Mapping):
            raise CodebookError("The codebook is not a JSON object.", got=type(data).__name__)
        known = {
            "title", "demographics", "questions", "weight_column", "split_column", "id_column",
            "multi_separator", "multi_none",
        }  # fmt: skip
        codebook = cls(
            title=str(data.get("title") or "Untitled survey"),
            demographics=tuple(_demographic(d, i) for i, d in _entries(data, "demographics")),
            questions=tuple(_question(q, i) for i, q in _entries(data, "questions")),
            weight_column=data.get("weight_column") or None,
            split_column=data.get("split_column") or None,
            id_column=data.get("id_column") or None,
            multi_separator=data.get("multi_separator") or " | ",
            multi_none=data.get("multi_none") or "(none selected)",
            extra={k: v for k, v in data.items() if k not in known},
        )
        _check_columns_differ(codebook)
        return codebook

    def to_dict(self) -> dict[str, Any]:
        """The `codebook.json` contract; `from_dict(to_dict())` gives an equal codebook."""
        return {
            **self.extra,
            "title": self.title,
            "weight_column": self.weight_column,
            "split_column": self.split_column,
            "id_column": self.id_column,
            "multi_separator": self.multi_separator,
            "multi_none": self.multi_none,
            "demographics": [
                {
                    **d.extra,
                    "column": d.column,
                    "label": d.label,
                    "options": list(d.options),
                    "ordinal": d.ordinal,
                    "non_substantive_options": list(d.non_substantive),
                    **({"bands": list(d.bands)} if d.bands else {}),
                }
                for d in self.demographics
            ],
            "questions": [
                {
                    **q.extra,
                    "column": q.column,
                    "text": q.text,
                    "type": str(q.type),
                    "options": list(q.options) or None,
                    "range": list(q.range) if q.range else None,
                    "non_substantive_options": list(q.non_substantive),
                    **({"multi_separator": q.separator} if q.separator else {}),
                }
                for q in self.questions
            ],
        }

    def to_publish(self) -> dict[str, Any]:
        """`to_dict` without how the file was read and who and what was left out of it."""
        private = ("reading", "dropped_rows", "ignored", "notes")
        return {key: value for key, value in self.to_dict().items() if key not in private}


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


def _entries(data: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    entries = data.get(key)
    if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
        raise CodebookError(
            f'The codebook needs a list called "{key}".',
            where="codebook.json",
            got=type(entries).__name__,
            fix=f'Add "{key}": [{{"column": …}}, …].',
        )
    return list(enumerate(entries))


def _column(entry: Mapping[str, Any], where: str) -> str:
    column = entry.get("column")
    if not isinstance(column, str) or not column:
        raise CodebookError("An entry has no column name.", where=where, got=column, fix='Add "column".')
    return column


def _labels(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    labels = entry.get(key) or []
    if not isinstance(labels, list):
        raise CodebookError(f'"{key}" must be a list.', where=where, got=labels)
    labels = tuple(str(label) for label in labels)
    repeated = sorted({label for label in labels if labels.count(label) > 1})
    if repeated:
        raise CodebookError(
            f'"{key}" names the same option twice.', where=where, got=repeated, fix="Remove the repeat."
        )
    return labels


def _demographic(entry: Mapping[str, Any], index: int) -> Demographic:
    column = _column(entry, f"demographics[{index}]")
    bands = tuple(float(b) for b in entry.get("bands") or ())
    known = {"column", "label", "options", "ordinal", "non_substantive_options", "bands"}
    options = _labels(entry, "options", column)
    return Demographic(
        column=column,
        label=str(entry.get("label") or column),
        options=options or (band_labels(bands) if bands else ()),
        ordinal=bool(entry.get("ordinal")),
        non_substantive=_labels(entry, "non_substantive_options", column),
        bands=bands,
        extra={k: v for k, v in entry.items() if k not in known},
    )


def _question(entry: Mapping[str, Any], index: int) -> Question:
    column = _column(entry, f"questions[{index}]")
    try:
        kind = QuestionType(entry.get("type"))
    except ValueError:
        raise CodebookError(
            "A question has an unknown type.",
            where=column,
            got=entry.get("type"),
            fix="Use single, ordinal, numeric or multi.",
        ) from None
    options = _labels(entry, "options", column)
    non_substantive = _labels(entry, "non_substantive_options", column)
    if kind is QuestionType.NUMERIC:
        limits = entry.get("range")
        if not isinstance(limits, list | tuple) or len(limits) != 2 or not limits[0] < limits[1]:
            raise CodebookError(
                "A numeric question needs a range.",
                where=column,
                got=limits,
                fix='For example "range": [0, 100].',
            )
        limits = (float(limits[0]), float(limits[1]))
    else:
        limits = None
        if len(options) < (1 if kind is QuestionType.MULTI else 2):
            raise CodebookError(
                "A question has too few options.",
                where=column,
                got=list(options),
                fix='List them under "options".',
            )
    known = {"column", "text", "type", "options", "range", "non_substantive_options", "multi_separator"}
    return Question(
        column=column,
        text=str(entry.get("text") or column),
        type=kind,
        options=options if kind is not QuestionType.NUMERIC else (),
        range=limits,
        non_substantive=non_substantive,
        extra={k: v for k, v in entry.items() if k not in known},
        separator=str(entry.get("multi_separator") or ""),
    )


def _check_columns_differ(codebook: Codebook) -> None:
    columns = [d.column for d in codebook.demographics] + [q.column for q in codebook.questions]
    repeated = sorted({c for c in columns if columns.count(c) > 1})
    if repeated:
        raise CodebookError(
            "A column is described twice.",
            where="codebook.json",
            got=repeated,
            fix="Keep one entry per column.",
        )
