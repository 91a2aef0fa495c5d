"""Use cases: one function per button of the app and per command of the command line.

This is the only place that picks implementations. Every function takes the workspace first, checks
what the user gave, calls the packages below and returns plain frozen data. Nothing here imports
torch: tuning and simulation are started as jobs (see `core.jobs`), and their results are read from
the job's folder.
"""

import time
from collections.abc import Callable
from pathlib import Path

from core import populations
from core.adapters import (
    AdoptedRun,
    adopt_adapter,
    find_adapter,
    people_answers,
    people_shares,
    pull_adapter,
    read_people,
    start_adapter_simulation,
)
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
from core.experiments import job as experiment_job
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
from core.simulating import assessment, is_assessed, predictions, results, start_assessment, start_simulation
from core.simulation import job as simulation_job
from core.store import workspace
from core.store.workspace import Workspace
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
    experiment_outcomes,
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
    "assessment",
    "base_models",
    "build_population",
    "delete_survey",
    "draft_file",
    "draft_survey",
    "experiment_outcomes",
    "experiment_recipe",
    "experiments",
    "find_adapter",
    "is_assessed",
    "keep_tuning",
    "latest_experiment",
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
    "plan_experiment",
    "plan_tuning",
    "population_people",
    "populations",
    "predictions",
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
    "results",
    "resume",
    "run_differences",
    "run_record",
    "run_records",
    "save_survey",
    "stage_adapter",
    "start_adapter_simulation",
    "start_assessment",
    "start_download",
    "start_experiment",
    "start_simulation",
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
    experiment_job.KIND,
)


# ---------------------------------------------------------------- workspace


def open_workspace(folder: str | Path | None = None) -> Workspace:
    """Open the workspace: the folder given, else ``UNDERSTUDY_WORKSPACE``, else a per-user folder."""
    return workspace.open_workspace(workspace_folder(folder))


def open_jobs(folder: str | Path | None = None) -> Workspace:
    """The same workspace without its database.

    Enough for everything about jobs, results and the Hub, and possible while the app holds the database.
    """
    return Workspace(workspace_folder(folder))


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


# ---------------------------------------------------------------- runs and simulations


def list_runs(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished tuning runs, newest first."""
    return [status for status in list_jobs(ws, survey_id, TUNE) if status.state is JobState.DONE]


def use_adapter(ws: Workspace, survey_id: str, adapter: Adapter) -> AdoptedRun:
    """Make an adapter from the Hub a run of this study; says what of the study it was not taught."""
    return adopt_adapter(ws, adapter, survey_id, load_survey(ws, survey_id))


def list_simulations(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished simulations, newest first."""
    return [status for status in list_jobs(ws, survey_id, SIMULATE) if status.state is JobState.DONE]
