"""Start page: for everybody; what the app does, the four steps, and the example survey."""

import streamlit as st

from app import cached
from app.session import Key, View, choose_study, toast_after_rerun
from app.widgets.notice import errors_shown, plain
from app.widgets.steps import step_cards
from core.studio import surveys

st.title("Pilot your questionnaire before you pay for fieldwork")
st.markdown(
    "Understudy learns from a survey you already have how **those people** answer, then lets a synthetic "
    "population of your choosing answer the questionnaire, and shows how close the simulated answers come "
    "to the real ones. Everything runs on this computer."
)

study = cached.chosen_study()
if study is None:
    with st.container(border=True):
        st.subheader("New here? Start with the example")
        st.markdown(
            "A survey on battery electric vehicles with about 1,200 generated respondents. It takes you "
            "through every step in a few minutes, one or two of them to teach the model. The respondents are "
            "invented, not real people."
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            load = st.button("Load the example survey", type="primary", key=Key.HOME_EXAMPLE)
            st.page_link(View.SURVEY, label="Upload my own survey instead", icon=":material/upload_file:")
        if load:
            with errors_shown(), st.spinner("Preparing the example survey"):
                choose_study(surveys.load_example(cached.workspace()).id)
                toast_after_rerun("The example survey is ready.")
                st.rerun()
else:
    st.markdown(f"Your study: **{plain(study.name)}**")

with errors_shown():
    step_cards(study)
