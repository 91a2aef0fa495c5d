"""Processes of jobs: start, find, cancel and delete; one detached operating-system process per job.

The process is its own session, so closing the browser, pressing Ctrl-C or killing the app leaves
it running. It is found again through its folder. `core.jobs.queue` runs heavy jobs one at a time; nothing
here limits how many run at once.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import psutil

from core.errors import JobError, NotFoundError, SurveyError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.status import JobState
from core.settings import job_environment
from core.store.files import remove_folder, write_bytes

ROOT = Path(__file__).parents[2]
_ID = re.compile(r"[a-z][a-z0-9_]*-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


def start(folder: JobFolder, module: str) -> None:
    """Start ``python -m module FOLDER`` as the worker of this job and return at once.

    A job that failed, was cancelled or was lost may be started again; its worker finds the old
    `checkpoints` and `metrics.jsonl` in the folder.

    Raises
    ------
    JobError
        If the job is already under way or done, or the process cannot be started.
    """
    check_startable(folder)
    folder.cancel_flag.unlink(missing_ok=True)
    folder.keep_flag.unlink(missing_ok=True)
    (folder.path / "proc.json").unlink(missing_ok=True)
    folder.write_status(state=JobState.STARTING, heartbeat=time.time(), message="Starting")
    try:
        with folder.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", module, str(folder.path.resolve())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env=_environment(),
                **_detached(),
            )
    except OSError as error:
        sentence = f"The worker process could not be started: {error.strerror or error}."
        folder.write_status(state=JobState.FAILED, finished=time.time(), error=sentence)
        raise JobError(sentence, where=folder.id, fix="Close other programs and try again.") from error
    folder.write_process(psutil.Process(worker.pid))
    # collects the exit code, so that a finished worker does not stay behind as a zombie
    threading.Thread(target=worker.wait, name=f"wait-{folder.id}", daemon=True).start()


def check_startable(folder: JobFolder) -> JobState:
    """State of a job that may be started: queued, failed, cancelled or lost.

    Raises
    ------
    JobError
        If it is under way or done.
    """
    state = folder.status().state
    if state in (JobState.STARTING, JobState.RUNNING, JobState.DONE):
        raise JobError("The job cannot be started again.", where=folder.id, got=str(state))
    return state


def cancel(folder: JobFolder, grace_seconds: float = 10, wait: bool = False) -> None:
    """Ask the job to stop; end its process and its children after a grace time.

    Does nothing to a job that is no longer active.

    Parameters
    ----------
    grace_seconds
        How long the worker may take to stop by itself.
    wait
        Return only when the job has stopped. Without it the call returns at once and the grace
        time runs in the background of this process.
    """
    if not folder.status().state.is_active:
        return
    write_bytes(folder.cancel_flag, b"")
    if folder.status().state is JobState.QUEUED:
        _write_cancelled(folder)
        return
    ending = threading.Thread(
        target=_end, args=(folder, grace_seconds), name=f"cancel-{folder.id}", daemon=True
    )
    ending.start()
    if wait:
        ending.join()


def keep(folder: JobFolder) -> None:
    """Ask the job to finish early and keep its result so far; does nothing to a job that is not running."""
    if folder.status().state is JobState.RUNNING:
        write_bytes(folder.keep_flag, b"")


def delete(folder: JobFolder) -> None:
    """Remove a job with all its files.

    Raises
    ------
    JobError
        If its worker is still running.
    """
    if folder.process() is not None or _is_starting(folder):
        raise JobError(
            "The job is still running.", where=folder.id, fix="Cancel it and wait until it has stopped."
        )
    remove_folder(folder.path)


def find_jobs(root: Path, kind: str | None = None) -> list[JobFolder]:
    """Jobs of a workspace, newest first; damaged and half-deleted folders are left out."""
    if not root.is_dir():
        return []
    found = []
    for path in root.iterdir():
        if not _ID.fullmatch(path.name) or not (path / "status.json").is_file():
            continue
        folder = JobFolder(path)
        try:
            status = folder.status()
        except SurveyError:
            continue
        if kind in (None, status.kind):
            found.append((status.created, folder.id, folder))
    return [folder for _, _, folder in sorted(found, key=lambda entry: entry[:2], reverse=True)]


def find_job(root: Path, job_id: str) -> JobFolder:
    """Folder of the job of this id.

    Raises
    ------
    NotFoundError
        If there is none, or the text is not a job id.
    """
    folder = JobFolder(root / job_id) if _ID.fullmatch(job_id) else None
    if folder is None or not (folder.path / "status.json").is_file():
        known = ", ".join(job.id for job in find_jobs(root)[:10]) or "none yet"
        raise NotFoundError(
            "There is no job of that name.", where="jobs", got=job_id, fix=f"Use one of: {known}."
        )
    return folder


def find_finished(root: Path, job_id: str, kind: JobKind) -> JobFolder:
    """Folder of a finished job of this kind.

    Raises
    ------
    NotFoundError
        If there is no such job.
    JobError
        If it is of another kind or not done.
    """
    folder = find_job(root, job_id)
    status = folder.status()
    if status.kind != kind:
        known = [job.id for job in find_jobs(root, kind) if job.status().state is JobState.DONE]
        fix = f"Use one of: {', '.join(known)}." if known else f"Start a {kind.noun} first."
        raise JobError(f"This job is not a {kind.noun}.", where="jobs", got=job_id, fix=fix)
    if status.state is not JobState.DONE:
        fix = "Wait until it is done." if status.state.is_active else "Start it again."
        raise JobError(f"The job is not done: it is {status.state}.", where=job_id, fix=fix)
    return folder


def _is_starting(folder: JobFolder) -> bool:
    """Whether the job has been started but has no process yet."""
    try:
        return folder.status().state is JobState.STARTING
    except JobError:
        return False  # damaged: may be deleted


def _environment() -> dict[str, str]:
    """Environment variables of a worker; those the user set win."""
    # half of the processors, sleeping instead of spinning while idle: the app stays responsive
    threads = max(1, (os.cpu_count() or 1) // 2)
    defaults = {
        "OMP_NUM_THREADS": str(threads),
        "OMP_WAIT_POLICY": "PASSIVE",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return {**defaults, **job_environment()}


class _Detached(TypedDict, total=False):
    """Options of `subprocess.Popen` by which a process outlives its parent on this system."""

    creationflags: int
    start_new_session: bool


def _detached() -> _Detached:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _end(folder: JobFolder, grace_seconds: float) -> None:
    """Wait for the worker to stop, end its processes after the grace time, and record the cancellation."""
    process = folder.process()
    if process is not None:
        try:
            process.wait(timeout=grace_seconds)
        except psutil.TimeoutExpired:
            _end_tree(process)
    try:
        if folder.status().state is JobState.CANCELLED:
            _write_cancelled(folder)
    except (SurveyError, OSError):
        return  # deleted meanwhile


def _end_tree(process: psutil.Process) -> None:
    """End a process and all its descendants: terminate first, kill what is left after three seconds."""
    try:
        tree = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for member in tree:
        _signal(member.terminate)
    _, alive = psutil.wait_procs(tree, timeout=3)
    for member in alive:
        _signal(member.kill)
    psutil.wait_procs(alive, timeout=3)


def _signal(send: Callable[[], None]) -> None:
    try:
        send()
    except psutil.NoSuchProcess:
        pass


def _write_cancelled(folder: JobFolder) -> None:
    status = folder.status()
    folder.write_status(
        state=JobState.CANCELLED,
        step=status.step,
        total=status.total,
        message="Cancelled",
        heartbeat=status.heartbeat,
        finished=status.finished or time.time(),
    )
