"""Marginals per demographic as editable tables that must each add up to 100 %.

The session keeps plain lists of percentages per demographic: the numbers an editor started from (they
must not change while it is on the page) and the numbers last seen in it (they survive a page change).
"""

import math

import pandas as pd
import streamlit as st

from app.session import Key
from app.widgets.notice import plain, show_error
from core.errors import MarginalsError
from core.population.marginals import TABLE_COLUMNS, Marginals
from core.population.target_files import from_table
from core.population.totals import scale_to_100
from core.survey.codebook import Codebook, Demographic

TOLERANCE = 0.05
"""Percentage points a demographic may be off 100, which is what one decimal cannot show."""


def marginals_editor(own: Marginals, codebook: Codebook, study_id: str) -> Marginals | None:
    """Draw one table per demographic, starting from the survey's own marginals.

    Returns
    -------
    Marginals or None
        None while a demographic does not add up or a number is missing; the page says which.
    """
    table = own.to_table(codebook)
    edited, wrong = [], []
    shown = [d for d in codebook.demographics if d.column in own.shares]
    for first in range(0, len(shown), 2):
        for slot, demographic in zip(st.columns(2), shown[first : first + 2], strict=False):
            start = table.loc[table["column"] == demographic.column, "percent"].round(1).tolist()
            with slot.container(border=True, height="stretch"):
                percent = _editor(demographic, start, study_id)
            edited += [
                (demographic.column, demographic.label, option, value)
                for option, value in zip(demographic.options, percent, strict=True)
            ]
            if problem := _problem(percent):
                wrong.append(f"**{plain(demographic.label)}** {problem}")
    if wrong:
        st.error("  \n".join(wrong), icon=":material/error:")
        return None
    scaled = scale_to_100(pd.DataFrame(edited, columns=list(TABLE_COLUMNS)), decimals=2)
    return from_table(scaled, codebook)


def _editor(demographic: Demographic, start: list[float], study_id: str) -> list[float]:
    names = (study_id, demographic.column)
    state = st.session_state
    version = state.setdefault(Key.POPULATION_EDITOR.of(*names, "version"), 0)
    base_key, last_key = Key.POPULATION_EDITOR.of(*names, "base"), Key.POPULATION_EDITOR.of(*names, "last")
    key = Key.POPULATION_EDITOR.of(*names, version)
    if key not in state or base_key not in state:
        state[base_key] = state.get(last_key, start)
    st.markdown(f"**{plain(demographic.label)}**")
    table = pd.DataFrame({"Category": demographic.options, "Survey": start, "Target": state[base_key]})
    edited = st.data_editor(
        table,
        key=key,
        hide_index=True,
        disabled=["Category", "Survey"],
        column_config={
            "Category": st.column_config.TextColumn(width="medium"),
            "Survey": st.column_config.NumberColumn("Survey %", format="%.1f"),
            "Target": st.column_config.NumberColumn(
                "Target %", format="%.1f", min_value=0.0, max_value=100.0
            ),
        },
        alt=f"Target percentages of {demographic.label}",
    )
    percent = [float(value) if value is not None else math.nan for value in edited["Target"]]
    state[last_key] = percent
    _total(demographic, percent, start, names)
    return percent


def _total(
    demographic: Demographic, percent: list[float], start: list[float], names: tuple[str, str]
) -> None:
    problem = _problem(percent)
    with st.container(horizontal=True, vertical_alignment="center"):
        total = sum(value for value in percent if not math.isnan(value))
        if problem:
            st.badge(f"Total {total:.1f} %", color="red", icon=":material/error:")
            st.button(
                "Scale to 100 %",
                key=Key.POPULATION_SCALE.of(*names),
                icon=":material/percent:",
                on_click=_scale,
                args=(names, percent),
                disabled=total <= 0,
                help="Keeps the proportions; empty cells become 0.",
            )
        else:
            st.badge(f"Total {total:.1f} %", color="green", icon=":material/check:")
        if percent != start:
            st.button(
                "Back to the survey",
                key=Key.POPULATION_RESET.of(*names),
                type="tertiary",
                icon=":material/undo:",
                on_click=_restart,
                args=(names, start),
            )


def _problem(percent: list[float]) -> str:
    if any(math.isnan(value) for value in percent):
        return "has an empty cell. Fill it in, or put 0."
    total = sum(percent)
    return "" if abs(total - 100) < TOLERANCE + 1e-9 else f"adds up to {total:.1f} %, needs 100 %."


def _scale(names: tuple[str, str], percent: list[float]) -> None:
    table = pd.DataFrame({"column": names[1], "percent": percent})
    try:
        _restart(names, scale_to_100(table)["percent"].tolist())
    except MarginalsError as error:
        show_error(error)


def _restart(names: tuple[str, str], percent: list[float]) -> None:
    """Show a new editor that begins with these numbers: an editor's own edits cannot be set."""
    version_key = Key.POPULATION_EDITOR.of(*names, "version")
    st.session_state[Key.POPULATION_EDITOR.of(*names, "last")] = percent
    st.session_state[version_key] = st.session_state.get(version_key, 0) + 1
