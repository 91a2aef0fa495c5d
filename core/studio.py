"""Use cases: one function per button of the app and per command of the command line.

This is the only place that picks implementations. Every function takes the workspace first, checks
what the user gave, calls the packages below and returns plain frozen data. Nothing here imports
torch: tuning and simulation are started as jobs (see `core.jobs`), and their results are read from
the job's folder.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from core import populations
from core.adapters import (
    AdoptedRun,
    adopt_adapter,
    asked_part,
    find_adapter,
    people_answers,
    people_shares,
    pull_adapter,
    read_people,
    start_adapter_simulation,
)
from core.comparison import job as assessment_job
from core.deliverables import (
    DataFormat,
    ImageFormat,
    TableChoice,
    Whose,
    answers_file,
    make_report,
    table_source,
    tables,
    tables_file,
    topline_image,
)
from core.demo import open_demo
from core.errors import MarginalsError
from core.experiments import design as experiment_design
from core.finished import finished_job, prediction_table, write_context
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.status import JobState, JobStatus
from core.mixing import mix_results, mix_start
from core.models import download
from core.population.marginals import Marginals
from core.populations import (
    build_population,
    list_populations,
    population_people,
    survey_marginals,
)
from core.publish.adapter import Adapter
from core.publish.space import static_space
from core.results import Results, read_results
from core.settings import workspace_folder
from core.sharing import (
    adapter_card,
    preflight_push,
    preflight_target,
    publish_target,
    published,
    push_run,
    remember_target,
    stage_adapter,
)
from core.simulation import job as simulation_job
from core.store import records, workspace
from core.store.workspace import Workspace
from core.survey import library
from core.surveys import (
    delete_survey,
    draft_file,
    draft_survey,
    list_surveys,
    load_example,
    load_survey,
    read_survey_file,
    restore_survey,
    save_survey,
    survey_files,
    survey_formats,
    survey_record,
)
from core.teaching import (
    base_models,
    experiment_outcome,
    experiment_recipe,
    experiments,
    keep_tuning,
    latest_experiment,
    plan_experiment,
    plan_tuning,
    resume,
    run_differences,
    run_record,
    run_records,
    start_download,
    start_experiment,
    start_tuning,
)
from core.tuning import job as tuning_job

__all__ = [
    "DataFormat",
    "ImageFormat",
    "Marginals",
    "TableChoice",
    "Whose",
    "adapter_card",
    "answers_file",
    "base_models",
    "build_population",
    "delete_survey",
    "draft_file",
    "draft_survey",
    "experiment_outcome",
    "experiment_recipe",
    "experiments",
    "find_adapter",
    "keep_tuning",
    "latest_experiment",
    "plan_experiment",
    "list_populations",
    "list_surveys",
    "load_example",
    "load_survey",
    "make_report",
    "mix_results",
    "mix_start",
    "open_demo",
    "people_answers",
    "people_shares",
    "plan_tuning",
    "population_people",
    "populations",
    "preflight_push",
    "preflight_target",
    "publish_target",
    "published",
    "pull_adapter",
    "push_run",
    "read_people",
    "read_survey_file",
    "remember_target",
    "restore_survey",
    "resume",
    "run_differences",
    "run_record",
    "run_records",
    "save_survey",
    "stage_adapter",
    "start_adapter_simulation",
    "start_download",
    "start_experiment",
    "start_tuning",
    "static_space",
    "survey_files",
    "survey_formats",
    "survey_marginals",
    "survey_record",
    "table_source",
    "tables",
    "tables_file",
    "topline_image",
]  # the rest is defined here

TUNE, SIMULATE, DOWNLOAD, EXPERIMENT = (
    tuning_job.KIND,
    simulation_job.KIND,
    download.KIND,
    experiment_design.KIND,
)


# ---------------------------------------------------------------- workspace


def open_workspace(folder: str | Path | None = None) -> Workspace:
    """Open the workspace: the folder given, else ``UNDERSTUDY_WORKSPACE``, else a per-user folder."""
    return workspace.open_workspace(workspace_folder(folder))


def open_jobs(folder: str | Path | None = None) -> Workspace:
    """The same workspace without its database.

    Enough for everything about jobs, results and the Hub, and possible while the app holds the database.
    """
    return Workspace(workspace_folder(folder), database=None)


# ---------------------------------------------------------------- jobs


def list_jobs(ws: Workspace, survey_id: str | None = None, kind: str | None = None) -> list[JobStatus]:
    """Jobs of the workspace, newest first; of one survey or kind ("tune", "simulate") if given."""
    queue.advance(ws.jobs_folder)
    folders = process.find_jobs(ws.jobs_folder, kind)
    return [f.status() for f in folders if survey_id in (None, f.spec().get("survey_id"))]


def job(ws: Workspace, job_id: str) -> JobFolder:
    """The folder of one job: its spec, status, metrics, log and result."""
    return process.find_job(ws.jobs_folder, job_id)


def jobs_ahead(ws: Workspace, job_id: str) -> int:
    """How many jobs run or wait before this waiting one; starts it if it is its turn."""
    queue.advance(ws.jobs_folder)
    return queue.jobs_ahead(job(ws, job_id))


def delete_job(ws: Workspace, job_id: str) -> None:
    """Delete a job that is not running, with everything it left."""
    process.delete(job(ws, job_id))


def cancel_job(ws: Workspace, job_id: str, wait: bool = False) -> None:
    """Ask a job to stop; it is ended after a few seconds if it does not. `wait` until it has."""
    process.cancel(job(ws, job_id), wait=wait)


def wait(
    ws: Workspace,
    job_id: str,
    on_progress: Callable[[JobStatus], None] | None = None,
    poll_seconds: float = 0.3,
) -> JobStatus:
    """Block until a job ends and return its last status; `on_progress` sees every status read."""
    folder = job(ws, job_id)
    while True:
        queue.advance(ws.jobs_folder)
        status = folder.status()
        if on_progress:
            on_progress(status)
        if not status.state.is_active:
            return status
        time.sleep(poll_seconds)


# ---------------------------------------------------------------- tuning


def list_runs(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished tuning runs, newest first."""
    return [status for status in list_jobs(ws, survey_id, TUNE) if status.state is JobState.DONE]


