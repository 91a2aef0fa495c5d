"""Use cases about fine-tuning: base models, recipes, plans, runs, and how runs differ."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.errors import JobError
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.status import JobStatus
from core.models import download
from core.models.catalogue import CATALOGUE, Listed
from core.settings import launch
from core.store.workspace import Workspace
from core.studio import jobs
from core.survey import library
from core.tuning import job as tuning_job
from core.tuning import plan as planning
from core.tuning.plan import TuningPlan
from core.tuning.presets import PRESETS, preset_recipe
from core.tuning.recipe import Recipe
from core.tuning.registry import RunRecord, differences
from core.tuning.result import RunResult

__all__ = ["PRESETS", "preset_recipe"]


def base_models() -> tuple[Listed, ...]:
    """Catalogue of base models, the embedded one first."""
    return CATALOGUE


def plan(ws: Workspace, survey_id: str, recipe: Recipe) -> TuningPlan:
    """Plan of a run: time, memory and device on this machine; nothing is started."""
    data = library.load_survey(ws, survey_id)
    return planning.plan(recipe, data.codebook, len(data.part("train")))


def start(ws: Workspace, survey_id: str, recipe: Recipe) -> str:
    """Start or queue the job that fine-tunes the base model on a survey; returns the run's id.

    A Hub model is pinned to the commit that is on this machine. There are as many data-parallel workers as a
    launcher started processes, else as many as suit the machine's GPUs.

    Raises
    ------
    ModelError
        If the base model has to be downloaded first.
    RecipeError
        If it cannot fit, or the recipe does not suit the survey.
    JobError
        If a launcher started processes on several machines.
    """
    record, data = library.find_survey(ws, survey_id), library.load_survey(ws, survey_id)
    planning.plan(recipe, data.codebook, len(data.part("train"))).check()
    recipe = pinned(recipe)
    title, started = f"Tuning on {record.name}", launch()
    if started and started.machines > 1:
        raise JobError(
            "A model is taught on one machine.", got=f"{started.machines} machines", fix="Start it on one."
        )
    asked = (started.processes, started.sharded) if started else ()
    folder = tuning_job.prepare_tuning(ws.jobs_folder, data, recipe, title, survey_id, *asked)
    queue.submit(folder, tuning_job.WORKER)
    return folder.id


def keep(ws: Workspace, run_id: str) -> None:
    """Ask a run to stop training now and store the adapter it has so far."""
    folder = process.find_job(ws.jobs_folder, run_id)
    if folder.status().kind != JobKind.TUNE:
        raise JobError(f"This job is not a {JobKind.TUNE.noun}.", where="jobs", got=run_id)
    process.keep(folder)


def start_download(ws: Workspace, base: str) -> str:
    """Start downloading a base model from the Hub, beside other jobs; returns the job's id."""
    folder = download.prepare_download(ws.jobs_folder, base)
    process.start(folder, download.WORKER)
    return folder.id


def records(ws: Workspace, survey_id: str | None = None) -> list[RunRecord]:
    """Records of all tuning runs, finished or not, newest first; of one survey if given."""
    folders = process.find_jobs(ws.jobs_folder, JobKind.TUNE)
    return [record(f) for f in folders if survey_id in (None, f.spec().get("survey_id"))]


def record(folder: JobFolder) -> RunRecord:
    """Record of one run: status, recipe and result."""
    result = RunResult.from_dict(folder.result())
    return RunRecord(folder.id, folder.spec().get("recipe", {}), result, folder.status())


def run_differences(runs: Sequence[RunRecord]) -> dict[str, tuple[Any, ...]]:
    """Settings that are not the same in all runs: name -> value per run."""
    return differences([run.settings for run in runs])


def list_runs(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Statuses of the finished tuning runs, newest first; of one survey if given."""
    return jobs.list_done(ws, survey_id, JobKind.TUNE)


def pinned(recipe: Recipe) -> Recipe:
    """Recipe with its Hub model pinned to the commit that is on this machine."""
    return replace(recipe, base=download.pinned(recipe.base))
