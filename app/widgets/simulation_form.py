"""Form that starts a simulation, and the choice of a finished one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.address import follow_address, write_address
from app.session import Key
from app.widgets.population_card import title
from app.widgets.run_list import started
from core.studio import jobs, simulation
from core.studio import population as populations

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus

NOBODY = ""
"""Stands for "no population" in the picker."""


def simulation_form(study_id: str, runs: "Sequence[JobStatus]", *, busy: bool, first: bool) -> None:
    """Draw the inputs of a simulation and start it when asked."""
    ws = cached.workspace()
    by_population = {p.id: p for p in populations.list_populations(ws, study_id)}
    by_id = {run.id: run for run in runs}
    with st.container(border=first):
        left, right = st.columns(2)
        run_id = left.selectbox(
            "Taught model",
            list(by_id),
            format_func=lambda i: f"Taught {started(by_id[i])}",
            key=Key.RESULTS_RUN.of(study_id),
        )
        population_id = right.selectbox(
            "Population",
            [*by_population, NOBODY],
            format_func=lambda i: _population_name(by_population, i),
            key=Key.RESULTS_POPULATION.of(study_id),
            help="The hold-out respondents are always simulated too, because only they can be checked.",
        )
        start = st.button(
            "Simulate",
            type="primary" if first else "secondary",
            key=Key.RESULTS_START,
            disabled=busy,
            icon=":material/play_arrow:",
            help="A simulation is running." if busy else None,
        )
    if start:
        with st.spinner("Starting"):
            simulation.start(ws, run_id, population_id or None)
        st.rerun()


def pick_simulation(study_id: str, done: "Sequence[JobStatus]") -> "JobStatus":
    """Status of the simulation to show: the newest, or one chosen from the list or by a link."""
    by_id, key, newest = {job.id: job for job in done}, Key.RESULTS_SIMULATION, done[0].id
    if st.session_state.get(Key.RESULTS_NEWEST, newest) != newest:
        st.session_state[key] = newest  # it was finished while this session looked at an older one
    st.session_state[Key.RESULTS_NEWEST] = newest
    if not follow_address(key, by_id):
        st.warning("The simulation of this link is not here; this is the newest.", icon=":material/link_off:")
    chosen = newest if len(done) == 1 else _choose(study_id, by_id)
    write_address({key: chosen})
    return by_id[chosen]


def _choose(study_id: str, by_id: "dict[str, JobStatus]") -> str:
    names = {p.id: p.name for p in populations.list_populations(cached.workspace(), study_id)}

    def label(job_id: str) -> str:
        spec = jobs.find(cached.workspace(), job_id).spec()
        people = names.get(spec.get("population_id", ""), "hold-out respondents only")
        return f"{started(by_id[job_id])}, {people}"

    return st.selectbox(
        "Simulation",
        list(by_id),
        format_func=label,
        key=Key.RESULTS_SIMULATION,
        persist_state="session",
    )


def _population_name(by_population: dict, population_id: str) -> str:
    if population_id == NOBODY:
        return "None: hold-out respondents only"
    population = by_population[population_id]
    return f"{title(population)} ({population.size:,} people)"
