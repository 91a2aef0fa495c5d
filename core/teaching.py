"""Use cases about teaching the model: base models, plans, runs, and how runs differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import JobError
from core.experiments import job as experiment_job
from core.experiments.design import EXPERIMENTS, Experiment, Outcome, find_experiment
from core.experiments.plan import ExperimentPlan
from core.experiments.plan import plan_experiment as experiment_plan
from core.experiments.variants import even_recipe
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.status import JobState, JobStatus
from core.models import download
from core.models.catalogue import CATALOGUE, Listed
from core.settings import launch
from core.store.workspace import Workspace
from core.survey import library
from core.tuning import job as tuning_job
from core.tuning.plan import Plan, plan
from core.tuning.recipe import Recipe
from core.tuning.registry import differences
from core.tuning.run_figures import RUN_FIGURES

RESUMABLE = {tuning_job.KIND: tuning_job.WORKER, experiment_job.KIND: experiment_job.WORKER}
"""Kinds of jobs that go on where they stopped -> their worker."""
NAMES = {tuning_job.KIND: "tuning run", experiment_job.KIND: "experiment"}


@dataclass(frozen=True)
class RunRecord:
    """A tuning run as the registry shows it.

    Attributes
    ----------
    status
        The job.
    recipe
        Every setting it was started with.
    result
        Figures, model revision, data hash, versions and machine; empty while it has none.
    """

    status: JobStatus
    recipe: Mapping[str, Any]
    result: Mapping[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        """All that may explain why two runs differ."""
        kept = ("base", "data_hash", "versions", "machine", "processes", "sharded", "ending")
        known = {key: self.result[key] for key in kept if key in self.result}
        known["model"] = known.pop("base", {})  # the recipe has a base of its own: as it was asked for
        return {**self.recipe, **known}

    @property
    def figures(self) -> dict[str, float | None]:
        """The figures of `RUN_FIGURES`, by key; None where a run has none."""
        return {key: self.result.get(key) for key in RUN_FIGURES}


def base_models() -> tuple[Listed, ...]:
    """The short list of base models."""
    return CATALOGUE


def plan_tuning(ws: Workspace, survey_id: str, recipe: Recipe) -> Plan:
    """What a run would take on this machine; nothing is started."""
    data = library.load_survey(ws, survey_id)
    return plan(recipe, data.codebook, len(data.part("train")))


def start_tuning(ws: Workspace, survey_id: str, recipe: Recipe) -> str:
    """Start the job that teaches the model how these people answer, or queue it; returns the run's id.

    A Hub model is pinned to the commit that is on this machine. As many processes will learn as a launcher
    started, else as many as suit the machine's GPUs.

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
    plan(recipe, data.codebook, len(data.part("train"))).check()
    recipe = _pinned(recipe)
    title, started = f"Tuning on {record.name}", launch()
    if started and started.machines > 1:
        raise JobError(
            "A model is taught on one machine.", got=f"{started.machines} machines", fix="Start it on one."
        )
    asked = (started.processes, started.sharded) if started else ()
    folder = tuning_job.prepare_tuning(ws.jobs_folder, data, recipe, title, survey_id, *asked)
    queue.submit(folder, tuning_job.WORKER)
    return folder.id


def resume(ws: Workspace, job_id: str, kind: str | None = None) -> str:
    """Go on with a lost, failed or cancelled run or experiment where it stopped; returns the same id.

    Raises
    ------
    JobError
        If it is neither, or not of the `kind` that is asked for, or cannot be started again.
    """
    folder = process.find_job(ws.jobs_folder, job_id)
    queue.submit(folder, RESUMABLE[_kind(folder, *([kind] if kind else RESUMABLE))])
    return folder.id


def keep_tuning(ws: Workspace, run_id: str) -> None:
    """Ask a run to stop learning now and keep what it has learned so far."""
    process.keep(_run(ws, run_id))


