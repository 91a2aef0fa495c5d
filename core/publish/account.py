"""Whose Hub token it is and what it may do: classic and fine-grained tokens, accounts and organisations."""

from collections.abc import Mapping
from typing import Any

from core.errors import HubError
from core.publish.hub import client, hub_errors


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


def who_is(token: str | None) -> dict[str, Any]:
    """What the Hub says about a token: account name, organisations, and what the token may do.

    Raises
    ------
    HubError
        If there is no token, the Hub does not accept it, or cannot be reached.
    """
    with hub_errors("your account"):
        return client(check_token(token)).whoami()


def write_problems(account: Mapping[str, Any], repo_id: str) -> list[str]:
    """Why this token cannot write to a repository; empty if nothing is known against it.

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
    """Whether a fine-grained token's scopes cover writing: of the owner as a whole, or of this repository."""
    for scope in rights.get("scoped") or ():
        entity = scope.get("entity") or {}
        covers = entity.get("name") in (repo_id.split("/")[0], repo_id)
        if covers and "repo.write" in (scope.get("permissions") or ()):
            return True
    return False
