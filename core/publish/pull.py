"""Fetch an adapter from the Hub and check that it is one of ours before it is used."""

import json
import shutil
import tempfile
from pathlib import Path

from safetensors import SafetensorError, safe_open

from core.errors import HubError
from core.publish.hub import client, hub_errors
from core.publish.preflight import check_name
from core.publish.staging import CARD, CONFIG, STUDY, WEIGHTS


def pull_adapter(repo_id: str, token: str | None, folder: Path, revision: str | None = None) -> Path:
    """Download an adapter into `folder`.

    Parameters
    ----------
    repo_id
        ``owner/name``.
    token
        Hub token, needed for a private repository; used for this call only.
    folder
        Where the adapter will be; must not exist yet or be empty. Left untouched on failure.
    revision
        Commit, tag or branch; the newest version when None.

    Returns
    -------
    Path
        `folder`, holding configuration, weights, `understudy.json` and the card if there is one.

    Raises
    ------
    HubError
        If it cannot be fetched, or is not an adapter made by Understudy.
    """
    check_name(repo_id)
    if folder.exists() and any(folder.iterdir()):
        raise HubError("The folder is not empty.", where=folder.name, fix="Choose an empty folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        fetched = Path(temporary) / "adapter"
        with hub_errors(repo_id):
            client(token).snapshot_download(
                repo_id,
                revision=revision,
                local_dir=fetched,
                allow_patterns=[CONFIG, WEIGHTS, STUDY, CARD],
            )
        shutil.rmtree(fetched / ".cache", ignore_errors=True)
        _check_adapter(fetched, repo_id)
        if folder.exists():
            folder.rmdir()
        shutil.move(fetched, folder)
    return folder


def _check_adapter(folder: Path, repo_id: str) -> None:
    for name in (CONFIG, WEIGHTS, STUDY):
        if not (folder / name).is_file():
            raise _not_ours(repo_id, f"no {name}")
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        study = json.loads((folder / STUDY).read_text(encoding="utf-8"))
        with safe_open(folder / WEIGHTS, framework="np") as weights:
            names = list(weights.keys())
    except (ValueError, SafetensorError) as error:
        raise _not_ours(repo_id, f"a file that cannot be read ({type(error).__name__})") from None
    if not isinstance(config, dict) or config.get("peft_type") != "LORA" or not names:
        raise _not_ours(repo_id, "something other than a LoRA adapter")
    if not isinstance(study, dict) or "template" not in study or "codebook" not in study:
        raise _not_ours(repo_id, f"no template and codebook in {STUDY}")


def _not_ours(repo_id: str, got: str) -> HubError:
    return HubError(
        "This repository does not hold an adapter made by Understudy.",
        where=repo_id,
        got=got,
        fix="Name a repository that was pushed from Understudy.",
    )
