"""Preflight checks before a run starts or files are sent, so that a push does not fail at its end.

Without staged files it is the check before a run; with them, the check before a push.
"""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import ModelCard
from huggingface_hub.errors import RepositoryNotFoundError

from core.errors import HubError
from core.publish.account import who_is, write_problems
from core.publish.base_terms import base_terms
from core.publish.hub import client, hub_errors
from core.publish.names import CARD, FILES, check_name


@dataclass(frozen=True)
class Preflight:
    """Outcome of a preflight check.

    Attributes
    ----------
    ok
        Whether there are no problems.
    problems
        Sentences, one for each thing that prevents the push.
    files
        Name and size in bytes of exactly the files to be pushed; none before a run.
    user
        Account the token belongs to, or None.
    repo_id
        Full repository name, owner included.
    notes
        Sentences that do not prevent the push.
    licence
        Licence of the base model, None when it is not known.
    """

    ok: bool
    problems: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    user: str | None
    repo_id: str
    notes: tuple[str, ...] = ()
    licence: str | None = None


def preflight(
    repo_id: str, token: str | None, private: bool, base: str = "embedded", folder: Path | None = None
) -> Preflight:
    """Check a push without sending a file.

    Parameters
    ----------
    repo_id
        ``owner/name``, or a name alone for the token's own account.
    token
        Hub token; used for this call only.
    private
        Whether the repository is meant to be private.
    base
        Base model the adapter belongs to: "embedded", a folder or a Hub id.
    folder
        The staged files; None before there are any.
    """
    repo_id, user = repo_id.strip(), None
    problems: list[str] = []
    notes: list[str] = []
    try:
        check_name(repo_id)
        account = who_is(token)
        user = account["name"]
        repo_id = repo_id if "/" in repo_id else f"{user}/{repo_id}"
        problems += write_problems(account, repo_id)
        if not problems:
            found, extra = _existing(repo_id, token, private)
            problems, notes = problems + found, notes + extra
    except HubError as error:
        problems.append(str(error))
    terms = base_terms(base, token)
    files = () if folder is None else _staged(folder)
    if folder is not None and not files:
        problems.append("There is nothing to push. What to do: train a model first.")
    if folder is not None and files and user is not None:
        problems += _card_problems(folder / CARD)
    problems += terms.problems
    notes += terms.notes
    return Preflight(not problems, tuple(problems), files, user, repo_id, tuple(notes), terms.licence)


def _staged(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple((path.name, path.stat().st_size) for path in sorted(folder.iterdir()) if path.is_file())


def _card_problems(card: Path) -> list[str]:
    """Problems of a model card by the Hub's own check."""
    try:
        with hub_errors(CARD):
            ModelCard(card.read_text(encoding="utf-8")).validate()
    except HubError as error:
        return [f"The model card would be refused. {error}"]
    return []


def _existing(repo_id: str, token: str | None, private: bool) -> tuple[list[str], list[str]]:
    """Problems and notes about a repository of that name; none if it does not exist."""
    with hub_errors(repo_id):
        try:
            info = client(token).model_info(repo_id)
        except RepositoryNotFoundError:
            return [], []
    held = {entry.rfilename for entry in info.siblings or ()} - {".gitattributes"}
    if held and not held & set(FILES[:3]):
        some = ", ".join(sorted(held)[:3])
        fix = "What to do: choose another name."
        return [f"The name {repo_id} is taken by something that is not an adapter ({some}). {fix}"], []
    if private and not info.private:
        fix = "What to do: choose another name, or make that repository private on the Hub."
        return [f"{repo_id} exists and is public, but a private one was asked for. {fix}"], []
    notes = [f"{repo_id} exists; this push adds a new version to it."]
    if info.private and not private:
        notes.append(f"{repo_id} is private and stays so; its visibility is changed on the Hub only.")
    return [], notes
