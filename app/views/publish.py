"""Report and publish: hand a stakeholder the report, put the fine-tuned model on the Hugging Face Hub."""

import streamlit as st

from app import access, cached
from app.session import View
from app.widgets.notice import errors_shown, need_study
from app.widgets.publish_form import publish_form
from app.widgets.pull_form import pull_form
from app.widgets.report_card import report_card
from core.studio import jobs, simulation, tuning

st.title("Report and publish")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()

with errors_shown():
    runs = tuning.list_runs(ws, study.id)
    simulations = simulation.list_simulations(ws, study.id)
    st.subheader("Topline report")
    if simulations:
        report_card(study, simulations)
    else:
        with st.container(border=True):
            st.markdown("The report needs a simulation to compare with the real answers.")
            st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")
    access.end_of_demo()
    st.subheader("Publish on the Hugging Face Hub")
    own = [run for run in runs if "pulled" not in jobs.find(ws, run.id).spec()]
    if own:
        publish_form(study, own)
    else:
        with st.container(border=True):
            st.markdown("There is nothing to publish yet. Teach the model first, then simulate and compare.")
            st.page_link(View.TUNING, label="**Teach the model**", icon=":material/school:")
    st.subheader("Use a model from the Hub")
    pull_form(study)
