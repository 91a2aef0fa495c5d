"""Workspace: the folder with a user's surveys, populations and jobs, and every path in it.

```
understudy.duckdb      surveys and populations
surveys/<id>/          the file as it was uploaded (raw) and its codebook.json
jobs/<id>/             one folder per tuning or simulation job, see core.jobs
```
"""

import re
import secrets
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from core.errors import NotFoundError, WorkspaceError
from core.store.database import Database

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Workspace:
    """An open workspace; close it, or use it in a ``with`` statement.

    Attributes
    ----------
    root
        Its folder.
    opened
        Its database; None where only the folders of jobs are used, e.g. while the app holds the database.
    """

    root: Path
    opened: Database | None = None

    @property
    def database(self) -> Database:
        """The database with surveys and populations.

        Raises
        ------
        WorkspaceError
            If the workspace was opened without it.
        """
        if self.opened is None:
            raise WorkspaceError(
                "The workspace was opened for its jobs only, without surveys and populations.",
                where=str(self.root),
                fix="Close the app if it is running and open the workspace as a whole.",
            )
        return self.opened

    @property
    def jobs_folder(self) -> Path:
        """Folder with one folder per job."""
        return self.root / "jobs"

    @property
    def surveys_folder(self) -> Path:
        """Folder with one folder per survey."""
        return self.root / "surveys"

    def survey_folder(self, survey_id: str) -> Path:
        """Folder of one survey's files; it need not exist.

        Raises
        ------
        NotFoundError
            If the text cannot be a survey's id, e.g. because it is a path.
        """
        if not _ID.fullmatch(survey_id):
            raise NotFoundError("There is no survey of that name.", where="surveys", got=survey_id)
        return self.surveys_folder / survey_id

    def close(self) -> None:
        """Close the database, so that another process may open the workspace."""
        if self.opened is not None:
            self.opened.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_workspace(root: Path) -> Workspace:
    """Open the workspace in `root`, making what is not there.

    Raises
    ------
    WorkspaceError
        If the folder cannot be made or written, if another process has the workspace open, or if
        a newer version of this program wrote it.
    """
    root = Path(root)
    try:
        # survey answers are personal: a new workspace is for its owner only
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("surveys", "jobs"):
            (root / name).mkdir(exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            "The workspace folder cannot be made.",
            where=str(root),
            got=error.strerror,
            fix="Choose another folder with --workspace or UNDERSTUDY_WORKSPACE.",
        ) from error
    return Workspace(root, Database.open(root / "understudy.duckdb"))


def new_id(name: str, taken: Container[str] = ()) -> str:
    """Id for something called `name`: readable, unique, safe as a folder name.

    Examples
    --------
    >>> new_id("Électric cars/2024!").rpartition("-")[0]
    'electric-cars-2024'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("-") or "study"
    while (chosen := f"{slug}-{secrets.token_hex(3)}") in taken:
        continue
    return chosen
