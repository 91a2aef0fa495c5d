"""What a reader hands on: the answers as text, and everything the file says about its columns.

Readers only ever add to what is known (wording, options in order, rows that may be removed); the
uploaded bytes stay as they are, and every choice made on the way is a sentence in `decisions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from core.survey.codebook import QuestionType

SEPARATOR = " | "
"""Between the options ticked in one cell of a combined multi-select."""
NONE_SELECTED = "(none selected)"
"""Cell of a respondent who was asked a multi-select and ticked nothing."""


class FileFormat(StrEnum):
    """The shapes of survey files that are told apart."""

    CSV = "csv"
    QUALTRICS = "qualtrics"
    QUALTRICS_LEGACY = "qualtrics_legacy"
    SURVEYMONKEY = "surveymonkey"
    GOOGLE_FORMS = "google_forms"
    SPSS = "spss"
    STATA = "stata"
    EXCEL = "excel"
    PARQUET = "parquet"

    @property
    def title(self) -> str:
        """The name shown to people: ``FileFormat.SPSS.title == "SPSS file (.sav)"``."""
        return _TITLES[self]


_TITLES = {
    FileFormat.CSV: "Table with one header row",
    FileFormat.QUALTRICS: "Qualtrics export",
    FileFormat.QUALTRICS_LEGACY: "Qualtrics export (legacy, two header rows)",
    FileFormat.SURVEYMONKEY: "SurveyMonkey export (two header rows)",
    FileFormat.GOOGLE_FORMS: "Google Forms responses",
    FileFormat.SPSS: "SPSS file (.sav)",
    FileFormat.STATA: "Stata file (.dta)",
    FileFormat.EXCEL: "Excel workbook with one header row",
    FileFormat.PARQUET: "Parquet file",
}


class RowKind(StrEnum):
    """Why a row may not be an answer anyone wants to learn from."""

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

    kind: RowKind
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
        Rows offered for removal.
    decisions
        Sentences that say what was decided, in the order it was decided.
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
    decisions: tuple[str, ...] = ()
