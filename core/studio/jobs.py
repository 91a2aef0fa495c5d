"""Use cases about jobs: listing, waiting, cancelling, resuming and deleting."""

import time
from collections.abc import Callable

from core.errors import JobError
from core.experiments import job as experiment_job
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.status import JobState, JobStatus
from core.store.workspace import Workspace
from core.tuning import job as tuning_job

RESUMABLE = {JobKind.TUNE: tuning_job.WORKER, JobKind.EXPERIMENT: experiment_job.WORKER}
"""Kinds of jobs that resume from a checkpoint -> module of their worker."""


def list_jobs(ws: Workspace, survey_id: str | None = None, kind: JobKind | None = None) -> list[JobStatus]:
    """Statuses of the workspace's jobs, newest first; of one survey or kind if given."""
    queue.advance(ws.jobs_folder)
    folders = process.find_jobs(ws.jobs_folder, kind)
    return [f.status() for f in folders if survey_id in (None, f.spec().get("survey_id"))]


def list_done(ws: Workspace, survey_id: str | None, kind: JobKind) -> list[JobStatus]:
    """Statuses of the finished jobs of one kind, newest first; of one survey if given."""
    return [status for status in list_jobs(ws, survey_id, kind) if status.state is JobState.DONE]


def find(ws: Workspace, job_id: str) -> JobFolder:
    """Folder of one job: its spec, status, metrics, log and result."""
    return process.find_job(ws.jobs_folder, job_id)


def count_ahead(ws: Workspace, job_id: str) -> int:
    """Number of jobs that run or wait before this waiting one; starts it if it is its turn."""
    queue.advance(ws.jobs_folder)
    return queue.jobs_ahead(find(ws, job_id))


def delete(ws: Workspace, job_id: str) -> None:
    """Delete the folder of a job that is not running."""
    process.delete(find(ws, job_id))


def cancel(ws: Workspace, job_id: str, wait: bool = False) -> None:
    """Ask a job to stop; its process is ended after a few seconds if it does not. `wait` until then."""
    process.cancel(find(ws, job_id), wait=wait)


def resume(ws: Workspace, job_id: str, kind: JobKind | None = None) -> str:
    """Resume a lost, failed or cancelled run or experiment from its last checkpoint; returns the same id.

    Raises
    ------
    JobError
        If the job is neither, or not of the `kind` that is asked for, or cannot be started again.
    """
    folder = find(ws, job_id)
    found, allowed = folder.status().kind, [kind] if kind else list(RESUMABLE)
    if found not in allowed:
        nouns = " or ".join(each.noun for each in allowed)
        raise JobError(f"This job is not a {nouns}.", where="jobs", got=job_id)
    queue.submit(folder, RESUMABLE[JobKind(found)])
    return folder.id


def wait(
    ws: Workspace,
    job_id: str,
    on_progress: Callable[[JobStatus], None] | None = None,
    poll_seconds: float = 0.3,
) -> JobStatus:
    """Last status of a job, once it has ended; `on_progress` is called with every status read until then."""
    folder = find(ws, job_id)
    while True:
        queue.advance(ws.jobs_folder)
        status = folder.status()
        if on_progress:
            on_progress(status)
        if not status.state.is_active:
            return status
        time.sleep(poll_seconds)
