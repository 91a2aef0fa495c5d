"""Cells of one checkbox column: ticked, not ticked, or nothing.

Platforms write a tick as 1, "Yes", "Checked" or as the option itself, and its absence as 0,
"Not selected" or an empty cell. An empty cell beside explicit "not ticked" cells means that the
question was not asked.
"""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from core.survey.labels import distinct_texts, label_key

_NOT_TICKED = frozenset(
    (
        "0",
        "0.0",
        "false",
        "falsch",
        "unchecked",
        "not selected",
        "not checked",
        "not chosen",
        "unselected",
        "nicht gewählt",
        "nicht ausgewählt",
        "no seleccionado",
        "not quoted",
    )
)
_TICKED = frozenset(
    (
        "1",
        "1.0",
        "true",
        "wahr",
        "x",
        "✓",
        "✔",
        "yes",
        "y",
        "ja",
        "j",
        "sí",
        "si",
        "checked",
        "selected",
        "chosen",
        "gewählt",
        "ausgewählt",
        "seleccionado",
        "quoted",
    )
)
_NOT_ASKED = frozenset(("na", "n/a", "#n/a", "nan"))


class TickStyle(StrEnum):
    """How a tick is written."""

    FLAG = "flag"
    LABEL = "label"
    NEVER = "never"
    WRITTEN = "written"


@dataclass(frozen=True)
class Ticks:
    """Reading of one checkbox column.

    Attributes
    ----------
    style
        A mark such as 1, the option's own text, no tick at all, or any text (of a write-in).
    marks
        The cells that mean ticked.
    blanks
        The cells that mean not ticked; an empty cell is not among them.
    label
        The option's text where the cells hold it, else "".
    always
        Whether every respondent has the tick: then it may just as well be another kind of answer.
    """

    style: TickStyle
    marks: frozenset[str]
    blanks: frozenset[str]
    label: str = ""
    always: bool = False


def read_ticks(column: pd.Series) -> Ticks | None:
    """How the cells of a column are ticks, or None when they are answers of another kind.

    Examples
    --------
    >>> ticks = read_ticks(pd.Series(["Not selected", "Pop culture"]))
    >>> ticks.style.value, ticks.label
    ('label', 'Pop culture')
    >>> read_ticks(pd.Series(["Yes", "No"])) is None
    True
    """
    cells = distinct_texts(column)[:5]
    words = {cell: label_key(cell).lower() for cell in cells}
    words = {cell: word for cell, word in words.items() if word}
    blanks = frozenset(cell for cell, word in words.items() if word in _NOT_TICKED)
    marks = {cell for cell, word in words.items() if word not in _NOT_TICKED and word not in _NOT_ASKED}
    if len({words[cell] for cell in marks}) > 1 or len(cells) > 4:
        return None
    if not marks:
        return Ticks(TickStyle.NEVER, frozenset(), blanks)
    mark = min(marks)
    always = len(words) == len(cells) == len(marks) and not column.isna().any()
    if words[mark] in _TICKED:
        return Ticks(TickStyle.FLAG, frozenset(marks), blanks, always=always)
    return Ticks(TickStyle.LABEL, frozenset(marks), blanks, label_key(mark), always)


def read_written(column: pd.Series) -> Ticks:
    """Any text in the column is a tick: the column behind "Other (please specify)"."""
    cells = frozenset(cell for cell in distinct_texts(column) if label_key(cell))
    written = frozenset(cell for cell in cells if label_key(cell).lower() not in _NOT_ASKED | _NOT_TICKED)
    return Ticks(TickStyle.WRITTEN, written, frozenset())
