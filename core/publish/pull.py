"""Pull an adapter from the Hub, and check that Understudy made it before it is used."""

import shutil
import tempfile
from pathlib import Path

from core.errors import HubError, ModelError
from core.publish.adapter import Adapter, read_adapter, write_source
from core.publish.hub import client, hub_errors
from core.publish.names import CARD, CONFIG, STUDY, TEACHER, WEIGHTS, check_name


def pull_adapter(
    repo_id: str,
    token: str | None,
    folder: Path,
    revision: str | None = None,
    base: str | None = None,
) -> Adapter:
    """Download an adapter into `folder`, replacing an earlier version of it.

    Parameters
    ----------
    repo_id
        ``owner/name``.
    token
        Hub token, needed for a private repository; used for this call only.
    folder
        Folder of the adapter. On failure its content stays; if it holds that version already, nothing is
        downloaded.
    revision
        Commit, tag or branch; the newest version when None.
    base
        See `read_adapter`.

    Raises
    ------
    HubError
        If it cannot be fetched, or is not an adapter made by Understudy.
    ModelError
        If it does not go with the base model or the prompt template of this installation.
    """
    check_name(repo_id)
    with hub_errors(repo_id):
        commit = client(token).model_info(repo_id, revision=revision).sha
    if commit is None:
        raise HubError("The Hub names no version of this repository.", where=repo_id)
    if (here := _already_here(folder, repo_id, commit, base)) is not None:
        return here
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        fetched = Path(temporary) / repo_id.replace("/", "--")
        with hub_errors(repo_id):
            client(token).snapshot_download(
                repo_id,
                revision=commit,
                local_dir=fetched,
                allow_patterns=[CONFIG, WEIGHTS, STUDY, CARD, *TEACHER],
            )
        fetched.mkdir(exist_ok=True)  # a repository with none of these files leaves no folder
        shutil.rmtree(fetched / ".cache", ignore_errors=True)
        read_adapter(fetched, base)
        write_source(fetched, repo_id, commit)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(fetched, folder)
    return read_adapter(folder, base)


def _already_here(folder: Path, repo_id: str, commit: str | None, base: str | None) -> Adapter | None:
    """Adapter in `folder`, if it is complete and exactly that version; else None."""
    try:
        adapter = read_adapter(folder, base)
    except (HubError, ModelError):
        return None
    return adapter if (adapter.repo_id, adapter.revision) == (repo_id, commit) else None
