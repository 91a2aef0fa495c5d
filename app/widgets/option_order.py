"""List of one column's answer options, to drag or to number, with those not on the scale.

Drawn in a frame of its own (`option_list/index.html`): Streamlit has no list that can be dragged, and its
newer kind of component keeps an object in the session that the app's check of the session refuses.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v1 import declare_component

_list = declare_component("understudy_options", path=str(Path(__file__).with_name("option_list")))


def option_order(
    options: Sequence[str],
    counts: Sequence[int],
    off_scale: Sequence[str],
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Draw the list.

    Parameters
    ----------
    options, counts
        Answer options in order, and how many respondents gave each; those nobody gave can be removed.
    off_scale
        The options that are legal answers but not on the scale, such as "Don't know".
    key
        Where `changed_order` finds the change.
    on_change
        Called when the user changed the list.
    """
    rows = [
        {"text": text, "n": int(n), "off": text in off_scale} for text, n in zip(options, counts, strict=True)
    ]
    _list(rows=rows, default=None, key=key, on_change=on_change)


def changed_order(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Options and off-scale options as the user left them; to be called in `on_change`."""
    rows = st.session_state[key] or []
    return tuple(row["text"] for row in rows), tuple(row["text"] for row in rows if row["off"])
