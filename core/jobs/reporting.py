"""Progress reports of workers, and the record of how a job ended.

A worker module is a few lines: ``sys.exit(run_worker(sys.argv[1], main))`` with
``main(folder, reporter) -> result``. Whatever happens inside `main`, the job ends in a state with
a message a survey designer can act on; the traceback goes to the log only.
"""

import contextlib
import errno
import json
import math
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import psutil

from core.errors import SurveyError
from core.jobs.folder import JobFolder, without_tokens
from core.jobs.queue import advance
from core.jobs.status import JobState
from core.store.files import to_json, write_json

MEMORY_ERROR = (
    "The computer ran out of memory. What to do: close other programs, choose a smaller base model, "
    "or use fewer respondents or people."
)
DISK_ERROR = "The disk is full. What to do: free some space and start the job again."
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory")
RESERVE_BYTES = 256 * 1024
EXIT_DONE, EXIT_BUG, EXIT_USER, EXIT_CANCELLED = 0, 1, 2, 3


class WithoutTokens:
    """Text stream that masks Hugging Face tokens before they are written, so that logs never hold one."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text` without tokens; returns its length, as streams do."""
        self._stream.write(without_tokens(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Cancelled(Exception):
    """Raised in a worker when the user cancelled the job."""


class Reporter:
    """Writer of a job's progress and metrics, used by its worker.

    Parameters
    ----------
    folder
        The job.
    every_seconds
        Status is written at most this often; the first and the last step always are.
    """

    def __init__(self, folder: JobFolder, every_seconds: float = 0.5) -> None:
        self.folder, self.every_seconds = folder, every_seconds
        self.step = self.total = 0
        self.message = ""
        self._written = -math.inf
        self._first: tuple[int, float] | None = None
        _drop_torn_line(folder.path / "metrics.jsonl")

    @property
    def cancelled(self) -> bool:
        """Whether the user cancelled the job."""
        return self.folder.cancel_flag.exists()

    def check(self) -> None:
        """Stop the worker if the job was cancelled; to be called often, e.g. after every step.

        Raises
        ------
        Cancelled
            If the user cancelled the job.
        """
        if self.cancelled:
            raise Cancelled

    def progress(self, step: int, total: int, message: str = "") -> None:
        """Report `step` of `total`; cheap enough to call at every step.

        The time left is the mean time per step since the first report times the steps left. A step smaller
        than the first one restarts the clock, so stages may follow each other.
        """
        now = time.monotonic()
        if self._first is None or step < self._first[0]:
            self._first, self._written = (int(step), now), -math.inf
        self.step, self.total, self.message = int(step), int(total), message
        if now - self._written >= self.every_seconds or 0 < total <= step:
            self._written = now
            with _disk_full_ignored():
                self.write(JobState.RUNNING, eta_seconds=self._time_left(now))

    def metric(self, **numbers: float | int | str | None) -> None:
        """Append one line to `metrics.jsonl`; a number that is not finite is written as null."""
        line = to_json({key: _finite(value) for key, value in numbers.items()})
        with _disk_full_ignored(), (self.folder.path / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def write(self, state: JobState, **values: Any) -> None:
        """Write a status of this state with the progress last reported; `values` replace its fields."""
        now = time.time()
        self.folder.write_status(
            **{
                "state": state,
                "step": self.step,
                "total": self.total,
                "message": self.message,
                "heartbeat": now,
                "finished": None if state.is_active else now,
                **values,
            }
        )

    def _time_left(self, now: float) -> float | None:
        """Seconds left, extrapolated from the mean pace; None while unknown."""
        assert self._first is not None
        first, since = self._first
        if self.step <= first or self.total <= 0:
            return None
        return max(self.total - self.step, 0) * (now - since) / (self.step - first)


class NullReporter(Reporter):
    """Reporter that writes nothing, for processes of a job whose first process reports."""

    def __init__(self, folder: JobFolder) -> None:
        self.folder = folder

    def progress(self, step: int, total: int, message: str = "") -> None:
        """Say nothing."""

    def metric(self, **numbers: float | int | str | None) -> None:
        """Say nothing."""


def run_worker(folder_path: str, main: Callable[[JobFolder, Reporter], dict[str, Any]]) -> int:
    """Run `main` as the worker of a job and record how it ended.

    Parameters
    ----------
    folder_path
        The job folder, as `core.jobs.process.start` passes it.
    main
        Does the work; its dictionary becomes `outputs/result.json`.

    Returns
    -------
    int
        Exit code: 0 done, 1 a bug, 2 an error the user can correct, 3 cancelled.
    """
    with tokens_hidden():
        return _with_reserve(JobFolder(Path(folder_path)), main)


@contextmanager
def tokens_hidden() -> Iterator[None]:
    """Context in which Hugging Face tokens are masked in everything this process prints."""
    out, err = WithoutTokens(sys.stdout), WithoutTokens(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield


def _with_reserve(folder: JobFolder, main: Callable[[JobFolder, Reporter], dict[str, Any]]) -> int:
    """Exit code of the job, run with disk space in reserve; starts the next job in the queue afterwards."""
    folder.write_process(psutil.Process())
    reserve = _Reserve(folder)
    try:
        return _run(folder, Reporter(folder), main, reserve)
    finally:
        reserve.release()
        advance(folder.path.parent)


def _run(
    folder: JobFolder,
    reporter: Reporter,
    main: Callable[[JobFolder, Reporter], dict[str, Any]],
    reserve: "_Reserve",
) -> int:
    try:
        reporter.check()
        reporter.write(JobState.RUNNING)
        write_json(folder.outputs / "result.json", main(folder, reporter))
    except Cancelled:
        reporter.write(JobState.CANCELLED, message="Cancelled")
        return EXIT_CANCELLED
    except BaseException as error:
        reserve.release()
        _append_traceback(folder)
        sentence = without_tokens(in_words(error))
        reporter.write(JobState.FAILED, error=sentence)
        return EXIT_USER if isinstance(error, SurveyError) else EXIT_BUG
    reporter.write(JobState.DONE, eta_seconds=0.0)
    return EXIT_DONE


class _Reserve:
    """File that reserves disk space, released to record an error when the disk is full."""

    def __init__(self, folder: JobFolder) -> None:
        self._path = folder.path / ".reserve"
        try:
            self._path.write_bytes(b"\0" * RESERVE_BYTES)
        except OSError:
            self.release()

    def release(self) -> None:
        self._path.unlink(missing_ok=True)


def in_words(error: BaseException) -> str:
    """Message for the user about an exception that ended a job."""
    if isinstance(error, SurveyError):
        return str(error)
    if is_memory_error(error):
        return MEMORY_ERROR
    if _is_disk_full(error):
        return DISK_ERROR
    return f"The job stopped because of a fault in the program ({type(error).__name__}). The log says where."


def is_memory_error(error: BaseException) -> bool:
    """Whether memory ran out; on a processor torch has no error class for it, only a message."""
    text = str(error).lower()
    worded = any(words in text for words in _MEMORY_WORDS)
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or worded


def _is_disk_full(error: BaseException) -> bool:
    """Whether the disk is full; safetensors and pyarrow have no error number for it, only a message."""
    return (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "no space left" in str(
        error
    ).lower()


def _append_traceback(folder: JobFolder) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    with folder.log.open("a", encoding="utf-8") as log:
        log.write(without_tokens(traceback.format_exc()))


@contextmanager
def _disk_full_ignored() -> Iterator[None]:
    """Context that ignores a full disk: a report that cannot be written must not end the job."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _finite(value: Any) -> Any:
    """Value as JSON holds it; None for a number that is not finite."""
    value = json.loads(to_json(value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _drop_torn_line(path: Path) -> None:
    """Remove an incomplete last line, left by a worker that was killed while writing it."""
    if path.exists():
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            path.write_bytes(whole)
