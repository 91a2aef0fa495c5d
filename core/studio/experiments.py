"""Use cases about the paper's experiments, repeated on a survey."""

from core.experiments import job as experiment_job
from core.experiments.design import EXPERIMENTS, Experiment, Outcome, find_experiment
from core.experiments.plan import ExperimentPlan, plan_experiment
from core.experiments.row import ExperimentResult
from core.experiments.variants import even_recipe
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.status import JobState, JobStatus
from core.store.workspace import Workspace
from core.studio.tuning import pinned
from core.survey import library
from core.tuning.recipe import Recipe


def list_experiments() -> tuple[Experiment, ...]:
    """The paper's experiments."""
    return EXPERIMENTS


def recipe(preset: str, base: str) -> Recipe:
    """Recipe that an experiment's variants share, by preset ("quick" or "standard") and base model."""
    return even_recipe(preset, base)


def plan(ws: Workspace, survey_id: str, key: str, recipe: Recipe) -> ExperimentPlan:
    """Plan of an experiment: models to train and time on this machine; nothing is started.

    Raises
    ------
    RecipeError
        If the survey or this machine lacks what it needs.
    ModelError
        If a base model has to be downloaded first.
    """
    experiment, data = find_experiment(key), library.load_survey(ws, survey_id)
    experiment_job.check_experiment(experiment, recipe, data)
    return plan_experiment(ws.jobs_folder, data, experiment, pinned(recipe))


def start(ws: Workspace, survey_id: str, key: str, recipe: Recipe) -> str:
    """Start an experiment on a survey, or queue it; returns the job's id.

    Raises
    ------
    RecipeError, ModelError
        As `plan`.
    """
    plan(ws, survey_id, key, recipe)
    experiment, data = find_experiment(key), library.load_survey(ws, survey_id)
    folder = experiment_job.prepare_experiment(ws.jobs_folder, data, experiment, pinned(recipe), survey_id)
    queue.submit(folder, experiment_job.WORKER)
    return folder.id


def latest(ws: Workspace, survey_id: str, key: str) -> JobStatus | None:
    """Status of the newest job of this experiment on this survey; None if there is none."""
    found = _jobs(ws, survey_id, key)
    return found[0].status() if found else None


def outcomes(ws: Workspace, survey_id: str, key: str) -> list[Outcome]:
    """Outcomes (figures and verdict) of the finished jobs of this experiment on this survey, newest first."""
    return [outcome(f) for f in _jobs(ws, survey_id, key) if f.status().state is JobState.DONE]


def outcome(folder: JobFolder) -> Outcome:
    """Figures and verdict of one finished experiment."""
    found = ExperimentResult.from_dict(folder.result())
    return Outcome(**vars(found), job=folder.status(), recipe=folder.spec()["recipe"])


def _jobs(ws: Workspace, survey_id: str, key: str) -> list[JobFolder]:
    wanted = {"survey_id": survey_id, "experiment": key}
    queue.advance(ws.jobs_folder)
    folders = process.find_jobs(ws.jobs_folder, JobKind.EXPERIMENT)
    return [f for f in folders if wanted.items() <= f.spec().items()]
