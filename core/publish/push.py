"""Push a staged adapter to the Hub: safe to repeat, and no file is sent twice.

The weights go first, the commit with everything else last. Whenever the connection is cut, the
repository is as it was before, and a repeated push goes on: the Hub knows files (and, with its Xet
storage, parts of files) by their content. A push that would change nothing makes no new version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd

from core.errors import HubError
from core.publish.account import check_token
from core.publish.hub import client, hub_errors
from core.publish.names import WEIGHTS, check_name
from core.publish.staging import staged_files

Progress = Callable[[str, float], object]
"""Callback that gets the step under way and the share of the work done, 0 to 1."""


@dataclass(frozen=True)
class PushResult:
    """Pushed adapter: address of its page, commit of its files, repository, and visibility."""

    url: str
    revision: str
    repo_id: str
    private: bool


def push_adapter(
    folder: Path,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Progress | None = None,
) -> PushResult:
    """Create the repository if need be and upload the staged files in one commit.

    Parameters
    ----------
    folder
        Folder filled by `stage_files`; nothing but its files is uploaded.
    repo_id
        ``owner/name``, or a name alone for the token's own account.
    token
        Hub token with write access; used for this call only.
    private
        Whether a new repository is private.
    on_progress
        Called at the beginning of each step.

    Raises
    ------
    HubError
        If the name, the token, the rights or the network do not allow it.
    """
    report = on_progress or (lambda message, share: None)
    check_name(repo_id)
    api = client(check_token(token))
    staged = {path.name: path for path in staged_files(folder)}
    with hub_errors(repo_id):
        report("Creating the repository", 0.0)
        name = api.create_repo(repo_id, private=private, exist_ok=True, repo_type="model").repo_id
        files = {file: CommitOperationAdd(file, str(path)) for file, path in staged.items()}
        report(f"Sending the weights ({staged[WEIGHTS].stat().st_size / 1e6:.1f} MB)", 0.05)
        api.preupload_lfs_files(name, [files[WEIGHTS]], free_memory=False)
        report("Sending card, codebook and configuration", 0.9)
        commit = api.create_commit(name, list(files.values()), commit_message="Adapter from Understudy")
        report("Reading back what the Hub has now", 0.95)
        info = api.model_info(name, revision=commit.oid)
    missing = set(staged) - {entry.rfilename for entry in info.siblings or ()}
    if missing:
        raise HubError(
            "The Hub does not show everything that was sent.",
            where=name,
            got="missing " + ", ".join(sorted(missing)),
            fix="Push again.",
        )
    report("Done", 1.0)
    return PushResult(f"{api.endpoint}/{name}", commit.oid, name, bool(info.private))
