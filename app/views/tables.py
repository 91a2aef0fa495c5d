"""Toplines and banners: the tables a researcher hands on, on the page and as files."""

import streamlit as st

from app import cached
from app.session import View
from app.widgets.downloads import answers_download, tables_download
from app.widgets.notice import empty_state, errors_shown, need_study
from app.widgets.simulation_form import pick_simulation
from app.widgets.table_choice import table_choice
from app.widgets.tables_shown import pick_question, show_tables
from core.studio import simulation, tables

st.title("Toplines and banners")
study = cached.chosen_study()
if study is None:
    need_study()

with errors_shown():
    simulations = simulation.list_simulations(cached.workspace(), study.id)
    if not simulations:
        empty_state(
            "Tables set real and simulated answers side by side. Teach the model and simulate first.",
            View.RESULTS,
            "Simulate and compare",
            ":material/bar_chart:",
        )
    chosen = pick_simulation(study.id, simulations)
    results = cached.results(chosen.id)
    choice = table_choice(results, study)
    banner = cached.tables(chosen.id, choice)
    shown = pick_question(banner, study.id)
    show_tables(banner, shown, tables.table_source(results, choice))
    st.subheader("Take away")
    left, right = st.columns(2)
    with left:
        tables_download(results, choice, banner, shown, study.name)
    with right:
        answers_download(results, study.name)
