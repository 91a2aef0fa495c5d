"""Import: survey file, then draft (file and codebook), then respondents (`SurveyData`).

`read_file` reads the file, `draft_file` takes or guesses the codebook, so that the user can look at both and
change them; `build_survey` turns the confirmed draft into coded respondents. The raw bytes travel with the
draft and the codebook says how they were read: a survey can always be built again from the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FileError
from core.survey.codebook import Codebook
from core.survey.coding import code_answers, code_profiles
from core.survey.fitting import (
    check_codebook,
    described_columns,
    match_columns,
    name_identifier,
    read_codebook,
)
from core.survey.flags import find_warnings
from core.survey.inference import guess_codebook
from core.survey.readers.choices import ReadingChoices, ReadingDecision
from core.survey.readers.file_format import FileFormat
from core.survey.readers.recorded import READING, record_reading, recorded_choices
from core.survey.readers.survey_file import RemovableRows, SurveyFile
from core.survey.reading import read_survey_file, row_number
from core.survey.respondents import SurveyData, distinct_ids
from core.survey.splits import draw_split, read_split
from core.survey.taken_out import dropped_rows
from core.survey.weights import scale_weights

Given = bytes | str | Mapping[str, Any] | Codebook | None
"""A codebook as the `codebook.json` contract in any form; None to guess it."""


@dataclass(frozen=True)
class SurveyDraft:
    """A survey before it is saved.

    Attributes
    ----------
    name
        What the survey is called in the app.
    source_name
        Name of the uploaded file; shown, never used as a path.
    table
        The respondents as text, one row each.
    codebook
        What its columns mean; the user may replace it before `build_survey`. `extra["reading"]` holds how
        the file was read.
    guessed
        Whether the codebook was inferred from the file.
    warnings
        Sentences about what the user should know; none of them stops the import.
    raw, companion
        The file and its .qsf (None without one), byte for byte.
    format
        The kind of file it was read as.
    decisions
        What was decided while reading.
    removable
        Kinds of rows of `table` that are offered for removal and still in it.
    rows
        Position of each respondent in the file as it was read, before any was taken out; shape (n,).
    header_rows
        Rows of the file above the first respondent.
    """

    name: str
    source_name: str
    table: pd.DataFrame
    codebook: Codebook
    guessed: bool
    warnings: tuple[str, ...]
    raw: bytes = field(repr=False)
    companion: bytes | None = field(default=None, repr=False)
    format: FileFormat = FileFormat.CSV
    decisions: tuple[ReadingDecision, ...] = ()
    removable: tuple[RemovableRows, ...] = ()
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int), repr=False)
    header_rows: int = 1

    @property
    def row_numbers(self) -> np.ndarray:
        """Row of each respondent as a spreadsheet shows the file, shape (n,)."""
        return row_number(self.rows, self.header_rows)


def draft_survey(
    content: bytes,
    source_name: str,
    codebook: Given = None,
    name: str | None = None,
    *,
    companion: bytes | None = None,
    choices: ReadingChoices | None = None,
) -> SurveyDraft:
    """Read a survey file with its codebook, or guess the codebook: `read_file`, then `draft_file`.

    Parameters
    ----------
    content, source_name, codebook, companion
        As for `read_file`.
    name
        As for `draft_file`.
    choices
        What overrides the recognition, on top of what the codebook says about it.

    Raises
    ------
    FileError, CodebookError
        As those two do.
    """
    given = _parsed(codebook)
    if choices is not None:
        choices = choices.over(_recorded_choices(given, content, source_name, companion))
    return draft_file(read_file(content, source_name, given, companion, choices), given, name)


def read_file(
    content: bytes,
    source_name: str,
    codebook: Given = None,
    companion: bytes | None = None,
    choices: ReadingChoices | None = None,
) -> SurveyFile:
    """Read a survey file the way its codebook says, or the way its user chose.

    Parameters
    ----------
    content, source_name
        The survey file, in any format `reading.read_survey_file` knows, and its name.
    codebook
        One that was exported says how its file was read. Columns named by one that does not are left as
        they are: not combined, split or recoded.
    companion
        The .qsf of a Qualtrics survey.
    choices
        What overrides the recognition, in place of what the codebook says.

    Raises
    ------
    FileError
        If the file is not a table of respondents, or its .qsf is missing.
    CodebookError
        If the codebook cannot be read.
    """
    given = _parsed(codebook)
    if choices is None:
        choices = _recorded_choices(given, content, source_name, companion)
    if given and given.extra.get(READING) is None:
        choices = choices.keeping(sorted(described_columns(given)))
    return read_survey_file(content, source_name, choices, companion)


def _recorded_choices(
    codebook: Codebook | None, content: bytes, source_name: str, companion: bytes | None
) -> ReadingChoices:
    recorded = codebook.extra.get(READING) if codebook else None
    return recorded_choices(recorded, content, source_name, companion)


def draft_file(file: SurveyFile, codebook: Given = None, name: str | None = None) -> SurveyDraft:
    """Take or guess the codebook of a file that was read, and look for problems.

    Parameters
    ----------
    file
        From `read_file`; the kinds of rows in its `choices.remove` are taken out, and so are respondents
        that the codebook says were taken out of this very file.
    codebook
        The same as for `read_file`.
    name
        Name of the survey; by default the codebook's title, or the file's name without its ending.

    Raises
    ------
    FileError
        If nobody is left.
    CodebookError
        If the codebook names a column that is not in the file, or does not list an answer that is in
        the file; without one, if no codebook can be guessed.
    """
    given = _parsed(codebook)
    recorded = given.extra.get(READING) if given else None
    # rows taken out are counted in the file as read: read as another format, they are other rows
    same_reading = isinstance(recorded, Mapping) and recorded.get("format") in (None, file.format)
    gone = dropped_rows(given, file.raw) if given and (recorded is None or same_reading) else frozenset()
    rows = _rows_kept(file, gone)
    table = file.table if len(rows) == len(file.table) else file.table.iloc[rows].reset_index(drop=True)
    stem = PurePath(file.name.replace("\\", "/")).stem or "Survey"
    if given is None:
        book = guess_codebook(table, name or stem, file)
    else:
        table, book = match_columns(table, given), given
        check_codebook(table, book)
        book = book if recorded else name_identifier(table, book)  # ours names the one the user wanted
    # (rows of the file,) position of each in `table`, -1 taken out: offers count rows of `table`
    position = np.full(len(file.table), -1)
    position[rows] = np.arange(len(rows))
    removed = [offer for offer in file.removable if offer.kind in file.choices.remove]
    offers = [
        replace(offer, rows=position[offer.rows][position[offer.rows] >= 0])
        for offer in file.removable
        if offer not in removed
    ]
    draft = SurveyDraft(
        name=name or book.title,
        source_name=file.name,
        table=table,
        codebook=replace(book, extra={**book.extra, READING: record_reading(file)}),
        guessed=given is None,
        warnings=(),
        raw=file.raw,
        companion=file.companion,
        format=file.format,
        decisions=(*file.decisions, *(ReadingDecision(f"Removed: {offer.reason}") for offer in removed)),
        removable=tuple(offer for offer in offers if len(offer.rows)),
        rows=rows,
        header_rows=file.header_rows,
    )
    warnings = find_warnings(table, build_survey(draft), draft.guessed)
    return replace(draft, warnings=tuple(warnings))


def _parsed(codebook: Given) -> Codebook | None:
    return codebook if codebook is None or isinstance(codebook, Codebook) else read_codebook(codebook)


def _rows_kept(file: SurveyFile, gone: frozenset[int]) -> np.ndarray:
    """Positions of the respondents that stay, ascending."""
    stays = np.ones(len(file.table), dtype=bool)
    stays[[row for row in gone if row < len(stays)]] = False
    removed = [offer for offer in file.removable if offer.kind in file.choices.remove]
    for offer in removed:
        stays[offer.rows] = False
    if not stays.any():
        raise FileError(
            "No respondents are left after removing rows.",
            where=file.name,
            got="; ".join(offer.reason for offer in removed),
            fix="Keep at least one kind of rows.",
        )
    return np.flatnonzero(stays)


def build_survey(draft: SurveyDraft, codebook: Codebook | None = None, seed: int = 0) -> SurveyData:
    """Code the draft's respondents.

    Parameters
    ----------
    draft
        From `draft_survey`.
    codebook
        The confirmed codebook; by default the draft's.
    seed
        Of the 70/10/20 split; ignored when the codebook names a split column.

    Returns
    -------
    SurveyData
        As many rows as the file has respondents, in the file's order.

    Raises
    ------
    CodebookError
        If the codebook does not fit the file, or a weight or split cannot be used.
    """
    table, book, numbers = draft.table, codebook or draft.codebook, draft.row_numbers
    check_codebook(table, book)
    n = len(table)
    own_ids = table[book.id_column] if book.id_column else pd.Series(np.arange(1, n + 1).astype(str))
    own_ids = own_ids.where(own_ids.notna(), [f"row {number}" for number in numbers]).astype(str)
    split = read_split(table[book.split_column], numbers) if book.split_column else draw_split(own_ids, seed)
    return SurveyData(
        codebook=book,
        ids=distinct_ids(own_ids),
        profiles=code_profiles(table, book, numbers),
        answers=code_answers(table, book, numbers),
        weights=scale_weights(table[book.weight_column], numbers) if book.weight_column else np.ones(n),
        split=split,
    )
