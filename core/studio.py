"""Use cases: one function per button of the app and per command of the command line.

This is the only place that picks implementations. Every function takes the workspace first, checks
what the user gave, calls the packages below and returns plain frozen data. Nothing here imports
torch: tuning and simulation are started as jobs (see `core.jobs`), and their results are read from
the job's folder.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.errors import JobError, NotFoundError
from core.settings import workspace_folder

if TYPE_CHECKING:
    from core.jobs.folder import JobFolder, JobStatus
    from core.population.marginals import Marginals
    from core.publish.preflight import Preflight
    from core.publish.push import PushResult
    from core.results import Results
    from core.store.records import PopulationRecord, SurveyRecord
    from core.store.workspace import Workspace
    from core.survey.codebook import Codebook
    from core.survey.importing import SurveyDraft
    from core.survey.respondents import SurveyData
    from core.tuning.recipe import Recipe

TUNE, SIMULATE = "tune", "simulate"


# ---------------------------------------------------------------- workspace and surveys


def open_workspace(folder: str | Path | None = None) -> "Workspace":
    """Open the workspace: the folder given, else ``UNDERSTUDY_WORKSPACE``, else a per-user folder."""
    from core.store.workspace import open_workspace as open_folder

    return open_folder(workspace_folder(folder))


def list_surveys(ws: "Workspace") -> "list[SurveyRecord]":
    """All surveys of the workspace, newest first."""
    from core.survey import library

    return library.list_surveys(ws)


def draft_survey(
    content: bytes, source_name: str, codebook: bytes | dict | None = None, name: str | None = None
) -> "SurveyDraft":
    """Read a survey file, with its codebook or with a guessed one; nothing is stored yet."""
    from core.survey.importing import draft_survey as draft

    return draft(content, source_name, codebook, name)


def save_survey(
    ws: "Workspace", draft: "SurveyDraft", codebook: "Codebook | None" = None, seed: int = 0
) -> "SurveyRecord":
    """Code the answers with the confirmed codebook and store the survey, all of it or nothing."""
    raise NotImplementedError


def load_example(ws: "Workspace") -> "SurveyRecord":
    """The generated example survey; imported on the first call, found again afterwards."""
    raise NotImplementedError


def load_survey(ws: "Workspace", survey_id: str) -> "SurveyData":
    """Respondents, answers, weights and split of one survey."""
    from core.survey import library

    return library.load_survey(ws, survey_id)


def survey_record(ws: "Workspace", survey_id: str) -> "SurveyRecord":
    """Name, size, source and warnings of one survey."""
    raise NotImplementedError


def delete_survey(ws: "Workspace", survey_id: str) -> None:
    """Delete a survey and its populations; finished jobs keep their own copy of what they need."""
    from core.survey import library

    library.delete_survey(ws, survey_id)


# ---------------------------------------------------------------- jobs


def list_jobs(ws: "Workspace", survey_id: str | None = None, kind: str | None = None) -> "list[JobStatus]":
    """Jobs of the workspace, newest first; of one survey or kind ("tune", "simulate") if given."""
    return [folder.status() for folder in _job_folders(ws, survey_id, kind)]


def job(ws: "Workspace", job_id: str) -> "JobFolder":
    """The folder of one job: its spec, status, metrics, log and result."""
    folders = _job_folders(ws)
    for folder in folders:
        if folder.id == job_id:
            return folder
    raise NotFoundError(
        "There is no such job.",
        where=str(ws.jobs_folder),
        got=job_id,
        fix="Use one of: " + ", ".join(f.id for f in folders) if folders else "Start a tuning run first.",
    )


def cancel_job(ws: "Workspace", job_id: str) -> None:
    """Ask a job to stop; it is ended after a few seconds if it does not."""
    from core.jobs import process

    process.cancel(job(ws, job_id))


def wait(
    ws: "Workspace",
    job_id: str,
    on_progress: "Callable[[JobStatus], None] | None" = None,
    poll_seconds: float = 0.5,
) -> "JobStatus":
    """Block until a job ends and return its last status; `on_progress` sees every status read."""
    folder = job(ws, job_id)
    while True:
        status = folder.status()
        if on_progress:
            on_progress(status)
        if not status.state.is_active:
            return status
        time.sleep(poll_seconds)


def _job_folders(ws: "Workspace", survey_id: str | None = None, kind: str | None = None) -> "list[JobFolder]":
    from core.jobs.process import find_jobs

    def matches(folder: "JobFolder") -> bool:
        spec = folder.spec()
        return (survey_id in (None, spec.get("survey_id"))) and (kind in (None, spec.get("kind")))

    return [folder for folder in find_jobs(ws.jobs_folder) if matches(folder)]


def _start(folder: "JobFolder", module: str) -> str:
    from core.jobs import process

    process.start(folder, module)
    return folder.id


# ---------------------------------------------------------------- tuning


def start_tuning(ws: "Workspace", survey_id: str, recipe: "Recipe") -> str:
    """Start the job that teaches the model how these people answer; returns the run's id."""
    from core.tuning.job import prepare_tuning

    data = load_survey(ws, survey_id)
    title = f"Tune on {survey_record(ws, survey_id).name}"
    return _start(prepare_tuning(ws.jobs_folder, data, recipe, title, survey_id), "core.tuning.worker")


