"""Notice about a question that was held out of training."""

from typing import TYPE_CHECKING

import streamlit as st

from core.models.catalogue import EMBEDDED_ID

if TYPE_CHECKING:
    from core.results.results import Results

EMBEDDED_WORDS = (
    "The embedded model knows nothing but what it was taught, so this is no better than a guess: about equal "
    "shares. A larger model from the Hugging Face Hub has read about the world and may do better: choose one "
    "on the page Teach the model, and hold this question out again to see."
)
OTHER_WORDS = "What you see is what the model knew before, and what it carries over from the other questions."


def untaught_notice(results: "Results", column: str) -> None:
    """Draw the notice if the question was held out of training."""
    if column not in results.run.held_out:
        return
    base = results.run.result.base
    embedded = base is not None and base.id == EMBEDDED_ID
    words = EMBEDDED_WORDS if embedded else OTHER_WORDS
    st.warning(f"The model was never taught this question. {words}", icon=":material/school:")