def start_download(ws: Workspace, base: str) -> str:
    """Start fetching a base model from the Hub; returns the job's id. Does not wait for other jobs."""
    folder = download.prepare_download(ws.jobs_folder, base)
    process.start(folder, download.WORKER)
    return folder.id


def run_records(ws: Workspace, survey_id: str | None = None) -> list[RunRecord]:
    """All tuning runs, newest first, whatever became of them; of one survey if given."""
    folders = process.find_jobs(ws.jobs_folder, tuning_job.KIND)
    return [run_record(f) for f in folders if survey_id in (None, f.spec().get("survey_id"))]


def run_record(folder: JobFolder) -> RunRecord:
    """What is known of one run."""
    return RunRecord(folder.status(), folder.spec().get("recipe", {}), folder.result())


def run_differences(runs: Sequence[RunRecord]) -> dict[str, tuple[Any, ...]]:
    """Settings that are not the same in all runs: name -> value per run."""
    return differences([run.settings for run in runs])


def experiments() -> tuple[Experiment, ...]:
    """The paper's experiments."""
    return EXPERIMENTS


def experiment_recipe(preset: str, base: str) -> Recipe:
    """The recipe of an experiment's variants, "quick" or "standard", before what each varies."""
    return even_recipe(preset, base)


def plan_experiment(ws: Workspace, survey_id: str, key: str, recipe: Recipe) -> ExperimentPlan:
    """What an experiment would take on this machine; nothing is started.

    Raises
    ------
    RecipeError
        If the survey or this machine lacks what it needs.
    ModelError
        If a base model has to be downloaded first.
    """
    experiment, data = find_experiment(key), library.load_survey(ws, survey_id)
    experiment_job.check_experiment(experiment, recipe, data)
    return experiment_plan(ws.jobs_folder, data, experiment, _pinned(recipe))


def start_experiment(ws: Workspace, survey_id: str, key: str, recipe: Recipe) -> str:
    """Start an experiment on a survey, or queue it; returns the job's id.

    Raises
    ------
    RecipeError, ModelError
        As `plan_experiment`.
    """
    plan_experiment(ws, survey_id, key, recipe)
    experiment, data = find_experiment(key), library.load_survey(ws, survey_id)
    folder = experiment_job.prepare_experiment(ws.jobs_folder, data, experiment, _pinned(recipe), survey_id)
    queue.submit(folder, experiment_job.WORKER)
    return folder.id


def _pinned(recipe: Recipe) -> Recipe:
    return replace(recipe, base=download.pinned(recipe.base))


def latest_experiment(ws: Workspace, survey_id: str, key: str) -> JobStatus | None:
    """The newest job of this experiment on this survey."""
    found = _experiments(ws, survey_id, key)
    return found[0].status() if found else None


def experiment_outcomes(ws: Workspace, survey_id: str, key: str) -> list[Outcome]:
    """Figures and verdicts of the finished experiments of this kind, newest first."""
    done = [f for f in _experiments(ws, survey_id, key) if f.status().state is JobState.DONE]
    return [
        Outcome(f.status(), *(f.result()[k] for k in ("rows", "verdict", "sentence")), f.spec()["recipe"])
        for f in done
    ]


def _experiments(ws: Workspace, survey_id: str, key: str) -> list[JobFolder]:
    wanted = {"survey_id": survey_id, "experiment": key}
    queue.advance(ws.jobs_folder)
    folders = process.find_jobs(ws.jobs_folder, experiment_job.KIND)
    return [f for f in folders if wanted.items() <= f.spec().items()]


def _run(ws: Workspace, run_id: str) -> JobFolder:
    folder = process.find_job(ws.jobs_folder, run_id)
    _kind(folder, tuning_job.KIND)
    return folder


def _kind(folder: JobFolder, *kinds: str) -> str:
    kind = folder.status().kind
    if kind not in kinds:
        raise JobError(
            f"This job is not a {' or '.join(NAMES[k] for k in kinds)}.", where="jobs", got=folder.id
        )
    return kind
