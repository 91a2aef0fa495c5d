"""Assessment of a simulation (baselines are fitted, its structure is compared) and its progress."""

import streamlit as st

from app import cached
from app.access import is_demo
from app.session import Key
from app.widgets.job_panel import job_panel
from core.studio import simulation


def assessment_panel(simulation_id: str) -> None:
    """Start the assessment if it never was; show it while it runs, and offer it again if it failed."""
    ws = cached.workspace()
    status = simulation.assessment(ws, simulation_id)
    if status is None and not is_demo():
        job_id = simulation.start_assessment(ws, simulation_id)
        status = simulation.assessment(ws, simulation_id) if job_id else None
    if status is None or status.state == "done":
        return
    job_panel(status.id, "Fitting simpler methods to compare with")
    if not status.state.is_active and st.button("Try again", key=Key.RESULTS_AGAIN.of(simulation_id)):
        simulation.start_assessment(ws, simulation_id)
        st.rerun()
