"""Picker of the study in the frame; its value is in the address, so a reload or a link keeps it."""

from typing import TYPE_CHECKING

import streamlit as st

from app.address import follow_address, write_address
from app.session import Key

if TYPE_CHECKING:
    from core.store.records import SurveyRecord


def study_picker(surveys: "list[SurveyRecord]") -> None:
    """Draw the picker in the sidebar; does nothing while there is no study."""
    chosen = st.session_state.pop(Key.NEXT_STUDY, None)
    names = {record.id: record.name for record in surveys}
    if not names:
        return
    if not follow_address(Key.STUDY, names):
        st.toast("The study of this link is not here; it may have been deleted.", icon=":material/link_off:")
    if chosen in names:
        st.session_state[Key.STUDY] = chosen
    with st.sidebar:
        st.selectbox(
            "Study",
            list(names),
            key=Key.STUDY,
            format_func=lambda survey_id: names.get(survey_id, survey_id),
            help="The survey that all pages are about.",
        )
        write_address({Key.STUDY: st.session_state[Key.STUDY]})
        record = next(r for r in surveys if r.id == st.session_state[Key.STUDY])
        st.caption(f"{record.n_respondents:,} respondents, {record.n_questions} questions")
        if record.generated:
            st.badge("Generated example, not real people", color="orange", icon=":material/science:")
