"""Use cases: one function per button of the app and per command of the command line.

This is the only place that picks implementations. Every function takes the workspace first, checks
what the user gave, calls the packages below and returns plain frozen data. Nothing here imports
torch: tuning and simulation are started as jobs (see `core.jobs`), and their results are read from
the job's folder.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from core.errors import JobError, MarginalsError
from core.jobs import process
from core.jobs.folder import JobFolder, JobState, JobStatus
from core.population import drawing
from core.population import marginals as targets
from core.population.marginals import Marginals
from core.publish import preflight as checks
from core.publish import pull, push, staging
from core.publish.card import model_card
from core.publish.preflight import Preflight
from core.publish.push import PushResult
from core.report.html import report_html
from core.settings import workspace_folder
from core.store import records, workspace
from core.store.records import PopulationRecord, SurveyRecord
from core.store.workspace import Workspace
from core.survey import importing, library
from core.survey.codebook import Codebook
from core.survey.example import EXAMPLE_FILE, EXAMPLE_NAME, example_csv, example_survey
from core.survey.importing import SurveyDraft
from core.survey.respondents import SurveyData

if TYPE_CHECKING:
    from core.results import Results
    from core.tuning.recipe import Recipe

TUNE, SIMULATE = "tune", "simulate"
WORKERS = {TUNE: "core.tuning.worker", SIMULATE: "core.simulation.worker"}


# ---------------------------------------------------------------- workspace and surveys


def open_workspace(folder: str | Path | None = None) -> Workspace:
    """Open the workspace: the folder given, else ``UNDERSTUDY_WORKSPACE``, else a per-user folder."""
    return workspace.open_workspace(workspace_folder(folder))


def open_jobs(folder: str | Path | None = None) -> Workspace:
    """The same workspace without its database.

    Enough for everything about jobs, results and the Hub, and possible while the app holds the database.
    """
    return Workspace(workspace_folder(folder), database=None)


def list_surveys(ws: Workspace) -> list[SurveyRecord]:
    """All surveys of the workspace, newest first."""
    return library.list_surveys(ws)


def draft_survey(
    content: bytes, source_name: str, codebook: bytes | dict | None = None, name: str | None = None
) -> SurveyDraft:
    """Read a survey file, with its codebook or with a guessed one; nothing is stored yet."""
    return importing.draft_survey(content, source_name, codebook, name)


def save_survey(
    ws: Workspace, draft: SurveyDraft, codebook: Codebook | None = None, seed: int = 0
) -> SurveyRecord:
    """Code the answers with the confirmed codebook and store the survey, all of it or nothing."""
    data = importing.build_survey(draft, codebook, seed)
    survey_id = library.add_survey(
        ws,
        name=draft.name,
        source_name=draft.source_name,
        data=data,
        raw=draft.raw,
        generated=bool(data.codebook.extra.get("generated")),
        warnings=draft.warnings,
    )
    return library.find_survey(ws, survey_id)


def load_example(ws: Workspace) -> SurveyRecord:
    """The generated example survey; stored on the first call, found again afterwards."""
    for record in library.list_surveys(ws):
        if record.generated and record.source_name == EXAMPLE_FILE:
            return record
    codebook = example_survey()[1]
    return save_survey(ws, draft_survey(example_csv(), EXAMPLE_FILE, codebook.to_dict(), EXAMPLE_NAME))


def load_survey(ws: Workspace, survey_id: str) -> SurveyData:
    """Respondents, answers, weights and split of one survey."""
    return library.load_survey(ws, survey_id)


def survey_record(ws: Workspace, survey_id: str) -> SurveyRecord:
    """Name, size, source and warnings of one survey."""
    return library.find_survey(ws, survey_id)


def delete_survey(ws: Workspace, survey_id: str) -> None:
    """Delete a survey and its populations; its jobs keep their own copy of what they need."""
    library.delete_survey(ws, survey_id)


# ---------------------------------------------------------------- jobs


def list_jobs(ws: Workspace, survey_id: str | None = None, kind: str | None = None) -> list[JobStatus]:
    """Jobs of the workspace, newest first; of one survey or kind ("tune", "simulate") if given."""
    folders = process.find_jobs(ws.jobs_folder, kind)
    return [f.status() for f in folders if survey_id in (None, f.spec().get("survey_id"))]


def job(ws: Workspace, job_id: str) -> JobFolder:
    """The folder of one job: its spec, status, metrics, log and result."""
    return process.find_job(ws.jobs_folder, job_id)


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
        status = folder.status()
        if on_progress:
            on_progress(status)
        if not status.state.is_active:
            return status
        time.sleep(poll_seconds)


def _done(ws: Workspace, job_id: str, kind: str) -> JobFolder:
    folder = job(ws, job_id)
    status = folder.status()
    if status.kind != kind:
        wanted = {TUNE: "tuning run", SIMULATE: "simulation"}[kind]
        known = [s.id for s in list_jobs(ws, kind=kind) if s.state is JobState.DONE]
        fix = f"Use one of: {', '.join(known)}." if known else f"Start a {wanted} first."
        raise JobError(f"This job is not a {wanted}.", where="jobs", got=job_id, fix=fix)
    if status.state is not JobState.DONE:
        fix = "Wait until it is done." if status.state.is_active else "Start it again."
        raise JobError(f"The job is not done: it is {status.state}.", where=job_id, fix=fix)
    return folder


# ---------------------------------------------------------------- tuning


def start_tuning(ws: Workspace, survey_id: str, recipe: "Recipe") -> str:
    """Start the job that teaches the model how these people answer; returns the run's id."""
    from core.tuning.job import prepare_tuning

    record, data = library.find_survey(ws, survey_id), load_survey(ws, survey_id)
    folder = prepare_tuning(ws.jobs_folder, data, recipe, f"Tuning on {record.name}", survey_id)
    process.start(folder, WORKERS[TUNE])
    return folder.id


