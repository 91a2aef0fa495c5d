"""Push a staged adapter to the Hub."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.publish.hub import client, hub_errors
from core.publish.preflight import check_name, check_token
from core.publish.staging import FILES


@dataclass(frozen=True)
class PushResult:
    """Where the adapter is now: its page and the exact version (commit) that was written."""

    url: str
    revision: str
    repo_id: str


def push_adapter(
    folder: Path,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Callable[[str], None] | None = None,
) -> PushResult:
    """Create the repository if need be and upload the staged files in one commit.

    Parameters
    ----------
    folder
        Folder filled by `stage_files`; nothing but its four files is uploaded.
    repo_id
        ``owner/name``.
    token
        Hub token with write access; used for this call only.
    private
        Whether a new repository is private.
    on_progress
        Told about each step in a few words.

    Raises
    ------
    HubError
        If the name, the token, the rights or the network do not allow it.
    """
    report = on_progress or (lambda message: None)
    check_name(repo_id)
    api = client(check_token(token))
    with hub_errors(repo_id):
        report("Creating the repository")
        full_name = api.create_repo(repo_id, private=private, exist_ok=True, repo_type="model").repo_id
        report("Uploading the adapter")
        commit = api.upload_folder(
            repo_id=full_name,
            folder_path=folder,
            allow_patterns=list(FILES),
            commit_message="Upload adapter from Understudy",
        )
        report("Done")
    return PushResult(url=f"{api.endpoint}/{full_name}", revision=commit.oid, repo_id=full_name)
