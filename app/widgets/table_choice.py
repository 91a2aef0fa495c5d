"""Choice of tables: respondents or population, banner demographics, correction of the letters."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.comparison.significance import Correction
from core.studio.tables import TableChoice, Whose

if TYPE_CHECKING:
    from core.results.results import Results
    from core.store.records import SurveyRecord

WHOSE = {
    Whose.POPULATION: "Population",
    Whose.RESPONDENTS: "Held-out respondents",
}
CORRECTIONS = {
    Correction.NONE: "None (usual in banners)",
    Correction.FDR: "False discovery rate",
    Correction.BONFERRONI: "Bonferroni",
}
FIRST_SHOWN = 2
"""Demographics in the banner before anything was chosen."""


def table_choice(results: "Results", study: "SurveyRecord") -> "TableChoice":
    """Draw the inputs; returns the table choice."""
    labels = {d.column: d.label for d in results.everyone.codebook.demographics}
    with st.container(border=True):
        left, right = st.columns([2, 1])
        with left:
            whose = _whose(results)
        by = st.multiselect(
            "Banner: break down by",
            list(labels),
            default=list(labels)[:FIRST_SHOWN],
            format_func=labels.__getitem__,
            key=Key.TABLES_BY.of(study.id),
            persist_state="session",
            placeholder="None: toplines only",
        )
        correction = right.selectbox(
            "Letters corrected for many tests",
            list(CORRECTIONS),
            format_func=CORRECTIONS.__getitem__,
            key=Key.TABLES_CORRECTION,
            persist_state="session",
            help="Each row compares every pair of columns. Without a correction about 1 pair in 20 gets a "
            "capital letter by chance alone.",
        )
        tested = _generated_tested() if study.generated else None
    return TableChoice(tuple(by), Whose(whose), Correction(correction), tested)


def _whose(results: "Results") -> str:
    offered = [w for w in WHOSE if w is Whose.RESPONDENTS or results.population is not None]
    return st.segmented_control(
        "Whose simulated answers?",
        offered,
        default=offered[0],
        required=True,
        format_func=WHOSE.__getitem__,
        key=Key.TABLES_WHOSE.of(len(offered)),
        persist_state="session",
        help="Population: beside all respondents of the survey. Held-out respondents: the same people on "
        "both sides, whom the model never saw, so it is a fair check, on a smaller base.",
    )


def _generated_tested() -> bool:
    return st.toggle(
        "Show margins and letters as if the generated respondents were real",
        key=Key.TABLES_TESTED,
        persist_state="session",
        help="This survey is generated, so it has none. Switch on to see what they look like.",
    )
