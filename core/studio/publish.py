"""Use cases of publishing: the adapter of a run and its model card go to the Hugging Face Hub.

The token of a push is used for the call and never stored.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from core.errors import HubError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.process import find_finished, find_job, find_jobs
from core.publish import preflight as checks
from core.publish import push as pushing
from core.publish import record, staging
from core.publish.card import model_card
from core.publish.preflight import Preflight
from core.publish.push import Progress, PushResult
from core.publish.record import Published, Target
from core.publish.small_cells import rare_note
from core.results.folder import read_results
from core.store.workspace import Workspace
from core.studio import tuning
from core.survey.respondents import SurveyData


def card(ws: Workspace, run_id: str, repo_id: str = "", licence: str | None = None, frame: str = "") -> str:
    """Model card that would be pushed, as Markdown; with the figures of the run's newest simulation.

    Parameters
    ----------
    ws, run_id
        The finished run.
    repo_id
        Repository the adapter will be in, for the lines that say how to load it.
    licence
        Hub licence identifier of the adapter; left out of the card when None.
    frame
        Who the respondents stand for; what the codebook says when empty.
    """
    run = find_finished(ws.jobs_folder, run_id, JobKind.TUNE)
    simulations = [f for f in find_jobs(ws.jobs_folder, JobKind.SIMULATE) if f.spec().get("run_id") == run_id]
    tested = [folder for folder in simulations if folder.status().state == "done"]
    results = read_results(tested[0]) if tested else None
    return model_card(tuning.record(run), SurveyData.read(run.inputs), results, repo_id, licence, frame)


def stage(
    ws: Workspace,
    run_id: str,
    to: Path,
    repo_id: str = "",
    licence: str | None = None,
    frame: str = "",
) -> Path:
    """Write exactly the files that may leave the machine into the folder `to`, replacing what is there."""
    run = find_finished(ws.jobs_folder, run_id, JobKind.TUNE)
    shutil.rmtree(to, ignore_errors=True)
    text = card(ws, run_id, repo_id, licence, frame)
    staging.stage_files(run.outputs / "adapter", to, text, _base(run))
    return to


def preflight_target(
    repo_id: str, token: str | None, private: bool = True, base: str = "embedded"
) -> Preflight:
    """Check, before a run starts, that its model could be published: token, rights, name and base model."""
    return checks.preflight(repo_id, token, private, base)


def remember_target(ws: Workspace, run_id: str, repo_id: str, private: bool = True) -> None:
    """Store the repository a run is meant to be published in; the token is not part of it."""
    record.write_target(find_job(ws.jobs_folder, run_id), Target(repo_id, private))


def target(ws: Workspace, run_id: str) -> Target | None:
    """Repository a run is meant to be published in; None if none was named."""
    return record.read_target(find_job(ws.jobs_folder, run_id))


def published(ws: Workspace, run_id: str) -> list[Published]:
    """Pushes of a run, each with the version it made, newest first."""
    return record.read_published(find_job(ws.jobs_folder, run_id))


def preflight(ws: Workspace, run_id: str, repo_id: str, token: str | None, private: bool = True) -> Preflight:
    """Check name, token, base model and files before anything is sent to the Hub."""
    run = _own_run(ws, run_id)
    with tempfile.TemporaryDirectory() as folder:
        staged = stage(ws, run_id, Path(folder) / "adapter", repo_id)
        found = checks.preflight(repo_id, token, private, _base(run), staged)
    rare = rare_note(SurveyData.read(run.inputs))
    return replace(found, notes=(*found.notes, rare)) if rare else found


def push(
    ws: Workspace,
    run_id: str,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Progress | None = None,
    licence: str | None = None,
    frame: str = "",
) -> PushResult:
    """Push a run's adapter and its model card to the Hub, and record the version it made."""
    run = _own_run(ws, run_id)
    with tempfile.TemporaryDirectory() as folder:
        staged = stage(ws, run_id, Path(folder) / "adapter", repo_id, licence, frame)
        pushed = pushing.push_adapter(staged, repo_id, token, private, on_progress)
    record.add_published(run, pushed.repo_id, pushed.url, pushed.revision, pushed.private)
    return pushed


def _own_run(ws: Workspace, run_id: str) -> JobFolder:
    run = find_finished(ws.jobs_folder, run_id, JobKind.TUNE)
    if pulled := run.spec().get("pulled"):
        raise HubError(
            "This model was taught elsewhere and pulled; its card would be wrong.",
            where=run_id,
            got=pulled["repo_id"],
            fix="Share the repository it came from.",
        )
    return run


def _base(run: JobFolder) -> str:
    return tuning.record(run).base
