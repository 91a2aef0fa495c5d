"""Use cases about surveys: from an uploaded file to a stored survey and back. Part of `core.studio`."""

from core.store.records import SurveyRecord
from core.store.survey_files import SurveyFiles
from core.store.workspace import Workspace
from core.survey import importing, library, reading
from core.survey.codebook import Codebook
from core.survey.example import EXAMPLE_FILE, EXAMPLE_NAME, example_csv, example_survey
from core.survey.importing import SurveyDraft
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.file_format import FileFormat
from core.survey.readers.survey_file import SurveyFile
from core.survey.respondents import SurveyData


def list_surveys(ws: Workspace) -> list[SurveyRecord]:
    """All surveys of the workspace, newest first."""
    return library.list_surveys(ws)


def survey_formats(content: bytes, source_name: str) -> tuple[FileFormat, ...]:
    """The formats an uploaded file can be read as."""
    return reading.find_formats(content, source_name)


def read_survey_file(
    content: bytes,
    source_name: str,
    codebook: bytes | dict | None = None,
    companion: bytes | None = None,
    choices: ReadingChoices | None = None,
) -> SurveyFile:
    """Read an uploaded file as recognised, as its codebook says or as chosen; nothing is stored yet."""
    return importing.read_file(content, source_name, codebook, companion, choices)


def draft_file(
    file: SurveyFile, codebook: bytes | dict | None = None, name: str | None = None
) -> SurveyDraft:
    """What a file that was read means, by its codebook or a guessed one; nothing is stored yet."""
    return importing.draft_file(file, codebook, name)


def draft_survey(
    content: bytes,
    source_name: str,
    codebook: bytes | dict | None = None,
    name: str | None = None,
    *,
    companion: bytes | None = None,
    choices: ReadingChoices | None = None,
) -> SurveyDraft:
    """Read a survey file, with its codebook or with a guessed one; nothing is stored yet."""
    return importing.draft_survey(content, source_name, codebook, name, companion=companion, choices=choices)


def save_survey(
    ws: Workspace, draft: SurveyDraft, codebook: Codebook | None = None, seed: int = 0
) -> SurveyRecord:
    """Code the answers with the confirmed codebook and store the survey, all of it or nothing."""
    data = importing.build_survey(draft, codebook, seed)
    survey_id = library.add_survey(
        ws,
        name=draft.name,
        source_name=draft.source_name,
        data=data,
        raw=draft.raw,
        companion=draft.companion,
        seed=seed,
        generated=bool(data.codebook.extra.get("generated")),
        warnings=draft.warnings,
    )
    return library.find_survey(ws, survey_id)


def load_example(ws: Workspace) -> SurveyRecord:
    """The generated example survey; stored on the first call, found again afterwards."""
    for record in library.list_surveys(ws):
        if record.generated and record.source_name == EXAMPLE_FILE:
            return record
    codebook = example_survey()[1]
    return save_survey(ws, draft_survey(example_csv(), EXAMPLE_FILE, codebook.to_dict(), EXAMPLE_NAME))


def load_survey(ws: Workspace, survey_id: str) -> SurveyData:
    """Respondents, answers, weights and split of one survey."""
    return library.load_survey(ws, survey_id)


def survey_record(ws: Workspace, survey_id: str) -> SurveyRecord:
    """Name, size, source and warnings of one survey."""
    return library.find_survey(ws, survey_id)


def survey_files(ws: Workspace, survey_id: str) -> SurveyFiles:
    """The uploaded file, its .qsf and the codebook of a stored survey, to look at or to import anew."""
    return library.read_files(ws, survey_id)[1]


def restore_survey(ws: Workspace, survey_id: str) -> bool:
    """Build a survey again from its files; True if the database had exactly the same, else it is stored."""
    return library.restore_survey(ws, survey_id)


def delete_survey(ws: Workspace, survey_id: str) -> None:
    """Delete a survey and its populations; its jobs keep their own copy of what they need."""
    library.delete_survey(ws, survey_id)
