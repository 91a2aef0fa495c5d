"""Form that publishes a fine-tuned model: name, token, checks before anything is sent, then the push.

The token stays in this browser session's password field: it is handed to the check and the push as an
argument and never stored. Changing any input takes the checks back, so what was checked is what is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from app import access, cached
from app.session import Key
from app.widgets.hub_fields import SAME, licence_field, repository_field, token_field, visibility_field
from app.widgets.notice import errors_shown, plain
from app.widgets.run_list import started
from core.studio import jobs, publish

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus
    from core.publish.preflight import Preflight
    from core.store.records import SurveyRecord


@dataclass(frozen=True)
class _Wanted:
    """Inputs of the form, all but the token."""

    run_id: str
    repo: str
    private: bool
    licence: str
    frame: str

    @property
    def asked(self) -> list:
        return [self.run_id, self.repo, self.private, self.licence, self.frame]


def publish_form(study: "SurveyRecord", runs: "Sequence[JobStatus]") -> None:
    """Draw inputs, the card that will be published, the checks and the push."""
    with st.container(border=True):
        st.markdown(
            "Publishes the taught model (a small adapter to its base model) with a model card. "
            "**No survey answers are sent.**"
        )
        wanted, token = _inputs(study, {run.id: run for run in runs})
        if st.button("Check before publishing", key=Key.PUBLISH_CHECK, icon=":material/fact_check:"):
            st.session_state[Key.PUBLISH_CHECKED] = wanted.asked
        if st.session_state.get(Key.PUBLISH_CHECKED) == wanted.asked:
            with errors_shown():
                _checked(wanted, token)
        _card(wanted)
        _history(wanted.run_id)


def _inputs(study: "SurveyRecord", runs: "dict[str, JobStatus]") -> tuple[_Wanted, str]:
    left, right = st.columns(2)
    with left:
        run_id = st.selectbox(
            "Taught model",
            list(runs),
            format_func=lambda i: f"Taught {started(runs[i])}",
            key=Key.PUBLISH_RUN.of(study.id),
        )
        target = publish.target(cached.workspace(), run_id)
        repo = repository_field(Key.PUBLISH_REPO, target.repo_id if target else "")
        frame = st.text_input(
            "Who do the respondents stand for?",
            key=Key.PUBLISH_FRAME.of(study.id),
            placeholder="For example: adults in Norway, May 2026",
            help="The population frame, for the model card.",
        )
    with right:
        token = token_field(Key.PUBLISH_TOKEN)
        licence = licence_field(Key.PUBLISH_LICENCE)
        private = visibility_field(Key.PUBLISH_PRIVATE, target.private if target else True)
    return _Wanted(run_id, repo, private, licence, frame.strip()), token


def _checked(wanted: _Wanted, token: str) -> None:
    ws = cached.workspace()
    with st.spinner("Checking name, token, base model and files"):
        check = publish.preflight(ws, wanted.run_id, wanted.repo, access.token(token), wanted.private)
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
        _push(wanted, token, check)


def _push(wanted: _Wanted, token: str, check: "Preflight") -> None:
    bar = st.progress(0.0, text="Sending the files")
    try:
        pushed = publish.push(
            cached.workspace(),
            wanted.run_id,
            check.repo_id,
            access.token(token),
            wanted.private,
            on_progress=lambda message, share: bar.progress(share, text=message),
            licence=check.licence if wanted.licence == SAME else wanted.licence,
            frame=wanted.frame,
        )
    finally:
        bar.empty()
    st.success(f"Published as version {pushed.revision[:12]}.", icon=":material/check_circle:")
    st.link_button("Open it on the Hub", pushed.url, icon=":material/open_in_new:")


def _show_check(check: "Preflight") -> None:
    for problem in check.problems:
        st.error(plain(problem), icon=":material/error:")
    for note in check.notes:
        st.warning(plain(note), icon=":material/info:")
    if check.ok:
        st.success(
            f"Ready to publish as {plain(check.user)} to {plain(check.repo_id)}.",
            icon=":material/check_circle:",
        )
    st.markdown("**Exactly these files will be sent**")
    st.dataframe(
        [{"File": name, "Size (kB)": size / 1000} for name, size in check.files],
        hide_index=True,
        column_config={"Size (kB)": st.column_config.NumberColumn(format="%.1f")},
        alt="Files to be published",
    )


def _card(wanted: _Wanted) -> None:
    with st.expander("Preview of the model card", icon=":material/description:"), errors_shown():
        licence = None if wanted.licence == SAME else wanted.licence
        study = jobs.find(cached.workspace(), wanted.run_id).spec()["survey_id"]
        card = cached.card(study, wanted.run_id, wanted.repo, licence, wanted.frame)
        header, text = _parts(card)
        st.markdown(text)
        st.markdown("**Settings block for the Hub**")
        st.code(header, language="yaml")


def _history(run_id: str) -> None:
    """Draw the published versions of a run."""
    pushes = publish.published(cached.workspace(), run_id)
    if pushes:
        st.markdown("**Published versions**")
        rows = [
            {
                "When": f"{datetime.fromtimestamp(push.pushed):%d %b %Y, %H:%M}",
                "Repository": push.url,
                "Version": push.revision[:12],
                "Visible to": "only you" if push.private else "everybody",
            }
            for push in pushes
        ]
        st.dataframe(
            rows,
            hide_index=True,
            column_config={"Repository": st.column_config.LinkColumn(display_text=r"https?://[^/]+/(.*)")},
            alt="Published versions",
        )


def _parts(card: str) -> tuple[str, str]:
    """Header of a card, between the first two ``---`` lines, and the text after it."""
    parts = card.split("---\n", 2)
    return (parts[1], parts[2]) if len(parts) == 3 and not parts[0].strip() else ("", card)
