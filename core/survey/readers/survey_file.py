"""Survey file as read: the answers as text, and everything the file says about its columns.

Readers only ever add to what is known (wording, options in order, rows that may be removed); the
uploaded bytes stay as they are, and everything decided on the way is listed in `decisions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.readers.choices import ReadingChoices, ReadingDecision
from core.survey.readers.file_format import FileFormat

SEPARATOR = " | "
"""Between the options ticked in one cell of a combined multi-select."""
NONE_SELECTED = "(none selected)"
"""Cell of a respondent who was asked a multi-select and ticked nothing."""


class RemovableKind(StrEnum):
    """Reason to take a row out: preview, test, spam and the like."""

    PREVIEW = "preview"
    TEST = "test"
    SPAM = "spam"
    PARTIAL = "partial"


@dataclass(frozen=True)
class RemovableRows:
    """Rows offered for removal; they stay in the table until the user says so.

    Attributes
    ----------
    kind
        Which kind of rows, to name them in `importing.draft_survey`.
    reason
        One sentence for the user, with the number of rows.
    rows
        Their positions in the table, ascending; shape (n_rows,).
    """

    kind: RemovableKind
    reason: str
    rows: np.ndarray


@dataclass(frozen=True)
class ColumnGroup:
    """Columns that belong to one question.

    Attributes
    ----------
    name
        Column name of the question once its columns are combined.
    wording
        The question as it was asked.
    columns, labels
        One column and one option per member, in file order.
    """

    name: str
    wording: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ColumnNotes:
    """What a file says about its columns beyond their names; each mapping is by column name.

    Attributes
    ----------
    wording
        The question, or the label of the variable.
    options
        The options in the order of the questionnaire; those nobody chose are listed too.
    types
        How the question is answered, where the file says so.
    refusals
        The options that are declared missing ("Refused", "Not asked") but kept as answers.
    groups
        Columns known to be one "select all that apply" question.
    """

    wording: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, QuestionType] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: tuple[ColumnGroup, ...] = ()


@dataclass(frozen=True)
class SurveyFile:
    """A survey file as read, before anyone says what its columns mean.

    Attributes
    ----------
    name
        File name; shown, never used as a path.
    format
        The recognised or chosen shape.
    table
        One row per respondent, dtype ``str``, an empty cell is missing. The options ticked in a
        combined multi-select stand in one cell, separated by `SEPARATOR`.
    encoding, delimiter
        Of a text file, else None.
    wording, options, types, refusals
        As in `ColumnNotes`, by column of `table`.
    combined
        Combined multi-selects and the columns of the file they were made of.
    removable
        Rows offered for removal; all of them are still in `table`.
    decisions
        What was decided, in the order it was decided.
    raw, companion
        The file and its .qsf (None without one), byte for byte.
    choices
        What overrode the recognition.
    sheet, sheets
        The sheet that was read and all sheets of a workbook.
    header_rows
        Rows of the file above the first respondent.
    """

    name: str
    format: FileFormat
    table: pd.DataFrame
    encoding: str | None = None
    delimiter: str | None = None
    wording: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    types: Mapping[str, QuestionType] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    combined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removable: tuple[RemovableRows, ...] = ()
    decisions: tuple[ReadingDecision, ...] = ()
    raw: bytes = field(default=b"", repr=False)
    companion: bytes | None = field(default=None, repr=False)
    choices: ReadingChoices = ReadingChoices()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_rows: int = 0

    @property
    def recognised(self) -> ReadingChoices:
        """The choices that read the same bytes the same way again, with nothing left to be recognised."""
        return replace(
            self.choices,
            format=str(self.format),
            encoding=self.encoding,
            delimiter=self.delimiter,
            sheet=self.sheet,
        )
