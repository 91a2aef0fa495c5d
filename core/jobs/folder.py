"""Folder of a background job: specification, inputs, status, metrics, log and outputs, all as files.

The app, the command line and the worker share nothing but this folder, so a job outlives all of
them. Reading never changes anything. "Lost" is never written: it is derived when a job's
status is active and its process is gone, a zombie, or another one that was given its number.
Resuming, killing and starting are in `core.jobs.process`.
"""

import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from core.errors import JobError, NotFoundError
from core.jobs.status import JobState, JobStatus
from core.store.files import read_json, write_json

START_SECONDS = 60
"""A starting job whose process is not registered after this many seconds is lost."""
START_TIME_TOLERANCE = 2.0
"""Seconds by which two readings of the same process's start time may differ."""
LOG_BYTES = 64 * 1024
FROZEN = "read-only"
"""Name of a file in a jobs folder in which no job may be created any more."""
LOST_ERROR = (
    "The worker process stopped without a word: it was killed, the machine ran out of memory, or the "
    "machine was restarted. What to do: start the job again; close other programs or choose a smaller "
    "model if it happens twice."
)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,30}")
_TOKEN = re.compile(r"hf_\w+")


@dataclass(frozen=True)
class JobFolder:
    """Folder of one job, ``jobs/<id>/``."""

    path: Path

    @classmethod
    def create(cls, root: Path, kind: str, title: str, spec: dict[str, Any]) -> "JobFolder":
        """Folder of a new, queued job, written to the disk.

        Parameters
        ----------
        root
            The workspace's jobs folder; made if absent.
        kind
            A lower-case word such as "tune"; the id begins with it.
        title
            Name of the job for the user.
        spec
            Settings for the worker, as JSON; never a token or a password.

        Returns
        -------
        JobFolder
            Its id is ``kind-yyyymmdd-hhmmss-xxxx`` (UTC, four random hexadecimal digits).

        Raises
        ------
        JobError
            If the jobs folder is read-only.
        """
        if not _KIND.fullmatch(kind):
            raise ValueError(f"not a job kind: {kind!r}")
        if (root / FROZEN).exists():
            raise JobError(
                "This is a demonstration: nothing can be started.",
                fix="Install Understudy on your own computer to work with your own survey.",
            )
        created = time.time()
        folder = cls(_new_folder(root, kind, created))
        for part in (folder.inputs, folder.outputs, folder.checkpoints):
            part.mkdir()
        write_json(folder.path / "spec.json", {**spec, "kind": kind, "title": title, "created": created})
        folder.write_status(state=JobState.QUEUED)  # last: a folder without it is not a job yet
        return folder

    @property
    def id(self) -> str:
        """Identifier of the job, which is the folder's name."""
        return self.path.name

    @property
    def inputs(self) -> Path:
        """Folder with the input files of the worker."""
        return self.path / "inputs"

    @property
    def outputs(self) -> Path:
        """Folder with the output files of the worker."""
        return self.path / "outputs"

    @property
    def checkpoints(self) -> Path:
        """Folder with checkpoints, from which an interrupted job resumes."""
        return self.path / "checkpoints"

    @property
    def log(self) -> Path:
        """File with everything the worker printed."""
        return self.path / "log.txt"

    @property
    def cancel_flag(self) -> Path:
        """File whose presence asks the worker to stop."""
        return self.path / "cancel"

    @property
    def keep_flag(self) -> Path:
        """File whose presence asks a tuning worker to stop early and keep the adapter."""
        return self.path / "keep"

    def spec(self) -> dict[str, Any]:
        """Specification of the job: ``kind``, ``title``, ``created`` and the kind's own keys.

        Raises
        ------
        NotFoundError
            If the job was deleted.
        JobError
            If the file is damaged.
        """
        return self._read("spec.json")

    def result(self) -> dict[str, Any]:
        """Result that the worker's main function returned; empty while there is none."""
        name = "outputs/result.json"
        return self._read(name) if (self.path / name).exists() else {}

    def status(self) -> JobStatus:
        """Current status of the job.

        Raises
        ------
        NotFoundError
            If the job was deleted.
        JobError
            If its files are damaged.
        """
        status = self._recorded()
        if not status["state"].is_active or self._is_alive(status):
            return JobStatus(**status)
        # the worker may have finished between the two readings
        status = self._recorded()
        if status["state"].is_active:
            flag = self.cancel_flag
            if flag.exists():
                status |= {"state": JobState.CANCELLED, "finished": flag.stat().st_mtime}
            else:
                status |= {"state": JobState.LOST, "error": LOST_ERROR}
            status["eta_seconds"] = None
        return JobStatus(**status)

    def metrics(self) -> list[dict[str, Any]]:
        """Rows of `metrics.jsonl`, without a last line that is still being written."""
        path = self.path / "metrics.jsonl"
        if not path.exists():
            return []
        whole, _, _ = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")
        return [row for row in map(_parsed, whole.splitlines()) if row is not None]

    def log_tail(self, lines: int = 40) -> str:
        """Last lines of the log, with Hugging Face tokens masked."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            start = file.seek(max(0, self.log.stat().st_size - LOG_BYTES))
            if start:
                file.readline()  # may begin in the middle of a token
            text = file.read().decode("utf-8", errors="replace")
        # a progress bar rewrites its line with carriage returns: keep what it showed last
        rows = [row.rstrip("\r").rpartition("\r")[2] for row in text.split("\n")]
        return without_tokens("\n".join("\n".join(rows).rstrip().split("\n")[-lines:]))

    def process(self) -> psutil.Process | None:
        """Running process of the worker; None if it is gone, a zombie, or another process has its number."""
        try:
            entry = read_json(self.path / "proc.json")
            process = psutil.Process(int(entry["pid"]))
            same = abs(process.create_time() - float(entry["create_time"])) <= START_TIME_TOLERANCE
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return None

    def write_process(self, process: psutil.Process) -> None:
        """Register `process` as the worker of this job."""
        entry = {"pid": process.pid, "create_time": process.create_time()}
        write_json(self.path / "proc.json", entry)

    def write_status(self, **values: Any) -> None:
        """Replace `status.json`; keys that are not given are reset to their initial value."""
        unknown = values.keys() - _FIRST_STATUS.keys()
        if unknown:
            raise ValueError(f"not part of a status: {sorted(unknown)}")
        write_json(self.path / "status.json", _FIRST_STATUS | values)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            value = read_json(self.path / name)
        except (FileNotFoundError, NotADirectoryError):
            raise NotFoundError(
                "There is no such job; it may have been deleted.", where="jobs", got=self.id
            ) from None
        except ValueError:
            raise self._damaged(name) from None
        if not isinstance(value, dict):
            raise self._damaged(name)
        return value

    def _damaged(self, name: str) -> JobError:
        where = f"{self.id}, {name}"
        return JobError("A file of this job is damaged.", where=where, fix="Delete the job and start again.")

    def _recorded(self) -> dict[str, Any]:
        """Fields of a `JobStatus` as they stand in the files, without a look at the process."""
        spec, status = self._read("spec.json"), _FIRST_STATUS | self._read("status.json")
        if status["state"] not in set(JobState):
            raise self._damaged("status.json")
        return {
            "id": self.id,
            "kind": str(spec.get("kind", self.id.partition("-")[0])),
            "title": str(spec.get("title", self.id)),
            "created": float(spec.get("created", 0.0)),
            **{key: status[key] for key in _FIRST_STATUS},
            "state": JobState(status["state"]),
        }

    def _is_alive(self, status: dict[str, Any]) -> bool:
        """Whether an active job has a process, or needs none yet: queued, or started a moment ago."""
        if status["state"] is JobState.QUEUED or self.process() is not None:
            return True
        registered = (self.path / "proc.json").exists()
        waiting = time.time() - (status["heartbeat"] or status["created"])
        return status["state"] is JobState.STARTING and not registered and waiting < START_SECONDS


_FIRST_STATUS: dict[str, Any] = {
    "state": JobState.QUEUED,
    "step": 0,
    "total": 0,
    "eta_seconds": None,
    "message": "",
    "heartbeat": None,
    "finished": None,
    "error": None,
}


def without_tokens(text: str) -> str:
    """Text with Hugging Face tokens masked.

    Examples
    --------
    >>> without_tokens("login with hf_abcDEF123 failed")
    'login with hf_… failed'
    """
    return _TOKEN.sub("hf_…", text)


def _new_folder(root: Path, kind: str, created: float) -> Path:
    """Folder with a new id; another id is drawn if the first one is taken."""
    root.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(created))
    while True:
        path = root / f"{kind}-{stamp}-{secrets.token_hex(2)}"
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path


def _parsed(line: str) -> dict[str, Any] | None:
    """Object of a JSON line; None for anything else."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None
