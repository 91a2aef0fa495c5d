"""Publishing record of a run, a file in its folder: the target and every push.

It holds names, addresses and versions, never a token.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any

from core.jobs.folder import JobFolder
from core.store.files import read_json, write_json

_FILE = "publish.json"


@dataclass(frozen=True)
class Target:
    """Repository a run is meant to be published in, as checked before it started."""

    repo_id: str
    private: bool = True


@dataclass(frozen=True)
class Published:
    """One push: address of the page, commit, visibility, and time in seconds since 1970 (UTC)."""

    repo_id: str
    url: str
    revision: str
    private: bool
    pushed: float


def write_target(run: JobFolder, target: Target) -> None:
    """Record the target of a run."""
    write_json(run.path / _FILE, _read(run) | {"target": asdict(target)})


def read_target(run: JobFolder) -> Target | None:
    """Target of a run; None if none was named."""
    known = _read(run).get("target")
    return Target(**known) if known else None


def add_published(run: JobFolder, repo_id: str, url: str, revision: str, private: bool) -> Published:
    """Record a push, and return its entry."""
    entry = Published(repo_id, url, revision, private, time.time())
    known = _read(run)
    write_json(run.path / _FILE, known | {"pushes": [*known.get("pushes", ()), asdict(entry)]})
    return entry


def read_published(run: JobFolder) -> list[Published]:
    """Pushes of a run, newest first."""
    return [Published(**entry) for entry in reversed(_read(run).get("pushes", []))]


def _read(run: JobFolder) -> dict[str, Any]:
    path = run.path / _FILE
    return read_json(path) if path.exists() else {}
