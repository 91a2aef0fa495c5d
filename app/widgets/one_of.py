"""Box that shows one of several views; only the chosen one is computed and sent."""

from collections.abc import Callable, Mapping

import streamlit as st

from app.session import Key


def one_of(title: str, views: Mapping[str, Callable[[], None]], key: Key) -> None:
    """Draw the title, a choice of the views by name, and the chosen view; the first one to begin with."""
    with st.container(border=True):
        st.subheader(title)
        chosen = st.segmented_control(
            "What to look at",
            list(views),
            default=next(iter(views)),
            required=True,
            key=key,
            label_visibility="collapsed",
            persist_state="session",
        )
        views[chosen]()
