"""Editor of the codebook: a table with a row per column of the survey file, and the options of one column."""

import hashlib
import json
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.option_order import changed_order, option_order
from app.widgets.tables import table_height
from core.studio import surveys

if TYPE_CHECKING:
    from core.survey.codebook import Codebook
    from core.survey.importing import SurveyDraft


def codebook_editor(draft: "SurveyDraft", digest: str) -> "Codebook":
    """Draw the table and the options of the column picked; returns the edited codebook.

    Parameters
    ----------
    draft
        The survey as it was read and reviewed.
    digest
        Hash of the uploaded files, so that edits never carry over to others.

    Raises
    ------
    CodebookError
        If the edited table does not describe the file.
    """
    columns = hashlib.sha256("\0".join(draft.table.columns).encode()).hexdigest()[:6]
    about = f"{digest}.{columns}"
    orders: dict[str, list] = st.session_state.get(Key.SURVEY_OPTIONS.of(about), {})
    table = surveys.codebook_table(_with_orders(draft.codebook, orders), draft.table)
    edited = st.data_editor(
        table,
        key=Key.SURVEY_EDITOR.of(about),
        hide_index=True,
        disabled=["column", "options", "non_substantive"],
        column_config=_columns(),
        height=table_height(len(table)),
        placeholder="",
        alt="What each column of the survey file means",
    )
    codebook = _with_orders(surveys.codebook_from_table(edited, draft.codebook, draft.table), orders)
    return _options(draft, codebook, about, orders)


def codebook_download(codebook: "Codebook", about: str) -> None:
    """Draw the button that downloads the codebook; importing it again gives exactly the same."""
    st.download_button(
        "Download codebook.json",
        json.dumps(codebook.to_dict(), ensure_ascii=False, indent=1),
        file_name="codebook.json",
        mime="application/json",
        key=Key.SURVEY_EXPORT.of(about),
        icon=":material/download:",
        on_click="ignore",
    )


def _options(draft: "SurveyDraft", codebook: "Codebook", about: str, orders: dict[str, list]) -> "Codebook":
    """Draw order, off-scale marks and unused options of one column; stored per column in the session."""
    labels = surveys.orderable_columns(codebook)
    if not labels:
        return codebook
    with st.expander("Order of the answer options", icon=":material/swap_vert:", expanded=True):
        column = st.selectbox(
            "Column",
            list(labels),
            format_func=lambda c: labels[c],
            key=Key.SURVEY_COLUMN.of(about),
            help="Drag an option, give it a number, or press the arrow keys on its handle.",
        )
        entry = next(e for e in codebook.entries if e.column == column)
        place = hashlib.sha256(column.encode()).hexdigest()[:8]
        key = Key.SURVEY_ORDER.of(about, place)

        def keep() -> None:
            kept = {**orders, column: list(changed_order(key))}
            st.session_state[Key.SURVEY_OPTIONS.of(about)] = kept

        counts = surveys.answer_counts(draft.table, codebook, column, draft.row_numbers)
        option_order(entry.options, counts, entry.non_substantive, key, keep)
    return codebook


def _with_orders(codebook: "Codebook", orders: dict[str, list]) -> "Codebook":
    for column, (options, off_scale) in orders.items():
        if column in surveys.orderable_columns(codebook):
            codebook = surveys.with_options(codebook, column, options, off_scale)
    return codebook


def _columns() -> dict:
    column = st.column_config
    return {
        "column": column.TextColumn("Column", pinned=True, width=150),
        "role": column.SelectboxColumn(
            "Role",
            options=[str(role) for role in surveys.Role],
            required=True,
            width=110,
            help="A demographic describes a respondent; a question is what the model learns to answer.",
        ),
        "label": column.TextColumn("Wording or label", width=230),
        "type": column.SelectboxColumn(
            "Type",
            options=["single", "ordinal", "numeric", "multi"],
            width=90,
            help="single: choose one. ordinal: a scale, options in order. multi: select all that apply.",
        ),
        "options": column.TextColumn(
            "Answer options, in order", width=300, help="Change them below the table."
        ),
        "non_substantive": column.TextColumn(
            "Not on the scale", help="Don't know, Refused, Prefer not to say: legal, but outside the scale."
        ),
        "low": column.NumberColumn("From", help="Smallest legal number of a numeric question."),
        "high": column.NumberColumn("To", help="Largest legal number of a numeric question."),
        "bands": column.TextColumn("Bands", help="Lower bounds, for a number used as demographic."),
    }
