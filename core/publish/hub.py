"""Hugging Face Hub: its client, and its failures as sentences.

The endpoint is the one `HF_ENDPOINT` names when the program starts. Tokens are passed as arguments only;
they are never stored, and no error message repeats one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from core.errors import HubError
from core.jobs.folder import without_tokens


def client(token: str | None) -> HfApi:
    """Client of the Hub that uses this token and no other; without one it is anonymous."""
    return HfApi(token=token or False)


@contextmanager
def hub_errors(repo_id: str) -> Iterator[None]:
    """Context that turns an exception of the Hub's client into a `HubError` that says what to do.

    Raises
    ------
    HubError
        Instead of any HTTP, network, name or missing-file error.
    """
    try:
        yield
    except HubError:
        raise
    except Exception as error:
        sentence = _sentence(error, repo_id)
        if sentence is None:
            raise
        raise sentence from None


def _sentence(error: BaseException, repo_id: str) -> HubError | None:
    """Error in words for an exception of the Hub's client; None for any other exception."""
    if isinstance(error, RuntimeError) and error.__cause__ is not None:
        return _sentence(error.__cause__, repo_id)  # the client wraps what happens while a file is sent
    if isinstance(error, HFValidationError):
        return name_error(repo_id, error)
    if isinstance(error, GatedRepoError):
        return HubError(
            "This repository is gated: its owner decides who may read it.",
            where=repo_id,
            fix="Accept its terms on the Hub, then use a token of the same account.",
        )
    if isinstance(error, RepositoryNotFoundError | RevisionNotFoundError):
        return HubError(
            "The Hub has no such repository, or this token may not see it.",
            where=repo_id,
            fix="Check the spelling; for a private repository give a token that can read it.",
        )
    if isinstance(error, LocalEntryNotFoundError):
        return _unreachable(repo_id)
    if isinstance(error, EntryNotFoundError):
        return HubError(
            "A file is missing in the repository.", where=repo_id, fix="Check that it holds an adapter."
        )
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, repo_id)
    if isinstance(error, httpx2.HTTPError | OfflineModeIsEnabled | ConnectionError | TimeoutError):
        return _unreachable(repo_id)
    if isinstance(error, ValueError):
        what = "The Hub does not accept what was sent."
        return HubError(what, where=repo_id, got=" ".join(without_tokens(str(error)).split()))
    return None


def name_error(repo_id: str, reason: object = "") -> HubError:
    """Error for a repository name the Hub does not allow."""
    detail = str(reason).split(": '")[0].strip() or "It must read owner/name."
    return HubError(
        f"This repository name cannot be used. {detail}",
        where="repository name",
        got=repo_id,
        fix="Use owner/name with letters, digits, '-', '_' and '.', such as my-team/bev-survey-2026.",
    )


def _refusal(error: HfHubHTTPError, repo_id: str) -> HubError:
    status = error.response.status_code if error.response is not None else 0
    if status == 401:
        return HubError(
            "The Hub does not accept this token.",
            where="token",
            fix="Create a token with write access in your Hub settings, and paste all of it.",
        )
    if status == 403:
        return HubError(
            "This token may not write to that repository.",
            where=repo_id,
            fix="Use a token with write access, or a repository of your own account or organisation.",
        )
    message = without_tokens(error.server_message or f"HTTP status {status}")
    return HubError("The Hub refused the request.", where=repo_id, got=message, fix="Try again later.")


def _unreachable(repo_id: str) -> HubError:
    return HubError(
        "The Hub could not be reached, or the connection was cut.",
        where=repo_id,
        fix="Check the network and try again: nothing was lost, and what was already sent is not sent again.",
    )
