"""Hub accounts: whom a token belongs to and what it may do, for classic and fine-grained tokens."""

from collections.abc import Mapping
from typing import Any

from core.errors import HubError
from core.publish.hub import client, hub_errors


def check_token(token: str | None) -> str:
    """Token, once its form was checked.

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


def who_is(token: str | None) -> dict[str, Any]:
    """Account of a token as the Hub describes it: name, organisations, and rights of the token.

    Raises
    ------
    HubError
        If there is no token, the Hub does not accept it, or cannot be reached.
    """
    with hub_errors("your account"):
        return client(check_token(token)).whoami()


def write_problems(account: Mapping[str, Any], repo_id: str) -> list[str]:
    """Problems, as sentences, that keep a token from writing to a repository; empty if none is known.

    Parameters
    ----------
    account
        Answer of `who_is`.
    repo_id
        ``owner/name``.

    Examples
    --------
    >>> token = {"auth": {"accessToken": {"role": "write"}}}
    >>> write_problems({"name": "ada", "orgs": [{"name": "lab", "roleInOrg": "read"}], **token}, "lab/tea")
    ['Your role in lab only allows reading. What to do: ask its admin for write access, or use ada as owner.']
    """
    owner, name = repo_id.split("/")[0], account["name"]
    roles = {org.get("name"): org.get("roleInOrg") for org in account.get("orgs") or []}
    if owner != name and owner not in roles:
        owners = " or ".join([name, *roles])
        return [f"The token's account cannot write to {owner}. What to do: use {owners} as owner."]
    if roles.get(owner) == "read":
        fix = f"What to do: ask its admin for write access, or use {name} as owner."
        return [f"Your role in {owner} only allows reading. {fix}"]
    access = (account.get("auth") or {}).get("accessToken") or {}
    if access.get("role") == "read":
        return ["This token can only read. What to do: create one with write access."]
    if access.get("role") == "fineGrained" and not _may_write(access.get("fineGrained") or {}, repo_id):
        fix = f"What to do: give it write access to repositories of {owner} in your Hub settings."
        return [f"This fine-grained token has no write permission for {repo_id}. {fix}"]
    return []


def _may_write(rights: Mapping[str, Any], repo_id: str) -> bool:
    """Whether a fine-grained token may write: to everything of the owner, or to this repository."""
    for scope in rights.get("scoped") or ():
        entity = scope.get("entity") or {}
        covers = entity.get("name") in (repo_id.split("/")[0], repo_id)
        if covers and "repo.write" in (scope.get("permissions") or ()):
            return True
    return False
