"""The three verdicts at the top of the results page, and what the failure pattern suggests to try."""

from typing import TYPE_CHECKING

import streamlit as st

from app.widgets.notice import plain
from core.report import verdicts

if TYPE_CHECKING:
    from core.results import Results

LOOKS = {
    verdicts.GOOD: ("Good", "green", ":material/check_circle:"),
    verdicts.FAIR: ("Usable with care", "orange", ":material/info:"),
    verdicts.POOR: ("Do not rely on it", "red", ":material/warning:"),
    verdicts.EMPTY: ("Nothing to get right here", "blue", ":material/remove:"),
    verdicts.OPEN: ("Not known yet", "gray", ":material/hourglass_top:"),
}


def verdict_cards(results: "Results") -> None:
    """One card per axis: verdict, figure beside its floor, and the details behind a click."""
    found = (
        verdicts.population_verdict(results.comparison, results.uncertainty),
        verdicts.individual_verdict(results.uncertainty),
        verdicts.structure_verdict(results.structure, results.uncertainty.background),
    )
    for column, verdict in zip(st.columns(3), found, strict=True):
        with column, st.container(border=True, height="stretch"):
            label, color, icon = LOOKS[verdict.level]
            st.markdown(f"**{verdict.axis}**")
            st.badge(label, color=color, icon=icon)
            st.markdown(plain(verdict.sentence))
            st.caption(plain(f"{verdict.figure} · {verdict.floor}"))
            if verdict.beside:
                st.markdown(f":small[{plain(verdict.beside)}]")
            with st.popover("Why, and what others reach", width="stretch"):
                st.markdown("\n".join(f"- {plain(note)}" for note in verdict.notes))
                st.caption("Published: " + plain(" ".join(verdict.anchors)))
    hint = verdicts.signature(results.comparison, results.uncertainty)
    if hint:
        st.info(plain(hint), icon=":material/lightbulb:")
