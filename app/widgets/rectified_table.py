"""Estimates of a population rectified by held-out respondents (PPI++), with their margins of error."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.notice import errors_shown
from app.widgets.tables import cut, roomy

if TYPE_CHECKING:
    from core.results.results import Results

QUESTION, ANSWER = 190, 140
"""Widths of columns in pixels."""
PERCENT = "%.1f %%"


def rectified_table(results: "Results") -> None:
    """Draw the rectified estimates of a simulated population; computed when switched on."""
    if results.scored.people_profile is None:
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
    book = results.everyone.codebook
    rows = [
        {
            "Question": cut(book.question(e.column).text, QUESTION),
            "Answer": cut(e.answer, ANSWER),
            "Simulated": 100 * e.simulated,
            "Corrected": 100 * e.rectified,
            "±": 100 * e.margin,
            "Interviews": 100 * e.real,
            "± alone": 100 * e.real_margin,
            "Base": e.n,
            "Worth": e.effective_n,
        }
        for e in results.rectified
        if e.answer != "mean"
    ]
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="-",
        **roomy(rows),
        column_config={
            "Question": text(width=QUESTION, pinned=True),
            "Answer": text(width=ANSWER),
            "Simulated": number(format=PERCENT, width=78, help="The population as simulated; no margin."),
            "Corrected": number(format=PERCENT, width=80, help="The same, corrected by the interviews."),
            "±": number(format=PERCENT, width=62, help="95 % margin of error of the corrected share."),
            "Interviews": number(
                format=PERCENT, width=80, help="Held-out respondents alone, weighted to the population."
            ),
            "± alone": number(format=PERCENT, width=68, help="95 % margin of error of the interviews alone."),
            "Base": number(format="%.0f", width=52, help="Effective number of interviews."),
            "Worth": number(
                format="%.0f",
                width=58,
                help="Interviews that would give the corrected margin without simulation.",
            ),
        },
        alt="Corrected estimates with margins of error",
    )
    st.caption("*Worth* above *Base* is what the simulation adds, in interviews; equal: it adds nothing.")
