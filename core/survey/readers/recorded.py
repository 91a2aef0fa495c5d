"""Record of how a survey file was read, kept in its codebook: with both, the survey can be built again."""

import hashlib
from collections.abc import Mapping
from typing import Any

from core.errors import FileError
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.survey_file import SurveyFile

READING = "reading"
"""Key of the codebook for this record."""


def record_reading(file: SurveyFile) -> dict[str, Any]:
    """Record of how the file was read and of which file it was (SHA-256), as JSON can hold it."""
    record = {**file.recognised.to_dict(), "sha256": hashlib.sha256(file.raw).hexdigest()}
    return record | ({"companion": hashlib.sha256(file.companion).hexdigest()} if file.companion else {})


def recorded_choices(
    record: Mapping[str, Any] | None, content: bytes, source_name: str, companion: bytes | None
) -> ReadingChoices:
    """Reading choices that a codebook records; of another file only what concerns columns and rows.

    Parameters
    ----------
    record
        The codebook's entry `READING`; None without one.
    content, source_name, companion
        The file that is to be read, and its .qsf.

    Raises
    ------
    CodebookError
        If the entry is not as `record_reading` writes it.
    FileError
        If the file was read with a .qsf that is not there.
    """
    if record is None:
        return ReadingChoices()
    choices = ReadingChoices.from_dict(record)
    if record.get("sha256") != hashlib.sha256(content).hexdigest():
        return ReadingChoices(keep=choices.keep, remove=choices.remove)
    if record.get("companion") and companion is None:
        raise FileError(
            "The codebook was made from this file together with a Qualtrics questionnaire (.qsf).",
            where=source_name,
            fix="Add the .qsf, or import without the codebook.",
        )
    return choices
