"""Where base models are; needs no torch, so the app can name them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelError

EMBEDDED = "embedded"
EMBEDDED_FOLDER = Path(__file__).parent / "embedded"
EMBEDDED_ID = "understudy/embedded"
"""Name under which the embedded model is recorded in adapters; it ships with the code."""


@dataclass(frozen=True)
class BaseModel:
    """A base model.

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


def find_base(name: str) -> BaseModel:
    """Resolve "embedded", a folder, or a Hub id (``owner/model`` or ``owner/model@revision``).

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
    """SHA-256 of the weights of a base model in a folder; None for one of the Hub, whose revision says it.

    An adapter only means something on exactly the weights it was taught on, and a folder has no revision.
    """
    files = sorted(Path(base.location).glob("*.safetensors"))
    if not files:
        return None
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
