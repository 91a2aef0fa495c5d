"""Query parameters of the address: ids of what is shown, so a link or a reload opens the same view.

Streamlit can tie a widget to the address itself, but then writes the words shown instead of an id, and
nothing at all for the first option: such a link opens something else as soon as there is a newer study.
"""

from collections.abc import Collection

import streamlit as st

from app.session import Key


def follow_address(key: Key, legal: Collection[str]) -> bool:
    """Set the value of a widget about to be drawn to that of an opened link; drop a value that is gone.

    Parameters
    ----------
    key
        Of the widget, and of the query parameter.
    legal
        Values the widget offers.

    Returns
    -------
    bool
        False if the link asks for something that is not there.
    """
    asked, read = st.query_params.get(key), st.session_state.setdefault(Key.ADDRESS, {})
    is_new = asked is not None and asked != read.get(key)
    if is_new:
        read[key] = asked
    if is_new and asked in legal:
        st.session_state[key] = asked
    elif st.session_state.get(key) not in legal:
        st.session_state.pop(key, None)
    return not is_new or asked in legal


def write_address(shown: dict[Key, str]) -> None:
    """Write the ids of what the page shows into the address."""
    changed = {str(key): value for key, value in shown.items() if st.query_params.get(key) != value}
    if changed:
        st.query_params.update(changed)
    st.session_state.setdefault(Key.ADDRESS, {}).update({str(key): value for key, value in shown.items()})
