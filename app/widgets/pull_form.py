"""Form that pulls an adapter from the Hub, checks it, and makes it a run of the selected study."""

from typing import TYPE_CHECKING

import streamlit as st

from app import access, cached
from app.session import Key, View
from app.widgets.hub_fields import repository_field, token_field
from app.widgets.notice import errors_shown, plain
from core.studio import adapters

if TYPE_CHECKING:
    from core.store.records import SurveyRecord
    from core.studio.adapters import AdoptedRun


def pull_form(study: "SurveyRecord") -> None:
    """Draw the fields; a pulled adapter becomes a run of the study."""
    with st.container(border=True):
        st.markdown(
            "Use a model that was taught elsewhere with Understudy. Its base model, prompt template and "
            "weights are checked; questions that were not taught are left out."
        )
        left, right = st.columns(2)
        with left:
            repo = repository_field(Key.PULL_REPO)
        with right:
            token = token_field(Key.PULL_TOKEN, "only for private repositories")
        if st.button("Use this model", key=Key.PULL_START, icon=":material/download:", disabled=not repo):
            with errors_shown(), st.spinner("Fetching and checking the model"):
                ws = cached.workspace()
                adapter = adapters.pull(ws, repo, access.token(token))
                _show(adapters.adopt(ws, study.id, adapter), repo)


def _show(adopted: "AdoptedRun", repo: str) -> None:
    questions = len(adopted.fit.questions)
    st.success(
        f"{plain(repo)} is now among the taught models of this study; it knows {questions} of its questions.",
        icon=":material/check_circle:",
    )
    for problem in adopted.fit.problems:
        st.warning(plain(problem), icon=":material/info:")
    st.caption(
        "If this very survey taught the model, respondents who are held out here may have been among those "
        "it learned from: then the comparison flatters it."
    )
    st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")
