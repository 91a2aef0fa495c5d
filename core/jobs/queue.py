"""Queue of heavy jobs: one runs at a time, the others wait in the order they were submitted.

Tuning and scoring each fill the processor and the memory, so two at once take longer than one after
the other and may not fit. There is no queue server: a process that submits a job, lists the jobs or ends
one starts the next, under a lock. A killed job does not block the queue, since its state is read from
its process.
"""

import time
from pathlib import Path

from filelock import FileLock

from core.errors import JobError, SurveyError
from core.jobs import process
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.store.files import read_json, write_json

TICKET = "ticket.json"
"""Name of the file in a heavy job's folder with the module of its worker and the time of submission."""


def submit(folder: JobFolder, module: str) -> None:
    """Start ``python -m module FOLDER`` now if no other heavy job runs, else when its turn comes.

    Like `process.start`, it also takes a job that failed, was cancelled or was lost.

    Raises
    ------
    JobError
        If the job is already under way or done, or the process cannot be started.
    """
    state = process.check_startable(folder)
    folder.cancel_flag.unlink(missing_ok=True)
    write_json(folder.path / TICKET, {"module": module, "since": time.time()})
    if state is not JobState.QUEUED:
        folder.write_status(state=JobState.QUEUED)
    advance(folder.path.parent)


def advance(jobs_folder: Path) -> None:
    """Start the next waiting job if none is running; cheap when there is nothing to do."""
    if not _waiting(jobs_folder):
        return
    with FileLock(jobs_folder / ".queue.lock", timeout=30):
        while waiting := _waiting(jobs_folder):
            if _is_busy(jobs_folder):
                return
            _, first, module = waiting[0]
            try:
                process.start(first, module)
            except JobError:
                if len(waiting) == 1 or first.status().state is JobState.QUEUED:
                    raise
                continue  # it has failed, with the reason in its status; the next one is started
            return


def jobs_ahead(folder: JobFolder) -> int:
    """Number of heavy jobs that run or wait before this waiting one; 0 for a job that does not wait."""
    jobs_folder = folder.path.parent
    order = [waiting.id for _, waiting, _ in _waiting(jobs_folder)]
    if folder.id not in order:
        return 0
    return order.index(folder.id) + _is_busy(jobs_folder)


def _waiting(jobs_folder: Path) -> list[tuple[float, JobFolder, str]]:
    """Waiting jobs in order of submission: time of submission, folder, module."""
    found = []
    for ticket in jobs_folder.glob(f"*/{TICKET}"):
        folder = JobFolder(ticket.parent)
        try:
            if folder.status().state is JobState.QUEUED:
                entry = read_json(ticket)
                found.append((float(entry["since"]), folder, str(entry["module"])))
        except (SurveyError, OSError, ValueError, KeyError):
            continue  # damaged, or deleted meanwhile
    return sorted(found, key=lambda entry: (entry[0], entry[1].id))


def _is_busy(jobs_folder: Path) -> bool:
    """Whether a heavy job is starting or running."""
    for ticket in jobs_folder.glob(f"*/{TICKET}"):
        try:
            state = JobFolder(ticket.parent).status().state
        except SurveyError:
            continue
        if state in (JobState.STARTING, JobState.RUNNING):
            return True
    return False
