"""Card of the stakeholder report: one HTML file that works offline, slider included."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.downloads import slug
from app.widgets.simulation_form import pick_simulation
from core.studio import report
from core.studio.tables import TableChoice
from core.survey.shares import SMALL_BASE

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus
    from core.store.records import SurveyRecord


def report_card(study: "SurveyRecord", simulations: "Sequence[JobStatus]") -> None:
    """Draw the choice of a simulation and the downloads of its report, which is written when asked for."""
    with st.container(border=True):
        st.markdown(
            "One HTML file for stakeholders: the result in plain words, the chart with its temperature "
            "slider, all toplines, banner tables if you like, the population, a validation label and the "
            "method. It works without internet, prints well, and holds shares only, no respondent's answers."
        )
        chosen = pick_simulation(study.id, simulations)
        labels = {d.column: d.label for d in cached.survey_data(study.id).codebook.demographics}
        by = st.multiselect(
            "Banner tables by",
            list(labels),
            format_func=labels.__getitem__,
            key=Key.PUBLISH_BY.of(study.id),
            placeholder="None",
            help="Held-out respondents, real against simulated. Groups of fewer than "
            f"{SMALL_BASE} are not shown.",
        )
        choice = TableChoice(by=tuple(by))
        st.download_button(
            "Download the report (HTML)",
            data=lambda: cached.report(chosen.id, choice),
            file_name=f"{slug(study.name)}.html",
            mime="text/html",
            key=Key.PUBLISH_REPORT,
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "As a static Space for the Hugging Face Hub (ZIP)",
            data=lambda: report.static_space(cached.report(chosen.id, choice), study.name),
            file_name=f"{slug(study.name)}-space.zip",
            mime="application/zip",
            key=Key.PUBLISH_SPACE,
            icon=":material/web:",
            on_click="ignore",
            help="A web page without a server: upload the two files to a new static Space.",
        )
