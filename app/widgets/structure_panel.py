"""Structure axis in detail: group differences and associations between answers, one view at a time."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.charts import association_chart
from app.widgets.one_of import one_of
from app.widgets.tables import cut, roomy
from core.report import structure_tables
from core.survey.shares import SMALL_BASE

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig

    from core.comparison.structure_figures import Structure
    from core.results.results import Results
    from core.survey.codebook import Codebook

GROUPS, LINKS, EFFECTS = "Groups", "Links between answers", "Effects of background"
FIDELITY, DETECTION = "Fidelity score", "Told apart"
POINTS = "%.1f %%"


def structure_panel(results: "Results") -> None:
    """Draw the view that is chosen; nothing before the structure was computed."""
    structure = results.structure
    if structure is None:
        return
    codebook = results.everyone.codebook
    views = {
        GROUPS: partial(_groups, structure),
        LINKS: partial(_links, structure, codebook),
        EFFECTS: partial(_effects, structure),
        FIDELITY: partial(_fidelity, structure),
        DETECTION: partial(_detection, structure, codebook),
    }
    one_of("How groups differ and answers hang together", views, Key.RESULTS_STRUCTURE)


def _groups(structure: "Structure") -> None:
    number = st.column_config.NumberColumn
    reference = "What repeating everybody's shares to this group would give."
    _table(
        structure_tables.groups_table(structure),
        "Distance of simulated from real toplines within each group",
        {
            "Background": st.column_config.TextColumn(width=230),
            "Group": st.column_config.TextColumn(width=190),
            "Base": number(format="localized", width=60, help="Held-out respondents."),
            "Off by": number(
                format=POINTS, help="Answers of 100 that would have to move; mean of questions."
            ),
            "By chance": number(format=POINTS, help="What a perfect simulation would show at this base."),
            "Training shares": number(format=POINTS, help=reference),
            "Regression": number(format=POINTS, help="Logistic regression on the same background."),
        },
    )
    count = len(structure.subgroups.groups)
    st.caption(
        f"Toplines within each of {count} groups; a long table scrolls. Groups with an effective base "
        f"below {SMALL_BASE} have no figures."
    )


def _links(structure: "Structure", codebook: "Codebook") -> None:
    shown = association_chart(
        structure.association.pairs,
        {d.column: d.label for d in codebook.demographics},
        {q.column: q.text for q in codebook.questions},
    )
    if shown:
        st.caption(
            "Cramér's V measures how strongly two things go together, 0 to 1. Below zero in the chart: the "
            "link is weaker than in reality. Answers are simulated one by one, so links between questions "
            "come out too weak; with background they should be right. Up to 24 questions, those furthest off."
        )
    number = st.column_config.NumberColumn
    agreement = "Whether the strong links are the strong ones in reality too: 1 is the same order, 0 none."
    _table(
        structure_tables.links_table(structure),
        "Links between answers, by method",
        {
            "Method": st.column_config.TextColumn(width="large"),
            "V with background": number(format="%.3f"),
            "Same order": number(format="%.2f", help=agreement),
            "V between questions": number(format="%.3f"),
            "Same order between": number("Same order", format="%.2f", help=agreement),
        },
    )


def _effects(structure: "Structure") -> None:
    found, number = structure.transfer, st.column_config.NumberColumn
    _table(
        structure_tables.effects_table(structure),
        "Effects of background on answers, by method",
        {
            "Method": st.column_config.TextColumn(width="large"),
            "Group slope": number(
                format="%.2f", help="Simulated over real group differences: 1 right, below 1 flattened."
            ),
            "Effect slope": number(format="%.2f", help="The same for regression coefficients."),
            "Same sign": number(format="%.0f %%", help="Of the effects that are clear in reality."),
            "Outside interval": number(
                format="%.0f %%",
                help="Simulated effects outside the 95 % interval of the real one.",
            ),
        },
    )
    st.caption(
        f"The same regression of every answer on all background, for real and for simulated answers: "
        f"{found.coefficients:,} effects, {found.significant:,} of them clear in reality. A dash: real "
        "differences are too small to tell, or the method has none."
    )


def _fidelity(structure: "Structure") -> None:
    scores = ("Accuracy", "Adaptability", "Structure", "Score", "Perfect")
    _table(
        structure_tables.fidelity_table(structure),
        "Population Fidelity Score by group",
        {"Group": st.column_config.TextColumn(width=300)}
        | {name: st.column_config.NumberColumn(format="%.2f", width=85) for name in scores},
    )
    st.caption(
        "Population Fidelity Score (arXiv 2609.36253), 0 to 1: are groups close, do groups differ as "
        "much as in reality, and are they the same groups? *Perfect* is what a simulation without any error "
        "would score with this few respondents."
    )


def _detection(structure: "Structure", codebook: "Codebook") -> None:
    number = st.column_config.NumberColumn
    questions = {q.column: q.text for q in codebook.questions}
    _table(
        structure_tables.detection_table(structure, questions),
        "How well a classifier tells simulated from real respondents",
        {
            "AUC": number(format="%.2f", help="0.5: cannot tell; 1: always can."),
            "pMSE": number(format="%.3f", help="Propensity score error: 0 cannot tell, 0.25 always can."),
            "Method": st.column_config.TextColumn(width=240),
            "Given away by": st.column_config.TextColumn(
                width=400, help="Questions that tell simulated from real, most telling first."
            ),
        },
    )
    st.caption(
        "A classifier sees background and all answers of a person and guesses whether the person is real; it "
        "is judged on people it has not seen. 0.5 is ideal, 0.6 fine."
    )


def _table(rows: structure_tables.Rows, alt: str, columns: dict) -> None:
    rows = [{name: _shown(value, columns.get(name)) for name, value in row.items()} for row in rows]
    st.dataframe(rows, hide_index=True, placeholder="-", column_config=columns, alt=alt, **roomy(rows))


def _shown(value: object, column: "ColumnConfig | None") -> object:
    """A text as long as its column has room for."""
    width = (column or {}).get("width")
    return cut(value, width) if isinstance(value, str) and isinstance(width, int) else value
