"""Card of a stored population: achieved targets, associations of demographics, people, and files."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app import access, cached
from app.session import Key, toast_after_rerun
from app.widgets.charts import marginals_chart, pyramid_chart
from app.widgets.marginals_editor import load_targets
from app.widgets.notice import plain
from app.widgets.tables import table_height
from core.report.pyramid import find_pyramid, pyramid_rows
from core.studio import population as populations
from core.survey.shares import SMALL_BASE

if TYPE_CHECKING:
    from core.population.figures import PopulationFigures
    from core.store.records import PopulationRecord
    from core.survey.codebook import Codebook

PREVIEW = 100
TARGETS, PYRAMID, TOGETHER, QUOTAS, PEOPLE = (
    "Achieved against asked", "Pyramid", "What hangs together", "Quotas and base", "The people",
)  # fmt: skip


def population_card(built: "Sequence[PopulationRecord]", codebook: "Codebook") -> None:
    """Draw the chosen population, the newest at first."""
    by_id = {population.id: population for population in built}
    with st.container(border=True):
        shown = built[0]
        if len(by_id) > 1:
            key = Key.POPULATION_SHOWN.of(built[0].survey_id)
            if st.session_state.get(key) not in by_id:
                st.session_state[key] = built[0].id
            shown = by_id[
                st.selectbox(
                    "Population",
                    list(by_id),
                    format_func=lambda i: f"{title(by_id[i])} ({by_id[i].size:,} people)",
                    key=key,
                    persist_state="session",
                )
            ]
        figures = populations.figures(shown)
        st.subheader(plain(title(shown)))
        st.caption(
            f"Built {datetime.fromtimestamp(shown.created):%d %B %Y, %H:%M}, seed {shown.seed}. "
            + plain(" ".join(figures.notes))
        )
        _figures(shown.size, figures)
        pyramid = find_pyramid(codebook)
        views = [TARGETS, *([PYRAMID] if pyramid else []), TOGETHER, QUOTAS, PEOPLE]
        view = st.segmented_control(
            "Show",
            views,
            default=TARGETS,
            required=True,
            label_visibility="collapsed",
            key=Key.POPULATION_VIEW,
        )
        if view == TARGETS:
            with st.container(height=460, border=False):
                marginals_chart(figures)
        elif view == PYRAMID and pyramid:
            left, right = pyramid[1].options[:2]
            pyramid_chart(pyramid_rows(cached.people(shown.id), *pyramid), (left, right))
        elif view == TOGETHER:
            _associations(figures, codebook)
        elif view == QUOTAS:
            _quotas(shown.size, figures)
        else:
            _people(shown, codebook)
        _actions(shown, codebook)


def title(population: "PopulationRecord") -> str:
    """Name of a population, with its version from the second on."""
    version = f", version {population.version}" if population.version > 1 else ""
    return population.name + version


def _figures(size: int, figures: "PopulationFigures") -> None:
    screened = figures.incidence < 1
    columns = st.columns(5 if screened else 4)
    columns[0].metric("Synthetic people", f"{size:,}", border=True)
    columns[1].metric(
        "Largest miss of a target",
        f"{figures.worst_margin_error:.2f} points",
        border=True,
        help="The largest difference between an asked and an achieved percentage.",
    )
    columns[2].metric(
        "Weighting efficiency",
        f"{figures.weighting_efficiency:.0%}",
        border=True,
        help=figures.explanation or "How much of the survey's information is left after raking (Kish).",
    )
    columns[3].metric(
        "Effective base",
        f"{figures.effective_base:,.0f}",
        border=True,
        help="Real respondents the population is worth. Synthetic people add no information to it.",
    )
    if screened:
        columns[4].metric(
            "Incidence", f"{figures.incidence:.1%}", border=True, help="Share of people who qualify."
        )


def _associations(figures: "PopulationFigures", codebook: "Codebook") -> None:
    labels = {d.column: d.label for d in codebook.demographics}
    rows = [
        {
            "Pair": f"{labels.get(p.first, p.first)} × {labels.get(p.second, p.second)}",
            "Survey": p.survey_v,
            "Population": p.population_v,
            "Difference": p.population_v - p.survey_v,
        }
        for p in figures.associations
    ]
    if not rows:
        st.caption("There are no two demographics to compare.")
        return
    bar = st.column_config.ProgressColumn(format="%.2f", min_value=0, max_value=1)
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=table_height(len(rows)),
        column_config={
            "Pair": st.column_config.TextColumn(width="large"),
            "Survey": bar,
            "Population": bar,
            "Difference": st.column_config.NumberColumn(format="%+.2f"),
        },
        alt="How strongly pairs of demographics hang together",
    )
    st.caption(
        "Cramér's V, bias-corrected: 0 is independent, 1 means one determines the other. Raking keeps the "
        "odds ratios of the survey; V itself moves a little when the shares of the categories do."
    )


def _quotas(size: int, figures: "PopulationFigures") -> None:
    rows = [
        {
            "Demographic": share.label,
            "Category": share.option,
            "Asked": round(share.asked * size),
            "Drawn": round(share.achieved * size),
            "Respondents": share.respondents,
        }
        for share in figures.achieved
    ]
    rows += [
        {
            "Demographic": " × ".join(joint.columns),
            "Category": " × ".join(joint.options),
            "Asked": round(joint.asked * size),
            "Drawn": round(joint.achieved * size),
            "Respondents": None,
        }
        for joint in figures.joint
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=420, alt="Quotas in people, and real respondents"
    )
    st.caption(
        "People asked for and drawn, and the real respondents each category rests on. Below "
        f"{SMALL_BASE} respondents a category says little, however many people are drawn from it."
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


def _actions(population: "PopulationRecord", codebook: "Codebook") -> None:
    with st.container(horizontal=True):
        for kind, key in (("csv", Key.POPULATION_CSV), ("parquet", Key.POPULATION_PARQUET)):
            st.download_button(
                "CSV" if kind == "csv" else "Parquet",
                partial(cached.people_file, population.id, kind),
                f"{population.id}.{kind}",
                key=key,
                icon=":material/download:",
                on_click="ignore",
                help="The people, one row each.",
            )
        if st.button(
            "Use its targets again", key=Key.POPULATION_AGAIN, icon=":material/edit:",
            help="Puts the targets of this population into the tables below.",
        ):  # fmt: skip
            targets = populations.plan(cached.workspace(), population.id).marginals
            if targets:
                load_targets(targets, codebook, population.survey_id)
            toast_after_rerun("Its targets are in the tables below.")
            st.rerun()
        if access.is_demo():
            return
        with st.popover("Delete", icon=":material/delete:", type="tertiary"):
            st.markdown("The population is removed. Simulations of it keep their own copy.")
            if st.button("Delete this population", key=Key.POPULATION_DELETE):
                populations.delete(cached.workspace(), population.id)
                st.rerun()
