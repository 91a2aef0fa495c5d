"""Exactly the files that may leave the machine: four, built afresh in a clean folder.

The adapter's own configuration names its base model by the path it was loaded from. That path is
replaced by a public name before anything is pushed, and every staged text is searched for local paths.
"""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from core.errors import HubError

CONFIG, WEIGHTS, STUDY, CARD = (
    "adapter_config.json",
    "adapter_model.safetensors",
    "understudy.json",
    "README.md",
)
FILES = (CONFIG, WEIGHTS, STUDY, CARD)
"""All that is pushed: no survey rows, no predictions, no logs."""
EMBEDDED_BASE, LOCAL_BASE = "understudy/embedded", "understudy/local-base"
"""Public names for a base that is not on the Hub: the one Understudy ships, and somebody's own."""
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def public_base(base: str) -> str:
    """The name under which a base model may be mentioned in public.

    Parameters
    ----------
    base
        "embedded", a Hub name, or a folder on this machine.

    Examples
    --------
    >>> public_base("embedded"), public_base("meta/llama-3"), public_base("/home/me/secret/base")
    ('understudy/embedded', 'meta/llama-3', 'understudy/local-base')
    """
    if base in ("embedded", EMBEDDED_BASE):
        return EMBEDDED_BASE
    is_name = bool(_HUB_NAME.fullmatch(base)) and not base.startswith((".", "~"))
    return base if is_name and not Path(base).exists() else LOCAL_BASE


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
        If the adapter is incomplete, the folder is not empty, or a local path would be published.
    """
    missing = [name for name in (CONFIG, WEIGHTS, STUDY) if not (adapter / name).is_file()]
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
    config["base_model_name_or_path"] = name
    private = [text for text in {loaded_from, base} if _is_local(text)]
    _write_json(target / CONFIG, _replaced(config, private, name))
    _write_json(target / STUDY, _replaced(study, private, name))
    shutil.copyfile(adapter / WEIGHTS, target / WEIGHTS)
    (target / CARD).write_text(card, encoding="utf-8")
    _check_nothing_local(target, [*private, str(adapter.resolve().parent), str(Path.home()) + os.sep])
    return tuple(target / name for name in FILES)


def _is_local(text: str) -> bool:
    return bool(text) and public_base(text) == LOCAL_BASE


def _write_json(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def _replaced(data: Any, private: list[str], name: str) -> Any:
    """The same data with every text that is a private path replaced by a public name."""
    if isinstance(data, dict):
        return {key: _replaced(value, private, name) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, private, name) for value in data]
    return name if isinstance(data, str) and data in private else data


def _check_nothing_local(folder: Path, private: list[str]) -> None:
    """Refuse if a private path stands in a text file or in the header of the weights."""
    paths = [path for path in private if len(path) > 1]
    for name in FILES:
        content = (folder / name).read_bytes()
        if name == WEIGHTS:
            content = content[: 8 + int.from_bytes(content[:8], "little")]
        for path in paths:
            if path.encode() in content or json.dumps(path)[1:-1].encode() in content:
                raise HubError(
                    "A path of this machine would be published.",
                    where=name,
                    fix="Remove it from the survey's texts, or report this if it is not in them.",
                )
