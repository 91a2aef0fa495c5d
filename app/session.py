"""Session state: every key, the pages, and the upload of a user.

Only ids and small plain values live in the session; an `Upload` is made anew in every run.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from core.store.records import SurveyRecord


class View(StrEnum):
    """Page files, relative to `app/main.py`."""

    HOME = "views/home.py"
    SURVEY = "views/survey.py"
    QUESTIONNAIRE = "views/questionnaire.py"
    TUNING = "views/tuning.py"
    EXPERIMENTS = "views/experiments.py"
    POPULATION = "views/population.py"
    RESULTS = "views/results.py"
    TABLES = "views/tables.py"
    PUBLISH = "views/publish.py"


class Key(StrEnum):
    """Widget and session keys, ``page.name``; `of` adds what the widget is about."""

    STUDY = "study"  # in the address, as are the other keys without a dot
    NEXT_STUDY = "shell.next_study"
    ADDRESS = "shell.address"
    TOAST = "shell.toast"
    HOME_EXAMPLE = "home.example"
    SURVEY_EXAMPLE = "survey.example"
    SURVEY_FILE = "survey.file"
    SURVEY_CODEBOOK = "survey.codebook"
    SURVEY_QSF = "survey.qsf"
    SURVEY_REOPENED = "survey.reopened"
    SURVEY_REOPEN = "survey.reopen"
    SURVEY_CLOSE = "survey.close"
    SURVEY_READING = "survey.reading"
    SURVEY_CHOICE = "survey.choice"
    SURVEY_UNDONE = "survey.undone"
    SURVEY_STEP = "survey.step"
    SURVEY_OPTIONS = "survey.options"
    SURVEY_COLUMN = "survey.column"
    SURVEY_ORDER = "survey.order"
    SURVEY_EXPORT = "survey.export"
    SURVEY_NAME = "survey.name"
    SURVEY_EDITOR = "survey.editor"
    SURVEY_DECISIONS = "survey.decisions"
    SURVEY_FLAG = "survey.flag"
    SURVEY_UNDO = "survey.undo"
    SURVEY_SAVE = "survey.save"
    SURVEY_DELETE = "survey.delete"
    QUESTIONNAIRE_QUESTION = "questionnaire.question"
    JOB_CANCEL = "job.cancel"
    JOB_RESUME = "job.resume"
    JOB_KEEP = "job.keep"
    JOB_DELETE = "job.delete"
    TUNING_PRESET = "tuning.preset"
    TUNING_CONTRAST = "tuning.contrast"
    TUNING_START = "tuning.start"
    TUNING_SECONDS = "tuning.seconds"
    TUNING_ADAPTER = "tuning.adapter"
    TUNING_PENALTY = "tuning.penalty"
    TUNING_TARGETS = "tuning.targets"
    TUNING_EPOCHS = "tuning.epochs"
    TUNING_WEIGHT = "tuning.weight"
    TUNING_RANK = "tuning.rank"
    TUNING_RATE = "tuning.rate"
    TUNING_BASE = "tuning.base"
    TUNING_OTHER_BASE = "tuning.other_base"
    TUNING_DOWNLOAD = "tuning.download"
    TUNING_SLOPE = "tuning.slope"
    TUNING_WIDTH = "tuning.width"
    TUNING_PATIENCE = "tuning.patience"
    TUNING_ALPHA = "tuning.alpha"
    TUNING_DROPOUT = "tuning.dropout"
    TUNING_MODULES = "tuning.modules"
    TUNING_OPTIMISER = "tuning.optimiser"
    TUNING_RSLORA = "tuning.rslora"
    TUNING_DORA = "tuning.dora"
    TUNING_CHECKPOINTING = "tuning.checkpointing"
    EXPERIMENT = "experiments.experiment"
    EXPERIMENT_OUTCOME = "experiments.outcome"
    EXPERIMENT_PRESET = "experiments.preset"
    EXPERIMENT_START = "experiments.start"
    TUNING_RUNS = "tuning.runs"
    TUNING_SEED = "tuning.seed"
    TUNING_HOLD_OUT = "tuning.hold_out"
    POPULATION_EDITOR = "population.editor"
    POPULATION_SCALE = "population.scale"
    POPULATION_RESET = "population.reset"
    POPULATION_NAME = "population.name"
    POPULATION_SIZE = "population.size"
    POPULATION_SEED = "population.seed"
    POPULATION_BUILD = "population.build"
    POPULATION_SHOWN = "population.shown"
    POPULATION_VIEW = "population.view"
    POPULATION_SOURCE = "population.source"
    POPULATION_FILE = "population.file"
    POPULATION_OTHER = "population.other"
    POPULATION_PUBLIC = "population.public"
    POPULATION_MAP = "population.map"
    POPULATION_USE = "population.use"
    POPULATION_NOTES = "population.notes"
    POPULATION_PAIRS = "population.pairs"
    POPULATION_SCREEN = "population.screen"
    POPULATION_FRAME = "population.frame"
    POPULATION_CAP = "population.cap"
    POPULATION_UNSEEN = "population.unseen"
    POPULATION_METHOD = "population.method"
    POPULATION_NEW = "population.new"
    POPULATION_MEND = "population.mend"
    POPULATION_CSV = "population.csv"
    POPULATION_PARQUET = "population.parquet"
    POPULATION_AGAIN = "population.again"
    POPULATION_DELETE = "population.delete"
    RESULTS_RUN = "results.run"
    RESULTS_POPULATION = "results.population"
    RESULTS_START = "results.start"
    RESULTS_SIMULATION = "simulation"
    RESULTS_NEWEST = "results.newest"
    RESULTS_WHO = "people"
    RESULTS_QUESTION = "question"
    SHARE_TEMPERATURE = "share.temperature"
    TUNING_REPO = "tuning.repo"
    TUNING_TOKEN = "tuning.token"
    TUNING_PRIVATE = "tuning.private"
    PULL_REPO = "pull.repo"
    PULL_TOKEN = "pull.token"
    PULL_START = "pull.start"
    RESULTS_TEMPERATURE = "results.temperature"
    RESULTS_DECODER = "results.decoder"
    RESULTS_TOKEN = "results.token"
    RESULTS_GROUP = "results.group"
    RESULTS_ALL = "results.all"
    RESULTS_FIGURES = "results.figures"
    RESULTS_FIGURES_OF = "results.figures_of"
    RESULTS_STRUCTURE = "results.structure"
    RESULTS_RECTIFIED = "results.rectified"
    RESULTS_AGAIN = "results.again"
    TABLES_WHOSE = "tables.whose"
    TABLES_BY = "tables.by"
    TABLES_CORRECTION = "tables.correction"
    TABLES_TESTED = "tables.tested"
    TABLES_QUESTION = "tables.question"
    TABLES_EXCEL = "tables.excel"
    TABLES_FORMAT = "tables.format"
    TABLES_ANSWERS = "tables.answers"
    TABLES_IMAGE = "tables.image"
    RESULTS_MIX = "results.mix"
    RESULTS_MIX_QUESTION = "results.mix_question"
    RESULTS_MIX_BUILD = "results.mix_build"
    PUBLISH_RUN = "publish.run"
    PUBLISH_TOKEN = "publish.token"
    PUBLISH_REPO = "publish.repo"
    PUBLISH_PRIVATE = "publish.private"
    PUBLISH_FRAME = "publish.frame"
    PUBLISH_LICENCE = "publish.licence"
    PUBLISH_CHECK = "publish.check"
    PUBLISH_PUSH = "publish.push"
    PUBLISH_CHECKED = "publish.checked"
    PUBLISH_SPACE = "publish.space"
    PUBLISH_REPORT = "publish.report"
    PUBLISH_BY = "publish.by"

    def of(self, *parts: object) -> str:
        """The key of one of several widgets of this kind, e.g. one per demographic."""
        return ".".join([self.value, *map(str, parts)])


@dataclass(frozen=True)
class Upload:
    """Uploaded files of a survey; `digest` is a hash of them, so edits never carry over to other files."""

    content: bytes
    name: str
    codebook: bytes | None
    companion: bytes | None
    digest: str


def choose_study(survey_id: str) -> None:
    """Make this the selected study from the next run on (a drawn widget's key cannot be set)."""
    st.session_state[Key.NEXT_STUDY] = survey_id


def study(surveys: "list[SurveyRecord]") -> "SurveyRecord | None":
    """Record of the selected study; None while there is none."""
    chosen = st.session_state.get(Key.STUDY)
    return next((record for record in surveys if record.id == chosen), None)


def toast_after_rerun(text: str) -> None:
    """Show a short message once the next run has drawn the page."""
    st.session_state[Key.TOAST] = text
