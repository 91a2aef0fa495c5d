"""Checks before a push, so that it cannot fail at the end: token, name, ownership, files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError
from huggingface_hub.utils import validate_repo_id

from core.errors import HubError
from core.publish.hub import client, hub_errors, name_error


@dataclass(frozen=True)
class Preflight:
    """What a push would do and what stands in its way.

    Attributes
    ----------
    ok
        Whether nothing stands in the way.
    problems
        Sentences; each must be put right first.
    notes
        Sentences worth knowing that do not stop the push.
    files
        Name and size in bytes of exactly the files to be pushed.
    user
        Account the token belongs to, or None.
    repo_id
        Full repository name, owner included.
    """

    ok: bool
    problems: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    user: str | None
    repo_id: str
    notes: tuple[str, ...] = field(default=())


def preflight(repo_id: str, token: str | None, private: bool, folder: Path) -> Preflight:
    """Check a push without sending a file.

    Parameters
    ----------
    repo_id
        ``owner/name``, or a name alone for the token's own account.
    token
        Hub token; used for this call only.
    private
        Whether the repository is meant to be private.
    folder
        The staged files.
    """
    repo_id, problems, notes, user = repo_id.strip(), [], [], None
    try:
        check_name(repo_id)
        account = _account(token)
        user = account["name"]
        repo_id = repo_id if "/" in repo_id else f"{user}/{repo_id}"
        problems += _rights(account, repo_id)
        if not problems:
            found, extra = _existing(repo_id, token, private)
            problems, notes = problems + found, notes + extra
    except HubError as error:
        problems.append(str(error))
    files = tuple((path.name, path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file())
    if not files:
        problems.append("There is nothing to push. What to do: train a model first.")
    return Preflight(not problems, tuple(problems), files, user, repo_id, tuple(notes))


def check_name(repo_id: str) -> None:
    """Check that a repository name is one the Hub allows.

    Raises
    ------
    HubError
        If it is not.
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise name_error(repo_id, error) from None


def check_token(token: str | None) -> str:
    """The token, if it can be one at all.

    Raises
    ------
    HubError
        If it is missing or holds characters no token has.
    """
    if not token:
        raise HubError(
            "There is no Hub token.",
            where="token",
            fix="Paste a token with write access, or set HF_TOKEN before starting.",
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise HubError(
            "This is not a Hub token: it holds spaces or special characters.",
            where="token",
            fix="Copy the token again.",
        )
    return token


def _account(token: str | None) -> dict[str, Any]:
    with hub_errors("your account"):
        return client(check_token(token)).whoami()


def _rights(account: dict[str, Any], repo_id: str) -> list[str]:
    """Problems with what the token may do."""
    problems, owner = [], repo_id.split("/")[0]
    role = ((account.get("auth") or {}).get("accessToken") or {}).get("role")
    if role == "read":
        problems.append("This token can only read. What to do: create one with write access.")
    owners = [account["name"], *(org.get("name") for org in account.get("orgs") or [])]
    if owner not in owners:
        fix = f"What to do: use {' or '.join(owners)} as owner."
        problems.append(f"The token's account cannot write to {owner}. {fix}")
    return problems


def _existing(repo_id: str, token: str | None, private: bool) -> tuple[list[str], list[str]]:
    """Problems and notes about a repository of that name."""
    with hub_errors(repo_id):
        try:
            info = client(token).model_info(repo_id)
        except RepositoryNotFoundError:
            return [], []
    if private and not info.private:
        fix = "What to do: choose another name, or make that repository private on the Hub."
        return [f"{repo_id} exists and is public, but a private one was asked for. {fix}"], []
    return [], [f"{repo_id} exists; this push adds a new version to it."]
