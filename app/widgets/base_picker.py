"""Choice of the base model: the catalogue with size, licence and languages, or any model by name."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.studio import tuning

if TYPE_CHECKING:
    from core.models.catalogue import Listed

OTHER = "other"


def base_picker() -> str:
    """Draw the choice; returns the base model's name."""
    models = {entry.id: entry for entry in tuning.base_models()}
    labels = {name: _label(entry) for name, entry in models.items()} | {OTHER: "Another model or a folder …"}
    chosen = st.selectbox(
        "Base model",
        list(labels),
        format_func=labels.__getitem__,
        key=Key.TUNING_BASE,
        persist_state="session",
        help="What the model knows before it is taught your survey. Base models are better than chat models "
        "here: chat models were trained to give one good answer and lose the spread of answers.",
    )
    if chosen == OTHER:
        name = st.text_input(
            "Hugging Face name or folder",
            key=Key.TUNING_OTHER_BASE,
            persist_state="session",
            placeholder="owner/model, owner/model@revision or a folder on this computer",
        )
        return name.strip() or "embedded"
    entry = models[chosen]
    gate = " Its owner asks you to accept conditions on the Hugging Face page first." if entry.gated else ""
    st.caption(f"{entry.note} Languages: {entry.languages}. Licence: {entry.licence}.{gate}")
    return chosen


def _label(entry: "Listed") -> str:
    count = entry.shape.parameters
    size = f"{count / 1e9:.1f} billion" if count >= 1e9 else f"{count / 1e6:.0f} million"
    return f"{entry.label} · {size} parameters"
