"""Catalogue of base models: names and a short list. Needs no torch, so the app can use it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.models.shape import Shape

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / "embedded"
EMBEDDED_ID = "understudy/embedded"
"""Name under which the embedded model is recorded in adapters; it ships with the code."""
_CHAT = re.compile(r"(^|[-_.])(chat|instruct|it|sft|dpo|rlhf)($|[-_.])", re.IGNORECASE)


@dataclass(frozen=True)
class BaseModel:
    """Name and location of a base model.

    Attributes
    ----------
    id
        Public name; never a local path.
    location
        What transformers loads: a Hub id or a folder.
    revision
        Commit of a Hub model, None otherwise.
    """

    id: str
    location: str
    revision: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it needs no download: the embedded model or a folder."""
        return self.id == EMBEDDED_ID or self.id.startswith("local/")

    @property
    def is_chat(self) -> bool:
        """Whether the name says that the model was fine-tuned for conversations.

        >>> [find_base(name).is_chat for name in ("Qwen/Qwen2.5-0.5B-Instruct", "meta-llama/Llama-2-7b-hf")]
        [True, False]
        """
        return bool(_CHAT.search(self.id.partition("/")[2]))


@dataclass(frozen=True)
class Listed:
    """Entry of the short list of base models.

    Attributes
    ----------
    id
        "embedded" or a Hub id.
    label
        As shown.
    licence, languages
        In words.
    gated
        Whether its owner wants conditions accepted on the Hub first.
    shape
        For the fit estimate.
    note
        Why one would choose it.
    """

    id: str
    label: str
    licence: str
    languages: str
    gated: bool
    shape: Shape
    note: str


_LLAMA_2 = "Llama 2 Community License"
CATALOGUE = (
    Listed(
        EMBEDDED,
        "Embedded (comes with Understudy)",
        "Apache-2.0",
        "Any: every line of your survey is a token of its own, learned from your survey",
        False,
        Shape(2, 128, 128, 128, 384, 4096, tied=False),
        "No download, a minute or two on any computer. Knows nothing but what your survey teaches it.",
    ),
    Listed(
        "HuggingFaceTB/SmolLM2-135M",
        "SmolLM2 135M",
        "Apache-2.0",
        "English",
        False,
        Shape(30, 576, 576, 192, 1536, 49152, tied=True),
        "The smallest model that has read the web; an hour on a good processor.",
    ),
    Listed(
        "Qwen/Qwen2.5-0.5B",
        "Qwen2.5 0.5B",
        "Apache-2.0",
        "29 languages",
        False,
        Shape(24, 896, 896, 128, 4864, 151936, tied=True),
        "Small and multilingual.",
    ),
    Listed(
        "HuggingFaceTB/SmolLM2-1.7B",
        "SmolLM2 1.7B",
        "Apache-2.0",
        "English",
        False,
        Shape(24, 2048, 2048, 2048, 8192, 49152, tied=True),
        "For a small GPU.",
    ),
    Listed(
        "Qwen/Qwen3-8B-Base",
        "Qwen3 8B",
        "Apache-2.0",
        "119 languages and dialects",
        False,
        Shape(36, 4096, 4096, 1024, 12288, 151936, tied=False),
        "Open and multilingual; one GPU with 12 GB or more.",
    ),
    Listed(
        "meta-llama/Llama-2-7b-hf",
        "Llama 2 7B (the paper's)",
        _LLAMA_2,
        "Mostly English",
        True,
        Shape(32, 4096, 4096, 4096, 11008, 32000, tied=False),
        "The smallest model of arXiv 2403.20252.",
    ),
    Listed(
        "meta-llama/Llama-2-13b-hf",
        "Llama 2 13B (the paper's)",
        _LLAMA_2,
        "Mostly English",
        True,
        Shape(40, 5120, 5120, 5120, 13824, 32000, tied=False),
        "The middle model of arXiv 2403.20252.",
    ),
    Listed(
        "meta-llama/Llama-2-70b-hf",
        "Llama 2 70B (the paper's)",
        _LLAMA_2,
        "Mostly English",
        True,
        Shape(80, 8192, 8192, 1024, 28672, 32000, tied=False),
        "The largest model of arXiv 2403.20252; a GPU with 48 GB or several.",
    ),
)
"""Base models, not chat models: they were trained to continue text as people write it, which keeps the
spread of answers; chat models were trained to give one good answer."""


def find_base(name: str) -> BaseModel:
    """Base model named "embedded", by a folder, or by a Hub id (``owner/model``, ``owner/model@revision``).

    Raises
    ------
    ModelError
        If the name is none of these.
    """
    if name in (EMBEDDED, EMBEDDED_ID):
        return BaseModel(EMBEDDED_ID, str(EMBEDDED_FOLDER))
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").exists():
            raise ModelError("The folder holds no model.", where=folder.name, fix="It needs a config.json.")
        return BaseModel(f"local/{folder.name}", str(folder))
    owner, _, model = name.partition("/")
    if not owner or not model or "/" in model or name.startswith((".", "~")):
        raise ModelError(
            "There is no such base model.",
            got=name,
            fix='Use "embedded", a Hugging Face id such as owner/model, or a folder.',
        )
    identifier, _, revision = name.partition("@")
    return BaseModel(identifier, identifier, revision or None)


def weights_sha256(base: BaseModel) -> str | None:
    """SHA-256 of the weights of a base model in a folder; None for one of the Hub, which has a revision.

    An adapter is only valid on exactly the weights it was trained on, and a folder has no revision.
    """
    files = sorted(Path(base.location).glob("*.safetensors"))
    if not files:
        return None
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def listed(name: str) -> Listed | None:
    """Entry of the short list of a base model's name; None for others."""
    identifier = EMBEDDED if name in (EMBEDDED, EMBEDDED_ID) else name.partition("@")[0]
    return next((entry for entry in CATALOGUE if entry.id == identifier), None)


def check_weights(base: str, recorded: Mapping[str, Any]) -> None:
    """Refuse an adapter that was taught on other weights of its base model than those here.

    `recorded`: what an adapter says of its base model, see `core.tuning.result.BaseModel`.

    Raises
    ------
    ModelError
        If the weights differ; where either is not known they may be the same.
    """
    expected, found = recorded.get("sha256"), weights_sha256(find_base(base))
    if expected and found and expected != found:
        raise ModelError(
            "The adapter was taught on other weights of its base model.",
            where=str(recorded.get("id") or base),
            got=f"SHA-256 {found[:12]} here, {expected[:12]} when it was taught",
            fix="Use the Understudy release it was made with, or teach the survey again.",
        )
