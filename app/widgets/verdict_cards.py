"""Cards of the three verdicts on the results page, and the advice for the failure pattern."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from app.widgets.notice import Colour, plain
from core.report import judging
from core.report.failure_pattern import failure_pattern
from core.report.verdicts import results_verdicts

if TYPE_CHECKING:
    from core.results.results import Results

LOOKS: Mapping[str, tuple[Colour, str]] = {
    judging.GOOD: ("green", ":material/check_circle:"),
    judging.FAIR: ("orange", ":material/info:"),
    judging.POOR: ("red", ":material/warning:"),
    judging.EMPTY: ("blue", ":material/remove:"),
    judging.OPEN: ("gray", ":material/hourglass_top:"),
}


def verdict_cards(results: "Results") -> None:
    """Draw a card per axis: verdict, figure beside its floor, and details behind a click."""
    found = results_verdicts(results)
    for column, verdict in zip(st.columns(3), found, strict=True):
        with column, st.container(border=True, height="stretch"):
            color, icon = LOOKS[verdict.level]
            st.markdown(f"**{verdict.axis}**")
            st.badge(verdict.label, color=color, icon=icon)
            st.markdown(plain(verdict.sentence))
            if verdict.level == judging.OPEN:
                continue  # no figures yet, and nothing to explain
            st.caption(plain(f"{verdict.figure} · {verdict.floor}"))
            if verdict.beside:
                st.markdown(f":small[{plain(verdict.beside)}]")
            with st.popover("Why, and what others reach", width="stretch"):
                st.markdown("\n".join(f"- {plain(note)}" for note in verdict.notes))
                st.caption("Published: " + plain(" ".join(verdict.anchors)))
    hint = failure_pattern(results.comparison, results.uncertainty)
    if hint:
        st.info(plain(hint), icon=":material/lightbulb:")
