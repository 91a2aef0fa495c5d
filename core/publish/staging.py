"""Staging of a push: exactly the files that may leave the machine, written into a clean folder.

The adapter's own configuration names its base model by the path it was loaded from. That path is
replaced by a public name before anything is pushed, every staged text is searched for local paths and
tokens, and of the codebook only the keys of its contract go: no notes, no counts.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import HubError
from core.jobs.folder import without_tokens
from core.publish.names import BLEND, CARD, CONFIG, FILES, LOCAL_BASE, STUDY, TEACHER, WEIGHTS, public_base

_CODEBOOK = {
    "title", "weight_column", "split_column", "id_column", "multi_separator", "multi_none",
    "population", "generated",
}  # fmt: skip
_ENTRY = {
    "column", "label", "text", "type", "options", "range", "ordinal", "bands", "non_substantive_options",
}  # fmt: skip


def stage_files(adapter: Path, target: Path, card: str, base: str) -> tuple[Path, ...]:
    """Copy an adapter into an empty folder as it will appear on the Hub.

    Parameters
    ----------
    adapter
        A run's adapter folder: configuration, weights and `understudy.json`.
    target
        Folder to fill; created, must be empty.
    card
        Text of the model card.
    base
        The base model as the run names it.

    Returns
    -------
    tuple of Path
        The staged files.

    Raises
    ------
    HubError
        If the adapter is incomplete, the folder is not empty, or a local path or a token would be published.
    """
    missing = [name for name in (CONFIG, WEIGHTS, STUDY) if not (adapter / name).is_file()]
    missing += missing_teacher(adapter) if not missing else []
    if missing:
        raise HubError(
            "The adapter is not complete.",
            where=adapter.name,
            got="missing " + ", ".join(missing),
            fix="Train the model to the end, then publish it.",
        )
    target.mkdir(parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise HubError("The staging folder is not empty.", where=target.name, fix="Choose an empty one.")
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    study = json.loads((adapter / STUDY).read_text(encoding="utf-8"))
    loaded_from, name = str(config.get("base_model_name_or_path") or ""), public_base(base)
    config["base_model_name_or_path"] = name.partition("@")[0]
    private = [text for text in {loaded_from, base} if _is_local(text)]
    copied = (WEIGHTS, *(TEACHER if BLEND in study else ()))
    for name in copied:
        shutil.copyfile(adapter / name, target / name)
    study["codebook"] = _public_codebook(study.get("codebook") or {})
    study["sha256"] = {name: sha256_of(target / name) for name in copied}
    _write_json(target / CONFIG, _replaced(config, private, name))
    _write_json(target / STUDY, _replaced(study, private, name))
    (target / CARD).write_text(card, encoding="utf-8")
    _check_nothing_private(target, [*private, str(adapter.resolve().parent), str(Path.home()) + os.sep])
    return staged_files(target)


def staged_files(folder: Path) -> tuple[Path, ...]:
    """Files of a staged or pulled adapter in the order they are listed, those of the teacher last."""
    return tuple(folder / name for name in (*FILES, *TEACHER) if name in FILES or (folder / name).is_file())


def missing_teacher(folder: Path) -> list[str]:
    """Files of the teacher that an adapter's `understudy.json` asks for and its folder lacks."""
    study = json.loads((folder / STUDY).read_text(encoding="utf-8"))
    return [name for name in TEACHER if BLEND in study and not (folder / name).is_file()]


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_local(text: str) -> bool:
    return bool(text) and public_base(text) == LOCAL_BASE


def _public_codebook(codebook: Mapping[str, Any]) -> dict[str, Any]:
    """Codebook with the keys of its contract only."""
    kept = {key: value for key, value in codebook.items() if key in _CODEBOOK}
    for part in ("demographics", "questions"):
        if part in codebook:
            kept[part] = [{k: v for k, v in entry.items() if k in _ENTRY} for entry in codebook[part]]
    return kept


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _replaced(data: Any, private: list[str], name: str) -> Any:
    """Copy of nested data in which every text that is a private path is replaced by a public name."""
    if isinstance(data, dict):
        return {key: _replaced(value, private, name) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, private, name) for value in data]
    return name if isinstance(data, str) and data in private else data


def _check_nothing_private(folder: Path, private: list[str]) -> None:
    """Raise if a private path or a token is in a text file or in the header of weights or teacher."""
    paths = [path for path in private if len(path) > 1]
    for path in staged_files(folder):
        content, name = path.read_bytes(), path.name
        if path.suffix == ".safetensors":
            # safetensors: 8 bytes with the length of the header, then the header
            content = content[: 8 + int.from_bytes(content[:8], "little")]
        text = content.decode("utf-8", errors="replace")
        if any(private_path in text or json.dumps(private_path)[1:-1] in text for private_path in paths):
            raise HubError(
                "A path of this machine would be published.",
                where=name,
                fix="Remove it from the survey's texts, or report this if it is not in them.",
            )
        if without_tokens(text) != text:
            raise HubError(
                "Something that looks like a Hub token would be published.",
                where=name,
                fix="Remove it from the survey's texts.",
            )
