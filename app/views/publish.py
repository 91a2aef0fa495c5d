"""Report and publish: hand a stakeholder the report, put the taught model on the Hugging Face Hub."""

import streamlit as st

from app import cached
from app.session import View
from app.widgets.notice import empty_state, errors_shown, need_study
from app.widgets.publish_form import publish_form
from app.widgets.report_card import report_card
from core import studio

st.title("Report and publish")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()

with errors_shown():
    runs = studio.list_runs(ws, study.id)
    simulations = studio.list_simulations(ws, study.id)
    if not runs:
        empty_state(
            "There is nothing to share yet. Teach the model first, then simulate and compare.",
            View.TUNING,
            "Teach the model",
            ":material/school:",
        )
    st.subheader("Topline report")
    if simulations:
        report_card(study, simulations)
    else:
        with st.container(border=True):
            st.markdown("The report needs a simulation to compare with the real answers.")
            st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")
    st.subheader("Hugging Face Hub")
    publish_form(study, runs)
