"""Diagnosis of a population plan: feasibility, efficiency, and the smallest change that makes it feasible."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app import cached
from app.session import Key
from app.widgets.charts import convergence_chart
from app.widgets.marginals_editor import load_targets, normalised
from app.widgets.notice import plain, show_error
from core.population.diagnosis import RELIABLE_BASE, Feasibility, explain

if TYPE_CHECKING:
    from core.population.diagnosis import Diagnosis
    from core.population.feasibility import Change
    from core.population.marginals import Marginals
    from core.population.plan import PopulationPlan
    from core.survey.codebook import Codebook

_LOOK = {
    Feasibility.GOOD: (st.success, ":material/check_circle:"),
    Feasibility.FAIR: (st.info, ":material/info:"),
    Feasibility.POOR: (st.warning, ":material/warning:"),
}


def diagnosis_panel(plan: "PopulationPlan", codebook: "Codebook", study_id: str) -> bool:
    """Draw the diagnosis of a plan; returns whether it can be built."""
    found = cached.diagnosis(study_id, plan)
    labels = {d.column: d.label for d in codebook.demographics}
    if found.problem is not None:
        show_error(found.problem)
        if found.changes and plan.marginals:
            _smallest_change(found.changes, plan.marginals, codebook, study_id)
        return False
    show, icon = _LOOK[found.verdict]
    words = explain(found.raking.efficiency, found.effective_base, found.sample.n_respondents)
    show(plain(words), icon=icon)
    _figures(found, bool(plan.screener))
    notes = list(found.notes)
    if found.missing:
        how_many = (
            f"{len(found.missing)} combination{'s' if len(found.missing) > 1 else ''} of two categories"
        )
        notes.append(f"No respondent has {how_many} listed below, so nobody in the population will.")
    if notes:
        st.caption(plain(" ".join(notes)))
    with st.expander("Convergence and missing combinations", icon=":material/query_stats:"):
        _details(found, labels)
    return True


def _figures(found: "Diagnosis", screened: bool) -> None:
    columns = st.columns(4)
    columns[0].metric(
        "Weighting efficiency", f"{found.raking.efficiency:.0%}", border=True,
        help="How much of the survey's information is left after raking (Kish). 75 % and more is good, below "
        "50 % poor.",
    )  # fmt: skip
    columns[1].metric(
        "Design effect", f"{found.raking.design_effect:.2f}", border=True,
        help="By how much unequal weights multiply the variance of a mean: 1 divided by the efficiency.",
    )  # fmt: skip
    columns[2].metric(
        "Effective base", f"{found.effective_base:,.0f}", border=True,
        help="Equally weighted respondents that would be as precise. Below "
        f"{RELIABLE_BASE}, shares are uncertain.",
    )  # fmt: skip
    if screened:
        columns[3].metric(
            "Incidence", f"{found.incidence:.1%}", border=True,
            help="Share of people who pass the screener; among respondents: "
            f"{found.sample.n_respondents:,}.",
        )  # fmt: skip
    else:
        columns[3].metric(
            "Heaviest weight", f"{found.raking.weights.max():.1f}", border=True,
            help="In multiples of the mean weight. A cap limits it.",
        )  # fmt: skip


def _details(found: "Diagnosis", labels: dict[str, str]) -> None:
    left, right = st.columns(2)
    with left:
        raked = found.raking
        held = f", {raked.capped:,} respondents held at the cap" if raked.capped else ""
        st.markdown(f"**Convergence**: {raked.rounds} rounds{held}")
        convergence_chart(raked.trace)
        if raked.excluded:
            st.caption(f"{raked.excluded:,} respondents get no weight: the targets leave no room for them.")
        if found.sample.filled:
            st.caption(
                f"{found.sample.filled:,} respondents left out a background field; it was filled from the "
                "most similar respondent."
            )
    with right:
        st.markdown("**Combinations no respondent has**")
        if not found.missing:
            st.caption("None worth mentioning.")
            return
        rows = [
            {
                "Combination": " and ".join(
                    f"{labels.get(c, c)}: {o}" for c, o in zip(m.columns, m.options, strict=True)
                ),
                "If independent": 100 * m.expected,
            }
            for m in found.missing
        ]
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, height=260, alt="Combinations no respondent has",
            column_config={"If independent": st.column_config.NumberColumn(format="%.1f %%")},
        )  # fmt: skip


def _smallest_change(
    changes: "tuple[Change, ...]", marginals: "Marginals", codebook: "Codebook", study_id: str
) -> None:
    st.markdown("**The smallest change that makes the targets possible**")
    for change in changes:
        st.markdown(f"- {plain(str(change))}")
    st.button(
        "Change the targets so",
        key=Key.POPULATION_MEND,
        icon=":material/healing:",
        on_click=_mend,
        args=(changes, marginals, codebook, study_id),
    )


def _mend(changes: "tuple[Change, ...]", marginals: "Marginals", codebook: "Codebook", study_id: str) -> None:
    shares = {column: dict(targets) for column, targets in marginals.shares.items()}
    joint = {pair: dict(targets) for pair, targets in marginals.joint.items()}
    for change in changes:
        match change.columns, change.option:
            case (column,), (option,):
                shares[column][option] = change.suggested
            case (first, second), (option, other):
                joint[first, second][option, other] = change.suggested
    mended = replace(
        marginals,
        shares={column: normalised(targets) for column, targets in shares.items()},
        joint={pair: normalised(targets) for pair, targets in joint.items()},
    )
    load_targets(mended, codebook, study_id)
