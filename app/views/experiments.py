"""Experiments: for researchers; repeats the paper's experiments on the survey, each with one click."""

import streamlit as st

from app import access, cached
from app.session import Key
from app.widgets.base_picker import base_picker
from app.widgets.experiment_panel import delete_experiment, outcome_panel, pick_outcome, start_button
from app.widgets.job_panel import job_panel
from app.widgets.notice import errors_shown, need_study
from core.studio import experiments as studio_experiments

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
    experiments = {experiment.key: experiment for experiment in studio_experiments.list_experiments()}
    key = st.selectbox(
        "Experiment",
        list(experiments),
        format_func=lambda name: experiments[name].title,
        key=Key.EXPERIMENT,
        persist_state="session",
    )
    st.markdown(f"**The paper's claim:** {experiments[key].claim}")
    latest = studio_experiments.latest(ws, study.id, key)
    outcomes = studio_experiments.outcomes(ws, study.id, key)
    if latest is not None and latest.state != "done":
        job_panel(latest.id, experiments[key].title)
        if not latest.state.is_active and not access.is_demo():
            delete_experiment(latest)
    if outcomes:
        outcome_panel(pick_outcome(outcomes, experiments[key]), experiments[key])
    access.end_of_demo()
    if latest is not None and latest.state.is_active:
        st.stop()
    with st.container(border=True):
        st.subheader("Run it again" if outcomes else "Run it")
        preset = st.segmented_control(
            "How long may each variant learn?",
            ["quick", "standard"],
            format_func=str.capitalize,
            default="quick",
            required=True,
            key=Key.EXPERIMENT_PRESET,
            persist_state="session",
        )
        base = base_picker()
        start_button(study.id, key, studio_experiments.recipe(preset, base))
