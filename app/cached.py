"""Caches of the app: the open workspace and what is expensive to compute, kept between reruns.

Keys are the workspace folder plus ids, so two workspaces never see each other's data. Values are
shared by all sessions: nothing returned here is changed by a page.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

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

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


def kept(
    cache: Callable[..., Any], key: Callable[..., tuple] | None = None, **options: Any
) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Decorator that keeps what a function returns, per workspace and cache key.

    Parameters
    ----------
    cache
        `st.cache_resource` (the value itself) or `st.cache_data` (a copy for every reader).
    key
        Cache key of a call, from the function's arguments; the arguments themselves if None.
    options
        Options of `cache`.
    """

    def decorate(make: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        def of_key(about: tuple, _make: Callable[[], Value]) -> Value:  # noqa: ARG001, Streamlit reads it
            return _make()  # named with _: not part of the key

        of_key.__qualname__ = f"{make.__qualname__}.of_key"  # distinguishes the caches for Streamlit
        stored = cache(**options)(of_key)

        @wraps(make)
        def found(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
            about = key(*args, **kwargs) if key else (args, kwargs)
            return stored((workspace_name(), about), lambda: make(*args, **kwargs))

        return found

    return decorate


def surveys() -> "list[SurveyRecord]":
    """Records of all surveys, newest first; not cached, it is one small query."""
    return studio_surveys.list_surveys(workspace())


def chosen_study() -> "SurveyRecord | None":
    """Record of the study selected in the picker; None while there is none."""
    return study(surveys())


@kept(st.cache_resource, max_entries=64, show_spinner=False, on_release=lambda ws: ws.close())
def workspace() -> "Workspace":
    """Open workspace of this session's user, one per process."""
    return open_demo() if is_demo() else open_workspace(workspace_name())


@kept(st.cache_resource, max_entries=8, show_spinner="Loading the survey")
def survey_data(survey_id: str) -> "SurveyData":
    """Respondents and answers of a stored survey, which never change."""
    return studio_surveys.load(workspace(), survey_id)


@kept(st.cache_resource, max_entries=8, show_spinner="Counting answers")
def toplines(survey_id: str) -> "tuple[Topline, ...]":
    """Bases, shares and margins of error of every question of a stored survey."""
    return studio_surveys.toplines(survey_data(survey_id))


@kept(
    st.cache_resource,
    key=lambda survey_id, plan: (survey_id, repr(plan)),
    max_entries=16,
    show_spinner=False,
)
def diagnosis(survey_id: str, plan: "PopulationPlan") -> "Diagnosis":
    """Diagnosis of a plan: feasibility of its targets and weighting efficiency."""
    return population.check(workspace(), survey_id, plan)


@kept(st.cache_data, max_entries=4, show_spinner="Writing the file")
def people_file(population_id: str, kind: str) -> bytes:
    """Content of a file with the people of a population."""
    return population.file(workspace(), population_id, kind)


@kept(st.cache_data, max_entries=8, show_spinner=False)
def people(population_id: str) -> pd.DataFrame:
    """People of a population: one row each, one column per demographic."""
    return population.people(workspace(), population_id)


def _with_assessment(simulation_id: str, chosen: object = None) -> tuple:
    """Cache key of what shows more once the simulation is assessed (baselines fitted, structure computed)."""
    return simulation_id, chosen, simulation.is_assessed(workspace(), simulation_id)


@kept(
    st.cache_resource,
    key=_with_assessment,
    max_entries=8,
    show_spinner="Comparing simulated with real answers",
)
def results(simulation_id: str, reading: "ReadoutSettings | None" = None) -> "Results":
    """Results of a finished simulation, read with the readout settings; the default ones if None."""
    if reading is None:
        return simulation.results(workspace(), simulation_id)
    return results(simulation_id).read(reading)


@kept(st.cache_resource, max_entries=16, show_spinner="Counting the tables")
def tables(simulation_id: str, choice: "TableChoice") -> "Banner":
    """Toplines or banner tables of a finished simulation."""
    return studio_tables.banner(results(simulation_id), choice)


@kept(st.cache_data, key=_with_assessment, max_entries=4, show_spinner="Writing the report")
def report(simulation_id: str, choice: "TableChoice") -> str:
    """Self-contained HTML report of a finished simulation."""
    return studio_report.html(workspace(), simulation_id, choice=choice)


def _with_simulations(survey_id: str, *asked: object) -> tuple:
    """Cache key of what quotes the simulations of a survey: which are finished, and which are assessed."""
    done = (job.id for job in simulation.list_simulations(workspace(), survey_id))
    return asked, tuple((name, simulation.is_assessed(workspace(), name)) for name in done)


@kept(st.cache_data, key=_with_simulations, max_entries=8, show_spinner="Writing the model card")
def card(_survey_id: str, run_id: str, repo_id: str, licence: str | None, frame: str) -> str:
    """Model card of a run; made again when a simulation it quotes is finished or assessed."""
    return publish.card(workspace(), run_id, repo_id, licence, frame)


@kept(
    st.cache_resource,
    key=lambda upload, choices: (upload.digest, choices),
    max_entries=4,
    show_spinner="Reading the file",
)
def survey_file(upload: Upload, choices: "ReadingChoices | None") -> "SurveyFile":
    """Survey file of an upload, read with these choices; nothing is stored."""
    return studio_surveys.read_file(upload.content, upload.name, upload.codebook, upload.companion, choices)


@kept(
    st.cache_resource,
    key=lambda upload, file: (upload.codebook, upload.digest, file.choices),
    max_entries=4,
    show_spinner="Looking at the answers",
)
def draft(upload: Upload, file: "SurveyFile") -> "SurveyDraft":
    """Draft of a survey from a file that was read; nothing is stored."""
    return studio_surveys.draft_file(file, upload.codebook)


@kept(
    st.cache_resource,
    key=lambda _draft, about, decisions: (about, decisions),
    max_entries=8,
    show_spinner="Looking for problems",
)
def review(draft: "SurveyDraft", _about: str, decisions: "tuple[FlagDecision, ...]") -> "Review":
    """Flags of a draft, and the draft after these decisions; `_about` names the draft in the cache key."""
    return studio_surveys.review_survey(draft, decisions)
