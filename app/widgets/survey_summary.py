"""Summary of the selected study, with its warnings and a guarded delete."""

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from app import access, cached
from app.session import Key, View, toast_after_rerun
from app.widgets.notice import errors_shown, plain
from app.widgets.survey_files import reopen
from core.studio import surveys

if TYPE_CHECKING:
    from core.store.records import SurveyRecord


def survey_summary(study: "SurveyRecord") -> None:
    """Draw name, base, questions, source and warnings of the study, and its buttons."""
    with st.container(border=True):
        st.subheader(plain(study.name))
        if study.generated:
            st.markdown(":orange[**Generated example: these are not real people.**]")
        numbers = st.columns(3)
        numbers[0].metric("Respondents (base)", f"{study.n_respondents:,}", border=True)
        numbers[1].metric("Questions", study.n_questions, border=True)
        numbers[2].metric("Stored on", f"{datetime.fromtimestamp(study.created):%d %b %Y}", border=True)
        st.caption(f"Source: {plain(study.source_name)}")
        for warning in study.warnings:
            st.warning(plain(warning), icon=":material/warning:")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(View.QUESTIONNAIRE, label="See the questionnaire", icon=":material/list_alt:")
            st.page_link(View.TUNING, label="Teach the model", icon=":material/school:")
            if not access.is_demo():
                _change(study)
                _delete(study)


def _change(study: "SurveyRecord") -> None:
    """Open a copy of the survey below, to change its codebook."""
    if st.button("Change the codebook", key=Key.SURVEY_REOPEN, icon=":material/edit_note:", type="tertiary"):
        reopen(study.id)
        st.rerun()


def _delete(study: "SurveyRecord") -> None:
    with st.popover("Delete this survey", icon=":material/delete:"):
        st.markdown("The answers and the populations built from them are removed. This cannot be undone.")
        if st.button("Delete for good", key=Key.SURVEY_DELETE, type="primary"):
            with errors_shown():
                surveys.delete(cached.workspace(), study.id)
                toast_after_rerun("The survey was deleted.")
                st.rerun()
