"""Terms of a base model: what its licence and gating mean for publishing an adapter made from it."""

from dataclasses import dataclass

from huggingface_hub import ModelInfo

from core.errors import HubError
from core.publish.hub import client, hub_errors
from core.publish.names import EMBEDDED_BASE, LOCAL_BASE, public_base

EMBEDDED_LICENCE = "apache-2.0"
_FREE = {"apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "isc", "unlicense"}


@dataclass(frozen=True)
class BaseTerms:
    """Terms of a base model.

    Attributes
    ----------
    licence
        Hub licence identifier, None when it states none.
    problems, notes
        Sentences: what prevents its use, and what to know about it.
    """

    licence: str | None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def base_terms(base: str, token: str | None) -> BaseTerms:
    """Terms of a base model, asked of the Hub; one on this machine is only described.

    Parameters
    ----------
    base
        "embedded", a folder, or a Hub id with or without ``@revision``.
    token
        Hub token, needed for a gated or private base; used for this call only.
    """
    name = public_base(base)
    if name == EMBEDDED_BASE:
        return BaseTerms(EMBEDDED_LICENCE)
    if name == LOCAL_BASE:
        note = "The base model is a folder of this machine: others need the same model to use the adapter."
        return BaseTerms(None, notes=(note,))
    model, _, revision = name.partition("@")
    try:
        with hub_errors(model):
            info = client(token).model_info(model, revision=revision or None)
            if info.gated:
                client(token).auth_check(model)
    except HubError as error:
        return BaseTerms(None, problems=(f"The base model cannot be used. {error}",))
    licence = _licence(info)
    notes = [] if licence in _FREE else [_licence_note(model, licence)]
    if info.gated:
        notes.append(f"{model} is gated: whoever uses the adapter must accept its terms too.")
    return BaseTerms(licence, notes=tuple(notes))


def _licence(info: ModelInfo) -> str | None:
    stated = info.card_data.get("license") if info.card_data else None
    if stated is None:
        tags = [tag.removeprefix("license:") for tag in info.tags or () if tag.startswith("license:")]
        stated = tags[0] if tags else None
    return stated if isinstance(stated, str) else None


def _licence_note(model: str, licence: str | None) -> str:
    if licence is None:
        return f"{model} states no licence. Ask its authors before you publish anything made from it."
    if "-nc" in licence:
        return f"{model} is licensed {licence}: neither it nor your adapter may be used commercially."
    return f"{model} has terms of its own ({licence}). They bind adapters made from it: read them first."
