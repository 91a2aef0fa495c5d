"""Population: whom to ask. Targets per demographic, size and seed; then the people who meet them."""

import streamlit as st

from app import cached
from app.session import Key, View, toast_after_rerun
from app.widgets.marginals_editor import marginals_editor
from app.widgets.notice import errors_shown, need_study
from app.widgets.population_card import population_card
from core import studio

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
    populations = studio.list_populations(ws, study.id)
    if populations:
        population_card(populations, data.codebook)
        st.page_link(View.RESULTS, label="**Simulate and compare**", icon=":material/bar_chart:")

    st.subheader("Build another population" if populations else "Targets")
    st.caption("Targets start from the survey's own weighted shares. Change any number in a Target column.")
    marginals = marginals_editor(studio.survey_marginals(ws, study.id), data.codebook, study.id)
    with st.container(border=True):
        name_slot, size_slot, seed_slot = st.columns([2, 1, 1])
        name = name_slot.text_input(
            "Name",
            f"Population {len(populations) + 1}",
            key=Key.POPULATION_NAME.of(study.id, len(populations)),
        )
        size = size_slot.number_input(
            "People", 10, 100_000, 1000, step=100, key=Key.POPULATION_SIZE, persist_state="session"
        )
        seed = seed_slot.number_input(
            "Seed",
            0,
            2**31 - 1,
            0,
            key=Key.POPULATION_SEED,
            persist_state="session",
            help="The same seed draws the same people.",
        )
        build = st.button(
            "Build the population",
            type="secondary" if populations else "primary",
            key=Key.POPULATION_BUILD,
            disabled=marginals is None,
            help=None if marginals else "Make every demographic add up to 100 % first.",
        )
    if build:
        with st.spinner("Raking and drawing"):
            built = studio.build_population(ws, study.id, marginals, size, seed, name.strip() or None)
        st.session_state[Key.POPULATION_SHOWN.of(study.id)] = built.id
        toast_after_rerun("The population is ready.")
        st.rerun()
