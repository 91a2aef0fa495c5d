"""Simulate and compare: simulated against real answers, question by question, at every temperature."""

import streamlit as st

from app import access, cached
from app.session import View
from app.widgets.assessment_panel import assessment_panel
from app.widgets.comparison_panel import figures_panel, questions_table
from app.widgets.job_panel import job_panel
from app.widgets.mix_panel import mix_panel
from app.widgets.notice import empty_state, errors_shown, need_study
from app.widgets.question_chart import all_questions, question_chart
from app.widgets.readout_form import reading_form
from app.widgets.rectified_table import rectified_table
from app.widgets.run_list import started
from app.widgets.simulation_form import pick_simulation, simulation_form
from app.widgets.structure_panel import structure_panel
from app.widgets.verdict_cards import verdict_cards
from core.jobs.kind import JobKind
from core.studio import jobs, tuning

st.title("Simulate and compare")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()

with errors_shown():
    runs = tuning.list_runs(ws, study.id)
    if not runs:
        empty_state(
            "The model has not been taught this survey yet. Teach it first; that takes a minute or two with "
            "the model that comes with Understudy.",
            View.TUNING,
            "Teach the model",
            ":material/school:",
        )
    simulations = jobs.list_jobs(ws, study.id, JobKind.SIMULATE)
    done = [job for job in simulations if job.state == "done"]
    if simulations and simulations[0].state != "done":
        job_panel(simulations[0].id, f"Simulation of {started(simulations[0])}")
    if not done:
        st.markdown(
            "The simulation works out how likely each person is to give each answer, for the hold-out "
            "respondents (to compare with what they really said) and for your population."
        )
        simulation_form(study.id, runs, busy=bool(simulations) and simulations[0].state.is_active, first=True)
        st.stop()

    chosen = pick_simulation(study.id, done)
    assessment_panel(chosen.id)
    reading = reading_form(cached.results(chosen.id), study.id)
    results = cached.results(chosen.id, reading)
    verdicts = st.container()  # the chart is there sooner than the verdicts above it
    question_chart(results)
    with verdicts:
        verdict_cards(results)
    all_questions(results)
    mix_panel(results, study.id)
    questions_table(results)
    figures_panel(results)
    structure_panel(results)
    rectified_table(results)
    with st.container(horizontal=True):
        st.page_link(View.PUBLISH, label="**Report and publish**", icon=":material/share:")
    access.end_of_demo()
    with st.expander("Run another simulation", icon=":material/replay:"):
        simulation_form(study.id, runs, busy=simulations[0].state.is_active, first=False)
