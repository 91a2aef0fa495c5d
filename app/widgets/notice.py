"""Messages: errors a user can mend, empty states, and survey text made safe for Markdown."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NoReturn

import streamlit as st

from app.session import View
from core.errors import SurveyError

Colour = Literal["red", "orange", "blue", "green", "gray"]
"""Colours of a badge, by Streamlit's names."""
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|$:<>~&])")


def plain(text: object) -> str:
    """Text from a survey, escaped so that Streamlit shows it letter for letter."""
    return _MARKUP.sub(r"\\\1", str(text)).replace("\n", " ")


def show_error(error: SurveyError) -> None:
    """Draw an error as a red box: what is wrong, where, what was found and what to do."""
    lines = [f"**{plain(error.what)}**"]
    if error.where:
        lines.append(f"Where: {plain(error.where)}")
    if error.got is not None:
        lines.append(f"Found: {plain(error.got)}")
    if error.fix:
        lines.append(f"What to do: {plain(error.fix)}")
    st.error("  \n".join(lines), icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show a `SurveyError` raised inside; anything else is a bug and passes through."""
    try:
        yield
    except SurveyError as error:
        show_error(error)


def empty_state(text: str, view: View, label: str, icon: str) -> NoReturn:
    """Say what is missing on this page and lead to where it is made, then end the page."""
    with st.container(border=True):
        st.markdown(text)
        st.page_link(view, label=f"**{label}**", icon=icon)
    st.stop()


def need_study() -> NoReturn:
    """End the page when no survey has been loaded yet."""
    empty_state(
        "There is no survey yet. Load the example survey, or upload one of your own.",
        View.SURVEY,
        "Go to Survey data",
        ":material/upload_file:",
    )
