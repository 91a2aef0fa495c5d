"""Everything the app keeps between reruns: the open workspace and what is dear to compute.

Keys are the workspace folder plus ids, so two workspaces never see each other's data. Values are
shared by all sessions: nothing returned here is changed by a page.
"""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app.access import is_demo, workspace_name
from app.session import Upload, study
from core.studio import population, publish, simulation
from core.studio import report as studio_report
from core.studio import surveys as studio_surveys
from core.studio import tables as studio_tables
from core.studio.demo import open_demo
from core.studio.tables import TableChoice
from core.studio.workspace import open_workspace
from core.survey.quality.review import review_survey
from core.survey.topline import toplines as survey_toplines

if TYPE_CHECKING:
    from core.comparison.banner import Banner
    from core.population.diagnosis import Diagnosis
    from core.population.plan import PopulationPlan
    from core.results.readout import ReadoutSettings
    from core.results.results import Results
    from core.store.records import SurveyRecord
    from core.store.workspace import Workspace
    from core.survey.importing import SurveyDraft
    from core.survey.quality.review import FlagDecision, Review
    from core.survey.readers.choices import ReadingChoices
    from core.survey.readers.survey_file import SurveyFile
    from core.survey.respondents import SurveyData
    from core.survey.topline import Topline


def workspace() -> "Workspace":
    """The open workspace of this session's user, one per process."""
    return _workspace(workspace_name())


def surveys() -> "list[SurveyRecord]":
    """All surveys, newest first; read fresh, it is one small query."""
    return studio_surveys.list_surveys(workspace())


def chosen_study() -> "SurveyRecord | None":
    """The study selected in the picker."""
    return study(surveys())


def survey_data(survey_id: str) -> "SurveyData":
    """Respondents and answers of a stored survey, which never change."""
    return _survey_data(workspace_name(), survey_id)


def toplines(survey_id: str) -> "tuple[Topline, ...]":
    """Bases, shares and margins of error of every question of a stored survey."""
    return _toplines(workspace_name(), survey_id)


def diagnosis(survey_id: str, plan: "PopulationPlan") -> "Diagnosis":
    """Whether a plan's targets can be met, and at what cost."""
    return _diagnosis(workspace_name(), survey_id, repr(plan), plan)


def people_file(population_id: str, kind: str) -> bytes:
    """The people of a population as the content of a file."""
    return _people_file(workspace_name(), population_id, kind)


def people(population_id: str) -> pd.DataFrame:
    """The people of a population."""
    return _people(workspace_name(), population_id)


def results(simulation_id: str, reading: "ReadoutSettings | None" = None) -> "Results":
    """Comparison and temperature sweep of a finished simulation, read as chosen."""
    assessed = simulation.is_assessed(workspace(), simulation_id)
    return _results(workspace_name(), simulation_id, assessed, reading)


def tables(simulation_id: str, choice: "TableChoice") -> "Banner":
    """Toplines or banner tables of a finished simulation."""
    return _tables(workspace_name(), simulation_id, choice)


def report(simulation_id: str, choice: "TableChoice") -> str:
    """The self-contained HTML report of a finished simulation."""
    assessed = simulation.is_assessed(workspace(), simulation_id)
    return _report(workspace_name(), simulation_id, assessed, choice)


@st.cache_resource(max_entries=64, show_spinner=False, on_release=lambda ws: ws.close())
def _workspace(folder: str) -> "Workspace":
    return open_demo() if is_demo() else open_workspace(folder)


@st.cache_resource(max_entries=8, show_spinner="Loading the survey")
def _survey_data(folder: str, survey_id: str) -> "SurveyData":
    return studio_surveys.load(workspace(), survey_id)


@st.cache_resource(max_entries=8, show_spinner="Counting answers")
def _toplines(folder: str, survey_id: str) -> "tuple[Topline, ...]":
    return survey_toplines(survey_data(survey_id))


@st.cache_resource(max_entries=16, show_spinner=False)
def _diagnosis(folder: str, survey_id: str, about: str, _plan: "PopulationPlan") -> "Diagnosis":
    return population.check(workspace(), survey_id, _plan)


@st.cache_data(max_entries=4, show_spinner="Writing the file")
def _people_file(folder: str, population_id: str, kind: str) -> bytes:
    return population.file(workspace(), population_id, kind)


@st.cache_data(max_entries=8, show_spinner=False)
def _people(folder: str, population_id: str) -> pd.DataFrame:
    return population.people(workspace(), population_id)


@st.cache_resource(max_entries=8, show_spinner="Comparing simulated with real answers")
def _results(folder: str, simulation_id: str, assessed: bool, reading: "ReadoutSettings | None") -> "Results":
    if reading is None:
        return simulation.results(workspace(), simulation_id)
    return _results(folder, simulation_id, assessed, None).read(reading)


@st.cache_resource(max_entries=16, show_spinner="Counting the tables")
def _tables(folder: str, simulation_id: str, choice: "TableChoice") -> "Banner":
    return studio_tables.banner(results(simulation_id), choice)


@st.cache_data(max_entries=4, show_spinner="Writing the report")
def _report(folder: str, simulation_id: str, assessed: bool, choice: "TableChoice") -> str:
    return studio_report.html(workspace(), simulation_id, choice=choice)


def card(survey_id: str, run_id: str, repo_id: str, licence: str | None, frame: str) -> str:
    """The model card of a run; made again for a new simulation that it quotes, and when that was judged."""
    done = (job.id for job in simulation.list_simulations(workspace(), survey_id))
    simulations = tuple((name, simulation.is_assessed(workspace(), name)) for name in done)
    return _card(workspace_name(), run_id, simulations, repo_id, licence, frame)


@st.cache_data(max_entries=8, show_spinner="Writing the model card")
def _card(
    folder: str,
    run_id: str,
    simulations: tuple[tuple[str, bool], ...],
    repo_id: str,
    licence: str | None,
    frame: str,
) -> str:
    return publish.card(workspace(), run_id, repo_id, licence, frame)


def survey_file(upload: Upload, choices: "ReadingChoices | None") -> "SurveyFile":
    """An uploaded file as it was read with these choices; nothing is stored."""
    return _survey_file(upload, upload.digest, choices)


@st.cache_resource(max_entries=4, show_spinner="Reading the file")
def _survey_file(_upload: Upload, digest: str, choices: "ReadingChoices | None") -> "SurveyFile":
    upload = _upload
    return studio_surveys.read_file(upload.content, upload.name, upload.codebook, upload.companion, choices)


def draft(upload: Upload, file: "SurveyFile") -> "SurveyDraft":
    """What a file that was read was understood as; nothing is stored."""
    return _draft(file, upload.codebook, upload.digest, file.choices)


@st.cache_resource(max_entries=4, show_spinner="Looking at the answers")
def _draft(
    _file: "SurveyFile", codebook: bytes | None, digest: str, choices: "ReadingChoices"
) -> "SurveyDraft":
    return studio_surveys.draft_file(_file, codebook)


def review(draft: "SurveyDraft", about: str, decisions: "tuple[FlagDecision, ...]") -> "Review":
    """The flags of a draft and the draft after these decisions; `about` names the draft."""
    return _review(draft, about, decisions)


@st.cache_resource(max_entries=8, show_spinner="Looking for problems")
def _review(_draft: "SurveyDraft", about: str, decisions: "tuple[FlagDecision, ...]") -> "Review":
    return review_survey(_draft, decisions)
