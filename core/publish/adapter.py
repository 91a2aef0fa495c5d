"""Adapters from the Hub: read and checked before they are used.

Checked are the files (safetensors only), their hashes, the teacher, the prompt template and the base model:
an adapter on another base, or prompted in other words, gives confident nonsense.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError, safe_open

from core.errors import HubError
from core.models.catalogue import EMBEDDED, check_weights
from core.prompts.template import Template
from core.publish.names import BLEND, CONFIG, EMBEDDED_BASE, STUDY, TEACHER, WEIGHTS
from core.publish.staging import missing_teacher, sha256_of
from core.store.files import read_json, write_json
from core.survey.codebook import Codebook

SOURCE = "source.json"
"""File in a pulled adapter's folder: the repository and the commit it came from."""


@dataclass(frozen=True)
class Adapter:
    """Checked adapter on this machine.

    Attributes
    ----------
    folder
        Configuration, weights and `understudy.json`.
    repo_id, revision
        Repository and commit it was pulled from; empty for a folder that was not pulled.
    base
        The base model as a recipe names it: "embedded", or a Hub id with ``@revision``, or a folder.
    precision
        How the base model was loaded in training: "qlora" (4-bit) or "lora".
    template
        Template of its prompts.
    temperature
        Fitted on validation respondents.
    codebook
        Questionnaire it was trained on.
    learned
        Columns of the questions it was trained on; the others were held out.
    """

    folder: Path
    repo_id: str
    revision: str
    base: str
    precision: Literal["qlora", "lora"]
    template: Template
    temperature: float
    codebook: Codebook
    learned: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the repository, else of the folder."""
        return self.repo_id or self.folder.name


def read_adapter(folder: Path, base: str | None = None) -> Adapter:
    """Read and check an adapter.

    Parameters
    ----------
    folder
        Holds configuration, weights and `understudy.json`.
    base
        The base model's folder on this machine, for an adapter whose base is not on the Hub.

    Raises
    ------
    HubError
        If it is not an adapter made by Understudy, a file is damaged, or the base is not here.
    ModelError
        If it was trained with another prompt template or another embedded model.
    """
    study = _study(folder)
    recorded = study.get("base") or {}
    chosen = base or _base_of(recorded, folder)
    check_weights(chosen, recorded)
    source = read_json(folder / SOURCE) if (folder / SOURCE).exists() else {}
    codebook = Codebook.from_dict(study["codebook"])
    learned = study.get("learned_questions") or [q.column for q in codebook.questions]
    return Adapter(
        folder=folder,
        repo_id=source.get("repo_id", ""),
        revision=source.get("revision", ""),
        base=chosen,
        precision="qlora" if recorded.get("quantisation") else "lora",
        template=Template.from_dict(study["template"]),
        temperature=float(study.get("temperature", 1.0)),
        codebook=codebook,
        learned=tuple(learned),
    )


def write_source(folder: Path, repo_id: str, revision: str) -> None:
    """Record the repository and the commit an adapter was pulled from."""
    write_json(folder / SOURCE, {"repo_id": repo_id, "revision": revision})


def _study(folder: Path) -> dict[str, Any]:
    """Content of `understudy.json`, once the adapter's files were checked."""
    for name in (CONFIG, WEIGHTS, STUDY):
        if not (folder / name).is_file():
            raise _not_ours(folder, f"no {name}")
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        study = json.loads((folder / STUDY).read_text(encoding="utf-8"))
        with safe_open(folder / WEIGHTS, framework="np") as weights:
            names = list(weights.keys())
    except (ValueError, SafetensorError) as error:
        raise _not_ours(folder, f"a file that cannot be read ({type(error).__name__})") from None
    if not isinstance(config, dict) or config.get("peft_type") != "LORA" or not names:
        raise _not_ours(folder, "something other than a LoRA adapter")
    if not isinstance(study, dict) or "template" not in study or "codebook" not in study:
        raise _not_ours(folder, f"no template and codebook in {STUDY}")
    if missing := missing_teacher(folder):
        raise _not_ours(folder, f"no {missing[0]}")
    for name, expected in (study.get("sha256") or {}).items():
        if name in (WEIGHTS, *TEACHER) and expected != sha256_of(folder / name):
            raise HubError(
                "The weights are not the ones that were published.",
                where=name,
                got="another SHA-256 than understudy.json says",
                fix="Pull again; if it stays so, somebody changed the repository.",
            )
    if BLEND in study:
        _check_teacher(folder, study[BLEND])
    return study


def _check_teacher(folder: Path, blend: Any) -> None:
    """Raise unless the teacher's files can be read and its weight is one; needs no torch."""
    arrays, rest = (folder / name for name in TEACHER)
    try:
        read_json(rest)
        with safe_open(arrays, framework="np") as tensors:
            is_fine = bool(tensors.keys()) and 0.0 <= float(blend["weight"]) <= 1.0
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise _not_ours(folder, f"a teacher that cannot be read ({type(error).__name__})") from None
    if not is_fine:
        raise _not_ours(folder, "a teacher without a weight from 0 to 1")


def _base_of(recorded: Mapping[str, Any], folder: Path) -> str:
    """Name of the recorded base model, as a recipe names it."""
    name = str(recorded.get("id") or EMBEDDED_BASE)
    if name == EMBEDDED_BASE:
        return EMBEDDED
    if name.startswith(("local/", "understudy/")):
        raise HubError(
            "The adapter's base model is not on the Hub.",
            where=folder.name,
            got=name,
            fix="Get the base model from whoever taught it, and name its folder with --base.",
        )
    revision = recorded.get("revision")
    return f"{name}@{revision}" if revision else name


def _not_ours(folder: Path, got: str) -> HubError:
    return HubError(
        "This does not hold an adapter made by Understudy.",
        where=folder.name,
        got=got,
        fix="Name a repository that was pushed from Understudy.",
    )
