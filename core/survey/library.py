"""The surveys of a workspace: putting respondents in, getting equal ones out."""

import hashlib
import time
from collections.abc import Sequence

from core.errors import WorkspaceError
from core.store.records import (
    SurveyRecord,
    delete_survey,
    find_survey,
    insert_row,
    insert_survey,
    list_surveys,
    read_survey,
)
from core.store.survey_files import SurveyFiles, read_files
from core.store.workspace import Workspace, new_id
from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData

__all__ = [
    "add_survey",
    "delete_survey",
    "find_survey",
    "list_surveys",
    "load_survey",
    "read_files",
    "rebuild_survey",
    "restore_survey",
]


def add_survey(
    ws: Workspace,
    *,
    name: str,
    source_name: str,
    data: SurveyData,
    raw: bytes,
    companion: bytes | None = None,
    seed: int = 0,
    source_sha256: str | None = None,
    generated: bool = False,
    warnings: Sequence[str] = (),
) -> str:
    """Store a survey; either all of it is stored or nothing.

    Parameters
    ----------
    name
        What the user calls it; need not be unique.
    source_name
        Name of the uploaded file, only ever shown.
    data
        The respondents.
    raw
        The uploaded file, byte for byte; kept as `raw` in the survey's folder.
    companion
        Its .qsf, kept as `companion.qsf`.
    seed
        The split of `data` was drawn with, so that it can be drawn again.
    source_sha256
        Its SHA-256; computed when left out.
    generated
        Whether this is the generated example, not real people.
    warnings
        Sentences about what was noticed while importing.

    Returns
    -------
    str
        The survey's id: its name in plain letters and six random hexadecimal digits.
    """
    record = SurveyRecord(
        id=new_id(name, [survey.id for survey in list_surveys(ws)]),
        name=name,
        title=data.codebook.title,
        created=time.time(),
        n_respondents=len(data),
        n_questions=len(data.codebook.questions),
        source_name=source_name,
        source_sha256=source_sha256 or hashlib.sha256(raw).hexdigest(),
        generated=bool(generated),
        warnings=tuple(warnings),
    )
    files = SurveyFiles(raw, data.codebook.to_dict(), companion, seed)
    insert_survey(ws, record, files, data.to_frame())
    return record.id


def load_survey(ws: Workspace, survey_id: str) -> SurveyData:
    """The respondents of a stored survey, equal to what `add_survey` was given.

    Raises
    ------
    NotFoundError
        If there is no survey of that id; names those that exist.
    """
    codebook, frame = read_survey(ws, survey_id)
    return SurveyData.from_frame(Codebook.from_dict(codebook), frame)


def rebuild_survey(ws: Workspace, survey_id: str) -> SurveyData:
    """Build a survey again from its files alone: the uploaded bytes, the codebook and the seed.

    Gives what `load_survey` gives; edits of the codebook never touched the file.

    Raises
    ------
    NotFoundError
        If its files are not there.
    """
    known, files = read_files(ws, survey_id)
    draft = draft_survey(
        files.raw, known["source_name"], files.codebook, known["name"], companion=files.companion
    )
    return build_survey(draft, seed=files.seed)


def restore_survey(ws: Workspace, survey_id: str) -> bool:
    """Build a survey again from its files, and store it if the database does not know it.

    Returns
    -------
    bool
        Whether the database knew it, with exactly these respondents and answers.

    Raises
    ------
    NotFoundError
        If its files are not there.
    WorkspaceError
        If the database holds something else under this id.
    """
    data = rebuild_survey(ws, survey_id)
    if any(record.id == survey_id for record in list_surveys(ws)):
        codebook, frame = read_survey(ws, survey_id)
        if not frame.equals(data.to_frame()) or codebook != data.codebook.to_dict():
            raise WorkspaceError(
                "The database holds other answers than the files of this survey give.",
                where=survey_id,
                fix="Import the file again as a new survey.",
            )
        return True
    known, files = read_files(ws, survey_id)
    record = SurveyRecord(**{**known, "warnings": tuple(known["warnings"])})
    insert_row(ws, record, files.codebook, data.to_frame())
    return False
