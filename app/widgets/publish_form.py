"""Publishing a taught model: name, token, checks before anything is sent, then the push.

The token stays in this browser session's password field: it is handed to the check and the push as an
argument and never stored. Changing any input takes the checks back, so what was checked is what is sent.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.notice import errors_shown, plain
from app.widgets.run_list import started
from core import studio
from core.settings import hub_token

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus
    from core.publish.preflight import Preflight
    from core.store.records import SurveyRecord

EXAMPLE_NAME = "your-name/survey-model"


def publish_form(study: "SurveyRecord", runs: "Sequence[JobStatus]") -> None:
    """Draw inputs, the card that will be published, the checks and the push."""
    by_id = {run.id: run for run in runs}
    with st.container(border=True):
        st.markdown(
            "Publishes the taught model (a small adapter to its base model) with a model card. "
            "**No survey answers are sent.**"
        )
        left, right = st.columns(2)
        with left:
            run_id = st.selectbox(
                "Taught model",
                list(by_id),
                format_func=lambda i: f"Taught {started(by_id[i])}",
                key=Key.PUBLISH_RUN.of(study.id),
            )
            repo = st.text_input("Name on the Hub", placeholder=EXAMPLE_NAME, key=Key.PUBLISH_REPO)
        with right:
            token = st.text_input(
                "Access token (with write permission)",
                type="password",
                key=Key.PUBLISH_TOKEN,
                help="From huggingface.co, Settings, Access Tokens. Used now, never stored.",
                placeholder="From the environment" if hub_token() else "hf_...",
            )
            private = st.toggle("Private: only you can see it", True, key=Key.PUBLISH_PRIVATE)
        asked = (run_id, repo.strip(), private)
        if st.button("Check before publishing", key=Key.PUBLISH_CHECK, icon=":material/fact_check:"):
            st.session_state[Key.PUBLISH_CHECKED] = list(asked)
        if st.session_state.get(Key.PUBLISH_CHECKED) == list(asked):
            with errors_shown():
                _checked(*asked, token)
        _card(run_id)


def _checked(run_id: str, repo: str, private: bool, token: str) -> None:
    ws = cached.workspace()
    with st.spinner("Checking name, token and files"):
        check = studio.preflight_push(ws, run_id, repo, hub_token(token), private)
    _show_check(check)
    push = st.button(
        "Publish",
        type="primary",
        key=Key.PUBLISH_PUSH,
        icon=":material/cloud_upload:",
        disabled=not check.ok,
        help=None if check.ok else "Put right what is listed above first.",
    )
    if push:
        with st.spinner("Sending the files"):
            pushed = studio.push_run(ws, run_id, repo, hub_token(token), private)
        st.session_state[Key.PUBLISH_URL.of(run_id)] = pushed.url
    if url := st.session_state.get(Key.PUBLISH_URL.of(run_id)):
        st.success("Published.", icon=":material/check_circle:")
        st.link_button("Open it on the Hub", url, icon=":material/open_in_new:")


def _show_check(check: "Preflight") -> None:
    for problem in check.problems:
        st.error(plain(problem), icon=":material/error:")
    if check.ok:
        st.success(f"Ready to publish as {plain(check.user)}.", icon=":material/check_circle:")
    st.markdown("**Exactly these files will be sent**")
    st.dataframe(
        [{"File": name, "Size (kB)": size / 1000} for name, size in check.files],
        hide_index=True,
        column_config={"Size (kB)": st.column_config.NumberColumn(format="%.1f")},
        alt="Files to be published",
    )


def _card(run_id: str) -> None:
    with st.expander("Preview of the model card", icon=":material/description:"), errors_shown():
        card = studio.adapter_card(cached.workspace(), run_id)
        st.markdown(_without_front_matter(card))


def _without_front_matter(card: str) -> str:
    """The card's text without the settings block between the first two ``---`` lines."""
    parts = card.split("---\n", 2)
    return parts[2] if len(parts) == 3 and not parts[0].strip() else card
