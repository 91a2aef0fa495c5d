"""Input fields for a Hub repository, token, licence and visibility; used by three forms."""

import streamlit as st

from app import access

EXAMPLE_NAME = "your-name/survey-model"
SAME = "as the base model"
LICENCES = (SAME, "cc-by-4.0", "cc-by-nc-4.0", "apache-2.0", "mit", "other")


def repository_field(key: str, value: str = "") -> str:
    """Draw the field of a repository; returns its name as typed."""
    if key not in st.session_state and value:
        st.session_state[key] = value
    return st.text_input("Name on the Hub", placeholder=EXAMPLE_NAME, key=key).strip()


def token_field(key: str, needs: str = "with write permission") -> str:
    """Draw the field of a Hub token, which stays in this session's password field only; returns it."""
    return st.text_input(
        f"Access token ({needs})",
        type="password",
        key=key,
        help="From huggingface.co, Settings, Access Tokens. Used now, never stored.",
        placeholder="From the environment" if access.token() else "hf_...",
    )


def licence_field(key: str) -> str:
    """Draw the choice of a licence; returns its Hub identifier, or `SAME`."""
    return st.selectbox("Licence", LICENCES, key=key, help="Who may do what with the published adapter.")


def visibility_field(key: str, private: bool = True) -> bool:
    """Draw the switch; returns whether a new repository is private."""
    return st.toggle("Private: only you can see it", private, key=key)
