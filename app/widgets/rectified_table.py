"""The population corrected by real held-out respondents, with the only margins of error on the page."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.notice import errors_shown
from app.widgets.tables import roomy

if TYPE_CHECKING:
    from core.results import Results


def rectified_table(results: "Results") -> None:
    """Draw the estimates of one population; computed when asked for."""
    if results.scored.people_cells is None:
        return
    with st.container(border=True):
        st.subheader("Corrected by real interviews")
        st.caption(
            "Simulated people give no margin of error, however many there are. The held-out respondents do: "
            "they correct the population's answers, and the simulation sharpens what they say (PPI++)."
        )
        if st.toggle("Show corrected estimates", key=Key.RESULTS_RECTIFIED):
            with errors_shown():
                _table(results)


def _table(results: "Results") -> None:
    rows = [
        {
            "Question": results.everyone.codebook.question(e.column).text,
            "Answer": e.answer,
            "Simulated": 100 * e.simulated,
            "Corrected": 100 * e.rectified,
            "±": 100 * e.margin,
            "Interviews alone": 100 * e.real,
            "± alone": 100 * e.real_margin,
            "Base (effective)": e.n,
            "Worth interviews": e.effective_n,
        }
        for e in results.rectified
        if e.answer != "mean"
    ]
    number = st.column_config.NumberColumn
    percent = ("Simulated", "Corrected", "±", "Interviews alone", "± alone")
    st.dataframe(
        rows,
        hide_index=True,
        **roomy(rows),
        column_config={
            "Question": st.column_config.TextColumn(width=240, pinned=True),
            **{name: number(format="%.1f %%") for name in percent},
            "Base (effective)": number(format="%.0f"),
            "Worth interviews": number(
                format="%.0f", help="Real interviews that would give the corrected margin without simulation."
            ),
        },
        alt="Corrected estimates with margins of error",
    )
