"""A survey file and what we think it means, then the respondents the rest of the core works with.

`draft_survey` reads the file and takes or guesses the codebook, so that the user can look at it and
change it; `build_survey` turns the confirmed draft into coded respondents. The raw bytes travel
with the draft: a survey can always be built again from them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FileError
from core.survey.codebook import Codebook
from core.survey.codebook_table import codebook_from_table as codebook_from_table
from core.survey.codebook_table import codebook_table as codebook_table
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
from core.survey.readers.survey_file import FileFormat, RemovableRows, SurveyFile
from core.survey.reading import read_survey_file
from core.survey.respondents import SurveyData
from core.survey.splits import draw_split, read_split
from core.survey.weights import scale_weights


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
        The file as text, one row per respondent.
    codebook
        What its columns mean; the user may replace it before `build_survey`.
    guessed
        Whether the codebook was inferred from the file.
    warnings
        Sentences about what the user should know; none of them stops the import.
    raw
        The file, byte for byte.
    format
        The kind of file it was read as.
    decisions
        Sentences about how it was read.
    removable
        Rows of `table` offered for removal (see `draft_survey`).
    """

    name: str
    source_name: str
    table: pd.DataFrame
    codebook: Codebook
    guessed: bool
    warnings: tuple[str, ...]
    raw: bytes
    format: FileFormat = FileFormat.CSV
    decisions: tuple[str, ...] = ()
    removable: tuple[RemovableRows, ...] = ()


def draft_survey(
    content: bytes,
    source_name: str,
    codebook: bytes | str | Mapping[str, Any] | None = None,
    name: str | None = None,
    *,
    companion: bytes | None = None,
    format: str | None = None,
    remove: Collection[str] = (),
    keep: Collection[str] = (),
) -> SurveyDraft:
    """Read a survey file with its codebook, or guess the codebook.

    Parameters
    ----------
    content, source_name
        The survey file, in any format `reading.read_survey_file` knows, and its name.
    codebook
        The `codebook.json` contract as bytes, text or a parsed object; None to infer it.
    name
        Name of the survey; by default the codebook's title, or the file's name without its ending.
    companion
        The .qsf of a Qualtrics survey.
    format
        A `FileFormat` to read the file as; None to recognise it.
    remove
        Kinds of rows to leave out, from `SurveyDraft.removable` ("preview", "partial", ...).
    keep
        Columns not to combine, split or recode; those the codebook names are kept anyway.

    Raises
    ------
    FileError
        If the file is not a table of respondents (see `reading.read_survey_file`), or nobody is left.
    CodebookError
        If the codebook is not valid JSON, names a column that is not in the file, or does not list
        an answer that is in the file.
    """
    given = None if codebook is None else read_codebook(codebook)
    keep = {*keep, *(described_columns(given) if given else ())}
    file = read_survey_file(content, source_name, companion=companion, format=format, keep=keep)
    file = remove_rows(file, remove)
    stem = PurePath(source_name.replace("\\", "/")).stem or "Survey"
    if given is None:
        table, book = file.table, guess_codebook(file.table, name or stem, file)
    else:
        table, book = match_columns(file.table, given), given
        check_codebook(table, book)
        book = name_identifier(table, book)
    draft = SurveyDraft(
        name=name or book.title,
        source_name=source_name,
        table=table,
        codebook=book,
        guessed=codebook is None,
        warnings=(),
        raw=content,
        format=file.format,
        decisions=file.decisions,
        removable=file.removable,
    )
    warnings = find_warnings(table, build_survey(draft), draft.guessed)
    return replace(draft, warnings=tuple(warnings))


def remove_rows(file: SurveyFile, kinds: Collection[str]) -> SurveyFile:
    """The file without the rows of these kinds; kinds that do not occur are ignored.

    Raises
    ------
    FileError
        If nobody is left.
    """
    gone = [offer for offer in file.removable if offer.kind in kinds]
    if not gone:
        return file
    stays = np.ones(len(file.table), dtype=bool)
    for offer in gone:
        stays[offer.rows] = False
    if not stays.any():
        raise FileError(
            "No respondents are left after removing rows.",
            where=file.name,
            got="; ".join(offer.reason for offer in gone),
            fix="Keep at least one kind of rows.",
        )
    new_position = np.cumsum(stays) - 1
    return replace(
        file,
        table=file.table[stays].reset_index(drop=True),
        removable=tuple(
            replace(offer, rows=new_position[offer.rows])
            for offer in file.removable
            if offer.kind not in kinds
        ),
        decisions=(*file.decisions, *(f"Removed: {offer.reason}" for offer in gone)),
    )


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
    table, book = draft.table, codebook or draft.codebook
    check_codebook(table, book)
    n = len(table)
    own_ids = table[book.id_column] if book.id_column else pd.Series(np.arange(1, n + 1).astype(str))
    own_ids = own_ids.where(own_ids.notna(), [f"row {i + 2}" for i in range(n)]).astype(str)
    split = read_split(table[book.split_column]) if book.split_column else draw_split(own_ids, seed)
    return SurveyData(
        codebook=book,
        ids=_distinct(own_ids),
        profiles=code_profiles(table, book),
        answers=code_answers(table, book),
        weights=scale_weights(table[book.weight_column]) if book.weight_column else np.ones(n),
        split=split,
    )


def _distinct(ids: pd.Series) -> np.ndarray:
    """Identifiers with "#2", "#3" appended to those that come back; shape (n,)."""
    taken: set[str] = set(ids)
    distinct, seen = [], set()
    for text in ids:
        name, count = text, 1
        while name in seen or (count > 1 and name in taken):
            count += 1
            name = f"{text}#{count}"
        seen.add(name)
        distinct.append(name)
    return np.array(distinct, dtype=object)
