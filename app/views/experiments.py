"""Experiments: for researchers; repeats the paper's experiments on the survey, each with one click."""

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.charts import experiment_chart
from app.widgets.job_panel import job_panel
from app.widgets.notice import errors_shown, need_study, plain
from core import studio

st.title("Experiments")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()
st.markdown(
    "The experiments of arXiv 2403.20252, on your own respondents. A model is taught in several ways and "
    "tested on the same test respondents; the chart shows the differences, a sentence says whether your "
    "survey supports the paper's claim. One survey is one piece of evidence, not a proof."
)

with errors_shown():
    experiments = {experiment.key: experiment for experiment in studio.experiments()}
    key = st.selectbox(
        "Experiment",
        list(experiments),
        format_func=lambda name: experiments[name].title,
        key=Key.EXPERIMENT,
        persist_state="session",
    )
    st.markdown(f"**The claim:** {experiments[key].claim}")
    latest = studio.latest_experiment(ws, study.id, key)
    if latest is not None:
        job_panel(latest.id, experiments[key].title)
    preset = st.segmented_control(
        "How long may each variant learn?",
        ["quick", "standard"],
        format_func=str.capitalize,
        default="quick",
        required=True,
        key=Key.EXPERIMENT_PRESET,
        persist_state="session",
    )
    if st.button("Run the experiment", key=Key.EXPERIMENT_START, icon=":material/science:", type="primary"):
        studio.start_experiment(ws, study.id, key, preset)
        st.rerun()
    outcome = studio.experiment_outcome(ws, study.id, key)
    if outcome is not None:
        show = {"supports": st.success, "contradicts": st.warning, "undecided": st.info}[outcome.verdict]
        show(plain(outcome.sentence))
        experiment_chart(outcome.rows, experiments[key].title, experiments[key].axis)
        st.dataframe(outcome.rows, hide_index=True, alt=f"Figures of {experiments[key].title}")
