"""Editor of targets: a table per demographic, and one per pair that interlocks."""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import pandas as pd
import streamlit as st

from app import cached
from app.session import Key
from app.widgets.notice import plain
from app.widgets.target_table import show_targets, target_table, total_problem
from core.population.marginals import Marginals
from core.population.totals import rounded
from core.studio import population

if TYPE_CHECKING:
    from core.population.marginals import Pair
    from core.survey.codebook import Codebook, Demographic

_Option = TypeVar("_Option")
"""A category, or two of them."""
SINGLE, PAIRED = 1, 2
"""Decimals of percentages of one demographic, and of the smaller ones of a pair."""


def marginals_editor(own: Marginals, codebook: "Codebook", study_id: str) -> Marginals | None:
    """Draw the tables, starting from the survey's own marginals.

    Returns
    -------
    Marginals or None
        None while a table does not add up or a number is missing; the page says which.
    """
    by_column = {d.column: d for d in codebook.demographics if d.column in own.shares}
    pairs = _pick_pairs(by_column, study_id)
    paired = {column for pair in pairs for column in pair}
    shares, joint, wrong = {}, {}, []
    for pair in pairs:
        first, second = by_column[pair[0]], by_column[pair[1]]
        with st.container(border=True):
            percent = _paired(first, second, study_id)
        problem = total_problem(percent)
        wrong += [f"**{plain(first.label)} × {plain(second.label)}** {problem}"] if problem else []
        cells = itertools.product(first.options, second.options)
        joint[pair] = dict(zip(cells, percent, strict=True))
    shown = [d for d in by_column.values() if d.column not in paired]
    for row in range(0, len(shown), 2):
        for slot, demographic in zip(st.columns(2), shown[row : row + 2], strict=False):
            with slot.container(border=True, height="stretch"):
                percent = _single(demographic, own, study_id)
            problem = total_problem(percent)
            wrong += [f"**{plain(demographic.label)}** {problem}"] if problem else []
            shares[demographic.column] = dict(zip(demographic.options, percent, strict=True))
    if wrong:
        st.error("  \n".join(wrong), icon=":material/error:")
        return None
    notes = tuple(st.session_state.get(Key.POPULATION_NOTES.of(study_id), ()))
    return Marginals(
        {column: normalised(targets) for column, targets in shares.items()},
        {pair: normalised(targets) for pair, targets in joint.items()},
        notes,
    )


def load_targets(found: Marginals, codebook: "Codebook", study_id: str) -> None:
    """Load targets into the tables; demographics without one keep the targets they have."""
    checked = found.checked(codebook)
    for demographic in codebook.demographics:
        if demographic.column in checked.shares:
            percent = [100 * checked.shares[demographic.column][o] for o in demographic.options]
            show_targets((study_id, demographic.column), rounded(percent, SINGLE).tolist())
    for pair, targets in checked.joint.items():
        percent = rounded([100 * share for share in targets.values()], PAIRED).tolist()
        show_targets((study_id, " × ".join(pair)), percent)
    known = list(st.session_state.get(Key.POPULATION_PAIRS.of(study_id), []))
    new = [list(pair) for pair in checked.joint]
    set_again = set(checked.shares)
    kept = [p for p in map(list, known) if not set_again & set(p) and p not in new]
    st.session_state[Key.POPULATION_PAIRS.of(study_id)] = kept + new
    st.session_state[Key.POPULATION_NOTES.of(study_id)] = list(found.notes)


def _pick_pairs(by_column: "dict[str, Demographic]", study_id: str) -> "list[Pair]":
    labels = {column: d.label for column, d in by_column.items()}
    key, widget = Key.POPULATION_PAIRS.of(study_id), Key.POPULATION_PAIRS.of(study_id, "picker")
    options = [f"{labels[a]} × {labels[b]}" for a, b in itertools.combinations(by_column, 2)]
    pairs = dict(zip(options, itertools.combinations(by_column, 2), strict=True))
    stored = [tuple(pair) for pair in st.session_state.get(key, [])]
    st.session_state[widget] = [n for n, pair in pairs.items() if pair in stored or pair[::-1] in stored]

    def keep() -> None:
        st.session_state[key] = [list(pairs[name]) for name in st.session_state[widget]]

    chosen = st.multiselect(
        "Interlocking targets",
        options,
        key=widget,
        on_change=keep,
        placeholder="None: each demographic has its own targets",
        help="For a pair you set the share of every combination, for example young women. It replaces the "
        "separate tables of the two demographics.",
    )
    return [pairs[name] if pairs[name] in stored else _stored_way(pairs[name], stored) for name in chosen]


def _stored_way(pair: "Pair", stored: "list[Pair]") -> "Pair":
    return pair[::-1] if pair[::-1] in stored else pair


def _single(demographic: "Demographic", own: Marginals, study_id: str) -> list[float]:
    start = rounded([100 * own.shares[demographic.column][o] for o in demographic.options], SINGLE).tolist()
    st.markdown(f"**{plain(demographic.label)}**")
    frame = pd.DataFrame({"Category": demographic.options, "Survey %": start})
    names = (study_id, demographic.column)
    alt = f"Target percentages of {demographic.label}"
    return target_table(frame, ["Target %"], start, names, alt, SINGLE)


def _paired(first: "Demographic", second: "Demographic", study_id: str) -> list[float]:
    pair = first.column, second.column
    own = population.survey_joint(cached.workspace(), study_id, pair)
    start = rounded([100 * share for share in own.values()], PAIRED).tolist()
    st.markdown(f"**{plain(first.label)} × {plain(second.label)}**, % of everybody")
    frame = pd.DataFrame({first.label: first.options})
    alt = f"Target percentages of {first.label} by {second.label}"
    names = (study_id, " × ".join(pair))
    return target_table(frame, list(second.options), start, names, alt, PAIRED)


def normalised(targets: Mapping[_Option, float]) -> dict[_Option, float]:
    """Shares in the same proportions that add up to 1.

    >>> normalised({"Women": 60, "Men": 40})
    {'Women': 0.6, 'Men': 0.4}
    """
    total = sum(targets.values())
    return {option: value / total for option, value in targets.items()}
