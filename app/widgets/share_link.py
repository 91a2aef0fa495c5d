"""Link to the view on the page: study, simulation, question, people and temperature are in the address."""

import math
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import streamlit as st

from app.session import Key

TEMPERATURE = "temperature"
"""Query parameter of a shared temperature."""


def linked_temperature(fitted: float, low: float = 0.1, high: float = 3.0) -> float:
    """Temperature of an opened link if it lies between `low` and `high`, else the fitted one."""
    try:
        asked = float(st.query_params.get(TEMPERATURE, fitted))
    except ValueError:
        return fitted
    return asked if math.isfinite(asked) and low <= asked <= high else fitted


def share_link(fitted: float) -> None:
    """Draw the button that shows a link to what is on the page."""
    with st.popover("Link to this view", icon=":material/link:"):
        st.markdown("Opens this study with this question, these people and this temperature.")
        temperature = st.number_input(
            "Temperature in the link",
            min_value=0.1,
            max_value=3.0,
            value=round(linked_temperature(fitted), 2),
            step=0.05,
            key=Key.SHARE_TEMPERATURE,
        )
        st.code(with_temperature(st.context.url or "", st.query_params.to_dict(), temperature), language=None)
        st.caption("Works for everybody who can open this app.")


def with_temperature(page: str, shown: dict[str, str], temperature: float) -> str:
    """Address of a page with the parameters of a view and a temperature.

    >>> with_temperature("http://localhost/results?study=tea", {"study": "tea", "question": "Q1"}, 0.8)
    'http://localhost/results?study=tea&question=Q1&temperature=0.8'
    """
    parts = urlsplit(page)
    known = dict(parse_qsl(parts.query)) | shown | {TEMPERATURE: f"{temperature:g}"}
    return urlunsplit(parts._replace(query=urlencode(known)))