def resume_tuning(ws: Workspace, run_id: str) -> str:
    """Go on with a lost, failed or cancelled run from its last checkpoint; returns the same id."""
    folder = job(ws, run_id)
    process.start(folder, WORKERS[TUNE])
    return folder.id


def list_runs(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished tuning runs, newest first."""
    return [status for status in list_jobs(ws, survey_id, TUNE) if status.state is JobState.DONE]


# ---------------------------------------------------------------- population


def survey_marginals(ws: Workspace, survey_id: str) -> Marginals:
    """Weighted shares of every demographic among the survey's own respondents."""
    return targets.survey_marginals(load_survey(ws, survey_id))


def build_population(
    ws: Workspace,
    survey_id: str,
    marginals: Marginals | None = None,
    size: int = 1000,
    seed: int = 0,
    name: str | None = None,
) -> PopulationRecord:
    """Rake the respondents to the marginals (the survey's own if None), draw `size` people, store them.

    The record's `figures` say how well the targets are met; `figures["achieved"]` has one row per category.
    """
    data = load_survey(ws, survey_id)
    drawn = drawing.build_population(data, marginals, size, seed)
    asked = (marginals or targets.survey_marginals(data)).to_dict()
    name = (
        name or f"{size:,} people like the respondents" if marginals is None else name or f"{size:,} people"
    )
    population_id = records.add_population(
        ws, survey_id, name, size, seed, asked, drawn.figures, drawn.people
    )
    return records.find_population(ws, population_id)


def list_populations(ws: Workspace, survey_id: str | None = None) -> list[PopulationRecord]:
    """Populations, newest first; of one survey if given."""
    return records.list_populations(ws, survey_id)


def population_people(ws: Workspace, population_id: str) -> pd.DataFrame:
    """The people of a population: one row each, one text column per demographic."""
    return records.load_people(ws, population_id)


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
    from core.results import write_context
    from core.simulation.job import prepare_simulation

    run = _done(ws, run_id, TUNE)
    record = library.find_survey(ws, run.spec()["survey_id"])
    population = records.find_population(ws, population_id) if population_id else None
    if population and population.survey_id != record.id:
        raise MarginalsError(
            "The population belongs to another survey.",
            where=population.id,
            got=population.survey_id,
            fix=f"Build a population for {record.id}.",
        )
    folder = prepare_simulation(
        ws.jobs_folder,
        run,
        load_survey(ws, record.id),
        people=records.load_people(ws, population.id) if population else None,
        population_id=population_id,
        respondents=respondents,
        title=f"Simulation of {population.name if population else 'held-out respondents'}",
    )
    write_context(folder, record, run, population)
    process.start(folder, WORKERS[SIMULATE])
    return folder.id


def list_simulations(ws: Workspace, survey_id: str | None = None) -> list[JobStatus]:
    """Finished simulations, newest first."""
    return [status for status in list_jobs(ws, survey_id, SIMULATE) if status.state is JobState.DONE]


def results(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    split: str = "test",
) -> "Results":
    """Simulated against real answers of the held-out respondents, with floors, baselines and the sweep."""
    from core.results import read_results

    return read_results(_done(ws, simulation_id, SIMULATE), temperature, decoder, split)


def predictions(ws: Workspace, simulation_id: str) -> pd.DataFrame:
    """One row per held-out respondent and legal answer, at temperature 1.

    Columns: respondent_id, question (column), option (label), logprob (natural log), split. For "select all
    that apply" the row of an option holds the log-probability of selecting it.
    """
    from core.results import prediction_table

    return prediction_table(_done(ws, simulation_id, SIMULATE))


def make_report(
    ws: Workspace, simulation_id: str, temperature: float | str = "auto", decoder: str = "expected"
) -> str:
    """A self-contained HTML report of one simulation."""
    found = results(ws, simulation_id, temperature, decoder)
    return report_html(found.report_context(created=f"{date.today():%d %B %Y}"))


# ---------------------------------------------------------------- publishing


def adapter_card(ws: Workspace, run_id: str, repo_id: str) -> str:
    """The model card that would be pushed, as Markdown."""
    from core.results import card_context, read_results

    run = _done(ws, run_id, TUNE)
    tested = [s for s in list_simulations(ws) if job(ws, s.id).spec().get("run_id") == run_id]
    comparison = read_results(job(ws, tested[0].id)).comparison if tested else None
    return model_card(card_context(run, comparison))


def stage_adapter(ws: Workspace, run_id: str, target: Path, repo_id: str = "adapter") -> Path:
    """Write exactly the files that may leave the machine into `target`, replacing what is there."""
    run = _done(ws, run_id, TUNE)
    base = run.spec()["recipe"].get("base", "embedded")
    shutil.rmtree(target, ignore_errors=True)
    staging.stage_files(run.outputs / "adapter", target, adapter_card(ws, run_id, repo_id), base)
    return target


def preflight_push(
    ws: Workspace, run_id: str, repo_id: str, token: str | None, private: bool = True
) -> Preflight:
    """Check name, token and files before anything is sent to the Hub."""
    with tempfile.TemporaryDirectory() as folder:
        staged = stage_adapter(ws, run_id, Path(folder) / "adapter", repo_id)
        return checks.preflight(repo_id, token, private, staged)


def push_run(
    ws: Workspace,
    run_id: str,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Callable[[str], None] | None = None,
) -> PushResult:
    """Push a run's adapter and its model card to the Hub."""
    with tempfile.TemporaryDirectory() as folder:
        staged = stage_adapter(ws, run_id, Path(folder) / "adapter", repo_id)
        return push.push_adapter(staged, repo_id, token, private, on_progress)


def pull_adapter(ws: Workspace, repo_id: str, token: str | None = None) -> Path:
    """Download an adapter from the Hub into the workspace, replacing an earlier copy; returns its folder."""
    target = ws.root / "adapters" / repo_id.replace("/", "--")
    with tempfile.TemporaryDirectory(dir=_made(target.parent)) as folder:
        fetched = pull.pull_adapter(repo_id, token, Path(folder) / "adapter")
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(fetched, target)
    return target


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
