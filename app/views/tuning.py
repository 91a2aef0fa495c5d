"""Teach the model: the survey designer starts a run, follows its progress, and finds it again later."""

import streamlit as st

from app import access, cached
from app.session import Key, View
from app.widgets.job_panel import job_panel
from app.widgets.notice import errors_shown, need_study
from app.widgets.plan_card import plan_card
from app.widgets.publish_target import publish_target, remember
from app.widgets.recipe_form import recipe_form
from app.widgets.run_list import run_result, started
from app.widgets.run_table import run_table
from core.jobs.kind import JobKind
from core.studio import jobs, tuning

st.title("Teach the model your survey")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()

with errors_shown():
    data = cached.survey_data(study.id)
    runs = jobs.list_jobs(ws, study.id, JobKind.TUNE)
    latest = runs[0] if runs else None
    busy = [job for job in reversed(runs) if job.state.is_active]
    st.markdown(
        f"The model studies the answers of {len(data.part('train')):,} respondents and learns to predict how "
        f"people with a given background answer each question: from what groups of similar respondents said, "
        f"unless you choose otherwise. {len(data.part('validation')):,} hold-out respondents set its "
        f"temperature; {len(data.part('test')):,} more are kept for the final check."
    )
    for job in busy or runs[:1]:
        job_panel(job.id, f"Teaching run of {started(job)}", curve=job.state != "queued")
        if job.state == "done":
            run_result(job)
            st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")

    access.end_of_demo()
    with st.container(border=True):
        st.subheader("Queue another run" if busy else "Teach it again" if runs else "Start")
        recipe = recipe_form(data.codebook, study.id)
        possible = plan_card(study.id, recipe)
        target = publish_target()
        start = st.button(
            "Add to the queue" if busy else "Teach the model",
            type="secondary" if busy or (latest and latest.state == "done") else "primary",
            key=Key.TUNING_START,
            disabled=not possible,
            help="A run is in progress; this one starts when it is done." if busy else None,
        )
        check = target.check(recipe.base) if start else None
        if start and (check is None or check.ok):
            with st.spinner("Starting"):
                remember(tuning.start(ws, study.id, recipe), target, check)
            st.rerun()
    if runs:
        run_table(tuning.records(ws, study.id))
