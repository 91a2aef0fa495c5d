"""Population: targets, screener and size; a diagnosis; then synthetic people who meet the targets."""

import streamlit as st

from app import access, cached
from app.session import Key, View, toast_after_rerun
from app.widgets.diagnosis_panel import diagnosis_panel
from app.widgets.marginals_editor import marginals_editor
from app.widgets.notice import errors_shown, need_study
from app.widgets.plan_form import plan_form
from app.widgets.population_card import population_card
from app.widgets.target_source import target_source
from core.studio import population

st.title("Population")
study = cached.chosen_study()
if study is None:
    need_study()
ws = cached.workspace()

with errors_shown():
    data = cached.survey_data(study.id)
    st.markdown(
        "Set the **marginals** of the people you want to ask. Understudy rakes the survey's respondents to "
        "these targets and draws people from them, so targets are met and the way demographics go together "
        "(age with income, region with housing) is kept."
    )
    populations = population.list_populations(ws, study.id)
    if populations:
        population_card(populations, data.codebook)
        st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")

    access.end_of_demo()
    st.subheader("Build another population" if populations else "Targets")
    own = population.survey_marginals(ws, study.id)
    with st.container(border=True):
        target_source(own, data.codebook, study.id)
    marginals = marginals_editor(own, data.codebook, study.id)
    with st.container(border=True):
        plan = None
        if marginals is not None:
            st.subheader("People")
            plan = plan_form(marginals, data.codebook, study.id)
        possible = plan is not None and diagnosis_panel(plan, data.codebook, study.id)
        name_slot, build_slot = st.columns([3, 1], vertical_alignment="bottom")
        name = name_slot.text_input(
            "Name",
            f"Population {len(populations) + 1}",
            key=Key.POPULATION_NAME.of(study.id, len(populations)),
            help="A name used before makes a new version of it; the old one is kept.",
        )
        build = build_slot.button(
            "Build the population",
            type="secondary" if populations else "primary",
            key=Key.POPULATION_BUILD,
            disabled=not possible,
            width="stretch",
            help=None if possible else "Mend the targets first; the message above says how.",
        )
    if build and plan:
        with st.spinner("Raking and drawing"):
            built = population.build_from_plan(ws, study.id, plan, name.strip() or None)
        st.session_state[Key.POPULATION_SHOWN.of(study.id)] = built.id
        toast_after_rerun("The population is ready.")
        st.rerun()
