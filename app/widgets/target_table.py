"""Editable table of target percentages, with its total, a button to scale it and one to start again.

The session keeps plain lists per table: the numbers the editor started from (they must not change while it is
on the page) and the numbers last seen in it (they survive a page change).
"""

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.session import Key
from core.population.totals import rounded

TOLERANCE = 0.05
"""Percentage points a table may be off 100, which is what one decimal cannot show."""
Names = tuple[object, ...]
"""Study, and the demographic or pair: what a table is about."""


def target_table(
    frame: pd.DataFrame, columns: Sequence[str], start: Sequence[float], names: Names, alt: str, decimals: int
) -> list[float]:
    """Draw the table and what belongs to it.

    Parameters
    ----------
    frame
        The columns that cannot be edited.
    columns
        Names of the columns to edit, put behind those of `frame`.
    start
        Their first numbers, row by row; "Back to the survey" returns to them.
    names
        Study, and the demographic or pair: what the table is about.
    alt
        Alternative text.
    decimals
        Decimals of the percentages.

    Returns
    -------
    list of float
        Percentages row by row, NaN where an entry is empty.
    """
    state, (key, base) = st.session_state, _keys(names)
    if key not in state or base not in state:
        state[base] = list(state.get(Key.POPULATION_EDITOR.of(*names, "last"), start))
    numbers = pd.DataFrame(_rows(state[base], len(columns)), columns=list(columns))
    edited = st.data_editor(
        pd.concat([frame, numbers], axis=1),
        key=key,
        hide_index=True,
        disabled=list(frame.columns),
        column_config={
            **{name: st.column_config.NumberColumn(format="%.1f") for name in _numeric(frame)},
            **{
                name: st.column_config.NumberColumn(format=f"%.{decimals}f", min_value=0.0)
                for name in columns
            },
        },
        alt=alt,
    )
    cells = edited[list(columns)].to_numpy(dtype=object).ravel()
    percent = [float(value) if value is not None else math.nan for value in cells]
    state[Key.POPULATION_EDITOR.of(*names, "last")] = percent
    _total(percent, list(start), names, decimals)
    return percent


def show_targets(names: Names, percent: Sequence[float]) -> None:
    """Start a new editor with these percentages: what is typed in one cannot be set."""
    version = Key.POPULATION_EDITOR.of(*names, "version")
    st.session_state[Key.POPULATION_EDITOR.of(*names, "last")] = list(percent)
    st.session_state[version] = st.session_state.get(version, 0) + 1


def total_problem(percent: Sequence[float]) -> str:
    """Problem of a table's percentages as half a sentence; "" if they add up to 100 %."""
    if any(math.isnan(value) for value in percent):
        return "has an empty cell. Fill it in, or put 0."
    total = sum(percent)
    if abs(total - 100) < TOLERANCE + 1e-9:
        return ""
    return f"adds up to {total:,.1f}, needs 100 %. Counts are welcome: scale them to 100 %."


def _keys(names: Names) -> tuple[str, str]:
    version = st.session_state.setdefault(Key.POPULATION_EDITOR.of(*names, "version"), 0)
    return Key.POPULATION_EDITOR.of(*names, version), Key.POPULATION_EDITOR.of(*names, "base")


def _rows(values: Sequence[float], width: int) -> list[list[float]]:
    return [list(values[i : i + width]) for i in range(0, len(values), width)]


def _numeric(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]


def _total(percent: list[float], start: list[float], names: Names, decimals: int) -> None:
    total = sum(value for value in percent if not math.isnan(value))
    with st.container(horizontal=True, vertical_alignment="center"):
        if total_problem(percent):
            st.badge(f"Total {total:,.1f} %", color="red", icon=":material/error:")
            st.button(
                "Scale to 100 %",
                key=Key.POPULATION_SCALE.of(*names[:2]),
                icon=":material/percent:",
                on_click=_scale,
                args=(names, percent, decimals),
                disabled=total <= 0,
                help="Keeps the proportions; empty cells become 0.",
            )
        else:
            st.badge(f"Total {total:.1f} %", color="green", icon=":material/check:")
        if percent != start:
            st.button(
                "Back to the survey",
                key=Key.POPULATION_RESET.of(*names[:2]),
                type="tertiary",
                icon=":material/undo:",
                on_click=show_targets,
                args=(names, start),
            )


def _scale(names: Names, percent: list[float], decimals: int) -> None:
    values = [0.0 if math.isnan(value) else value for value in percent]
    show_targets(names, rounded([100 * value / sum(values) for value in values], decimals).tolist())
