"""The stakeholder report: one HTML file that works offline, slider included."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.downloads import slug
from app.widgets.simulation_form import pick_simulation

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus
    from core.store.records import SurveyRecord


def report_card(study: "SurveyRecord", simulations: "Sequence[JobStatus]") -> None:
    """Choose a simulation, write its report once asked for, offer it for download."""
    with st.container(border=True):
        st.markdown(
            "One HTML file for stakeholders: headline figures with their noise floor and baselines, the "
            "chart with its temperature slider, all questions, the population, method and limits. It works "
            "without internet and contains shares only, no respondent's answers."
        )
        chosen = pick_simulation(study.id, simulations)
        st.download_button(
            "Download the report (HTML)",
            data=lambda: cached.report(chosen.id),
            file_name=f"{slug(study.name)}.html",
            mime="text/html",
            key=Key.PUBLISH_REPORT,
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