def list_runs(ws: "Workspace", survey_id: str | None = None) -> "list[JobStatus]":
    """Finished tuning runs, newest first."""
    return [status for status in list_jobs(ws, survey_id, TUNE) if status.state == "done"]


# ---------------------------------------------------------------- population


def survey_marginals(ws: "Workspace", survey_id: str) -> "Marginals":
    """Weighted shares of every demographic among the survey's own respondents."""
    from core.population.marginals import survey_marginals as marginals

    return marginals(load_survey(ws, survey_id))


def build_population(
    ws: "Workspace",
    survey_id: str,
    marginals: "Marginals | None" = None,
    size: int = 1000,
    seed: int = 0,
    name: str | None = None,
) -> "PopulationRecord":
    """Rake the respondents to the marginals (the survey's own if None), draw `size` people, store them."""
    raise NotImplementedError


def list_populations(ws: "Workspace", survey_id: str | None = None) -> "list[PopulationRecord]":
    """Populations, newest first; of one survey if given."""
    from core.store import records

    return records.list_populations(ws, survey_id)


def population_people(ws: "Workspace", population_id: str) -> pd.DataFrame:
    """The people of a population: one row each, one text column per demographic."""
    from core.store import records

    return records.load_people(ws, population_id)


# ---------------------------------------------------------------- simulation and results


def start_simulation(
    ws: "Workspace",
    run_id: str,
    population_id: str | None = None,
    respondents: tuple[str, ...] = ("validation", "test"),
) -> str:
    """Start scoring every legal answer for the held-out respondents and, if given, a population."""
    raise NotImplementedError


def list_simulations(ws: "Workspace", survey_id: str | None = None) -> "list[JobStatus]":
    """Finished simulations, newest first."""
    return [status for status in list_jobs(ws, survey_id, SIMULATE) if status.state == "done"]


def results(
    ws: "Workspace",
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    split: str = "test",
) -> "Results":
    """Simulated against real answers of the held-out respondents, with floors, baselines and the sweep."""
    raise NotImplementedError


def predictions(ws: "Workspace", simulation_id: str) -> pd.DataFrame:
    """One row per held-out respondent and legal answer, at temperature 1.

    Columns: respondent_id, question (column), option (label), logprob (natural log), split. For "select all
    that apply" the row of an option holds the log-probability of selecting it.
    """
    raise NotImplementedError


def make_report(
    ws: "Workspace",
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
) -> str:
    """A self-contained HTML report of one simulation."""
    raise NotImplementedError


# ---------------------------------------------------------------- publishing


def preflight_push(
    ws: "Workspace", run_id: str, repo_id: str, token: str | None, private: bool = True
) -> "Preflight":
    """Check name, token and files before anything is sent to the Hub."""
    raise NotImplementedError


def adapter_card(ws: "Workspace", run_id: str, repo_id: str, simulation_id: str | None = None) -> str:
    """The model card that would be pushed, as Markdown."""
    raise NotImplementedError


def push_run(
    ws: "Workspace",
    run_id: str,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Callable[[str], None] | None = None,
) -> "PushResult":
    """Push a run's adapter and its model card to the Hub."""
    raise NotImplementedError


def pull_adapter(ws: "Workspace", repo_id: str, token: str | None = None) -> Path:
    """Download an adapter from the Hub into the workspace and return its folder."""
    raise NotImplementedError


def doctor(ws_folder: str | Path | None = None) -> dict[str, Any]:
    """What this machine can do and what is missing: packages, cores, memory, disk, GPU, workspace."""
    raise NotImplementedError


def _finished(folder: "JobFolder") -> "JobFolder":
    status = folder.status()
    if status.state != "done":
        raise JobError(
            f"This job is not finished ({status.state}).",
            where=folder.id,
            got=status.error,
            fix="Wait for it to finish, or start it again.",
        )
    return folder
