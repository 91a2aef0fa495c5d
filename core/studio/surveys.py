"""Use cases about surveys: from an uploaded file to a stored survey and back."""

from core.store.records import SurveyRecord
from core.store.survey_files import SurveyFiles
from core.store.workspace import Workspace
from core.survey import library
from core.survey.codebook import Codebook
from core.survey.codebook_table import Role, codebook_from_table, codebook_table
from core.survey.example import EXAMPLE_FILE, EXAMPLE_NAME, example_csv, example_survey
from core.survey.importing import SurveyDraft, build_survey, draft_file, draft_survey, read_file
from core.survey.option_order import answer_counts, orderable_columns, with_options
from core.survey.quality.review import FlagDecision, review_survey
from core.survey.reading import find_formats
from core.survey.respondents import SurveyData
from core.survey.topline import toplines

__all__ = [
    "FlagDecision",
    "Role",
    "answer_counts",
    "codebook_from_table",
    "codebook_table",
    "draft_file",
    "draft_survey",
    "find_formats",
    "orderable_columns",
    "read_file",
    "review_survey",
    "toplines",
    "with_options",
]
"""Steps on data in memory, which need no workspace: reading an uploaded file, reviewing its flags, editing
its codebook, and counting the answers of a loaded survey."""


def list_surveys(ws: Workspace) -> list[SurveyRecord]:
    """Records of the workspace's surveys, newest first."""
    return library.list_surveys(ws)


def save(ws: Workspace, draft: SurveyDraft, codebook: Codebook | None = None, seed: int = 0) -> SurveyRecord:
    """Code the answers with the confirmed codebook and store the survey, all of it or nothing."""
    data = build_survey(draft, codebook, seed)
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
    """Record of the generated example survey; it is stored on the first call and found again afterwards."""
    for record in library.list_surveys(ws):
        if record.generated and record.source_name == EXAMPLE_FILE:
            return record
    codebook = example_survey()[1]
    return save(ws, draft_survey(example_csv(), EXAMPLE_FILE, codebook.to_dict(), EXAMPLE_NAME))


def load(ws: Workspace, survey_id: str) -> SurveyData:
    """Respondents, answers, weights and split of one survey."""
    return library.load_survey(ws, survey_id)


def find(ws: Workspace, survey_id: str) -> SurveyRecord:
    """Record of one survey: name, size, source and warnings."""
    return library.find_survey(ws, survey_id)


def files(ws: Workspace, survey_id: str) -> SurveyFiles:
    """Files of a stored survey: the upload, its .qsf and the codebook, to look at or to import anew."""
    return library.read_files(ws, survey_id)[1]


def restore(ws: Workspace, survey_id: str) -> bool:
    """Rebuild a survey from its files; True if the database had exactly the same, else it is stored anew."""
    return library.restore_survey(ws, survey_id)


def delete(ws: Workspace, survey_id: str) -> None:
    """Delete a survey and its populations; its jobs keep their own copy of what they need."""
    library.delete_survey(ws, survey_id)
