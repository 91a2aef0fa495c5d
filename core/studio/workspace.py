"""Use cases about the workspace: the folder that holds all studies."""

from pathlib import Path

from core.settings import workspace_folder
from core.store import workspace
from core.store.workspace import Workspace


def open_workspace(folder: str | Path | None = None) -> Workspace:
    """Open the workspace: the folder given, else ``UNDERSTUDY_WORKSPACE``, else a per-user folder."""
    return workspace.open_workspace(workspace_folder(folder))


def open_jobs(folder: str | Path | None = None) -> Workspace:
    """Workspace of the same folder without its database.

    Enough for everything about jobs, results and the Hub, and possible while the app holds the database.
    """
    return Workspace(workspace_folder(folder))