def use_adapter(ws: Workspace, survey_id: str, adapter: Adapter) -> AdoptedRun:
    """Make an adapter from the Hub a run of this study; says what of the study it was not taught."""
    return adopt_adapter(ws, adapter, survey_id, load_survey(ws, survey_id))


# ---------------------------------------------------------------- simulation and results


def start_simulation(
    ws: Workspace,
    run_id: str,
    population_id: str | None = None,
    respondents: tuple[str, ...] = ("validation", "test"),
) -> str:
    """Start scoring every legal answer for the held-out respondents and, if given, a population.

    What is known about survey, run and population now is written beside the job's inputs, so its results
    can be read when they are gone.
    """
    run = finished_job(ws.jobs_folder, run_id, TUNE)
    record = library.find_survey(ws, run.spec()["survey_id"])
    population = records.find_population(ws, population_id) if population_id else None
    if population and population.survey_id != record.id:
        raise MarginalsError(
            "The population belongs to another survey.",
            where=population.id,
            got=population.survey_id,
            fix=f"Build a population for {record.id}.",
        )
    folder = simulation_job.prepare_simulation(
        ws.jobs_folder,
        run,
        asked_part(run, load_survey(ws, record.id)),
        people=records.load_people(ws, population.id) if population else None,
        population_id=population_id,
        respondents=respondents,
        title=f"Simulation of {population.name if population else 'held-out respondents'}",
    )
    write_context(folder, record, run, population)
    queue.submit(folder, simulation_job.WORKER)
    return folder.id


def list_simulations(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished simulations, newest first."""
    return [status for status in list_jobs(ws, survey_id, SIMULATE) if status.state is JobState.DONE]


def start_assessment(ws: Workspace, simulation_id: str) -> str | None:
    """Start fitting the simpler methods and judging the structure of a simulation, in the background.

    Returns the id of the job under way; None when all of it is there already.
    """
    simulation = finished_job(ws.jobs_folder, simulation_id, SIMULATE)
    if assessment_job.is_assessed(simulation):
        return None
    folder = assessment_job.find_assessment(ws.jobs_folder, simulation)
    if folder is None or not folder.status().state.is_active:
        folder = assessment_job.prepare_assessment(ws.jobs_folder, simulation)
        process.start(folder, assessment_job.WORKER)
    return folder.id


def assessment(ws: Workspace, simulation_id: str) -> JobStatus | None:
    """How the newest such job of a simulation stands; None if it was never started."""
    simulation = finished_job(ws.jobs_folder, simulation_id, SIMULATE)
    folder = assessment_job.find_assessment(ws.jobs_folder, simulation)
    return folder.status() if folder else None


def results(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    split: str = "test",
) -> Results:
    """Simulated against real answers of the held-out respondents, with floors, baselines and the sweep.

    The fitted baselines and the structure are in it once `start_assessment` is done.
    """
    return read_results(finished_job(ws.jobs_folder, simulation_id, SIMULATE), temperature, decoder, split)


def predictions(ws: Workspace, simulation_id: str) -> pd.DataFrame:
    """One row per held-out respondent and legal answer, at temperature 1.

    Columns: respondent_id, question (column), option (label), logprob (natural log), split. For "select all
    that apply" the row of an option holds the log-probability of selecting it.
    """
    return prediction_table(finished_job(ws.jobs_folder, simulation_id, SIMULATE))
