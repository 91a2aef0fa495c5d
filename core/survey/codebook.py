"""The codebook: what each column of a survey means and which answers are legal.

A codebook is plain frozen data. `Codebook.from_dict` and `Codebook.to_dict` are inverse to each
other and keep every key they do not know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from core.errors import CodebookError
from core.survey.questions import Demographic, Item, Question, QuestionType, band_labels
from core.survey.questions import format_number as format_number


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

    @property
    def entries(self) -> tuple[Demographic | Question, ...]:
        """Demographics, then questions: all that is asked of a respondent."""
        return (*self.demographics, *self.questions)

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

    def demographic(self, name: str, where: str = "codebook") -> Demographic:
        """The demographic stored in column `name`, or else labelled so.

        Parameters
        ----------
        name
            Its column or its label.
        where
            Where the name was given, for the message.

        Raises
        ------
        CodebookError
            If there is none; names the closest and all there are.
        """
        for key in ("column", "label"):
            for demographic in self.demographics:
                if getattr(demographic, key) == name:
                    return demographic
        raise no_such_demographic(name, [d.column for d in self.demographics], where)

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


def no_such_demographic(name: str, known: Iterable[str], where: str) -> CodebookError:
    """The error for a name that is none of the `known` columns of demographics.

    >>> print(no_such_demographic("six", ["age", "area"], "filter"))
    There is no such demographic. Where: filter. Got: six. What to do: Use one of: age, area.
    """
    return CodebookError(
        "There is no such demographic.", where=where, got=name, fix=suggest(name, list(map(str, known)))
    )


def suggest(name: str, known: Sequence[str]) -> str:
    """What to do about a name that is not known: the closest, and all that are.

    >>> suggest("colour", ["color", "size"])
    'Did you mean "color"? Use one of: color, size.'
    """
    close = get_close_matches(name, known, n=1)
    start = f'Did you mean "{close[0]}"? ' if close else ""
    return start + "Use one of: " + ", ".join(known) + "."


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
        kind = QuestionType(str(entry.get("type")))
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
