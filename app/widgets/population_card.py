"""A population that was built: how well it meets its targets, and a look at the people."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.charts import marginals_chart

if TYPE_CHECKING:
    from core.store.records import PopulationRecord
    from core.survey.codebook import Codebook

PREVIEW = 100


def population_card(populations: "Sequence[PopulationRecord]", codebook: "Codebook") -> None:
    """Draw the chosen population, the newest at first."""
    by_id = {population.id: population for population in populations}
    with st.container(border=True):
        if len(by_id) > 1:
            key = Key.POPULATION_SHOWN.of(populations[0].survey_id)
            if st.session_state.get(key) not in by_id:
                st.session_state[key] = populations[0].id
            shown = by_id[
                st.selectbox(
                    "Population",
                    list(by_id),
                    format_func=lambda i: f"{by_id[i].name} ({by_id[i].size:,} people)",
                    key=key,
                    persist_state="session",
                )
            ]
        else:
            shown = populations[0]
        st.subheader(shown.name)
        _figures(shown)
        view = st.segmented_control(
            "Show",
            ["Achieved against asked", "The people"],
            default="Achieved against asked",
            required=True,
            label_visibility="collapsed",
            key=Key.POPULATION_VIEW,
        )
        if view == "The people":
            _people(shown, codebook)
        else:
            with st.container(height=460, border=False):
                marginals_chart(shown.figures["achieved"])


def _figures(population: "PopulationRecord") -> None:
    figures = population.figures
    columns = st.columns(4)
    columns[0].metric("Synthetic people", f"{population.size:,}", border=True)
    columns[1].metric(
        "Largest miss of a target",
        f"{figures['worst_margin_error']:.2f} points",
        border=True,
        help="The largest difference between an asked and an achieved percentage.",
    )
    columns[2].metric(
        "Weighting efficiency",
        f"{figures['weighting_efficiency']:.0%}",
        border=True,
        help="How much of the survey's information is left after raking (Kish). 100 % when the targets are "
        "the survey's own; below about 50 % the population leans on few respondents.",
    )
    columns[3].metric(
        "Effective base",
        f"{figures['effective_base']:,.0f}",
        border=True,
        help="Real respondents the population is worth. Synthetic people add no information to it.",
    )


def _people(population: "PopulationRecord", codebook: "Codebook") -> None:
    labels = {d.column: d.label for d in codebook.demographics}
    st.dataframe(
        cached.people(population.id).head(PREVIEW),
        hide_index=True,
        column_config=labels,
        height=380,
        alt="People of the population",
    )
    st.caption(
        f"The first {min(PREVIEW, population.size):,} of {population.size:,} synthetic people. They are "
        "combinations of background features, not identifiable persons."
    )
