"""The codebook as an editable table: one row per column of the survey file."""

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.tables import table_height
from core.survey.codebook_table import Role, codebook_from_table, codebook_table

if TYPE_CHECKING:
    from core.survey.codebook import Codebook
    from core.survey.importing import SurveyDraft


def codebook_editor(draft: "SurveyDraft") -> "Codebook":
    """Draw the table and return the codebook as edited.

    Raises
    ------
    CodebookError
        If the edited table does not describe the file.
    """
    table = codebook_table(draft.codebook, draft.table)
    digest = hashlib.sha256(draft.raw + draft.codebook.title.encode()).hexdigest()[:10]
    edited = st.data_editor(
        table,
        key=Key.SURVEY_EDITOR.of(digest),
        hide_index=True,
        disabled=["column"],
        column_config=_columns(),
        height=table_height(len(table)),
        placeholder="",
        alt="What each column of the survey file means",
    )
    return codebook_from_table(edited, draft.codebook, draft.table)


def _columns() -> dict:
    column = st.column_config
    return {
        "column": column.TextColumn("Column", pinned=True),
        "role": column.SelectboxColumn(
            "Role",
            options=[str(role) for role in Role],
            required=True,
            help="A demographic describes a respondent; a question is what the model learns to answer.",
        ),
        "label": column.TextColumn("Wording or label", width=230),
        "type": column.SelectboxColumn(
            "Type",
            options=["single", "ordinal", "numeric", "multi"],
            help="single: choose one. ordinal: a scale, options in order. multi: select all that apply.",
        ),
        "options": column.TextColumn(
            "Answer options, in order",
            width=300,
            help="Separated by a vertical bar: Yes | No | Don't know",
        ),
        "non_substantive": column.TextColumn(
            "Not on the scale", help="Don't know, Refused, Prefer not to say: legal, but outside the scale."
        ),
        "low": column.NumberColumn("From", help="Smallest legal number of a numeric question."),
        "high": column.NumberColumn("To", help="Largest legal number of a numeric question."),
        "bands": column.TextColumn("Bands", help="Lower bounds, for a number used as demographic."),
    }
