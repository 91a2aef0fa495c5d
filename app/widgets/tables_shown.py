"""Topline and banner tables on the page, with notes on how to read them."""

from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from core.report.table_notes import table_notes
from core.report.tables_html import banner_html, notes_html, tables_page, topline_html

if TYPE_CHECKING:
    from core.comparison.banner import Banner
    from core.report.table_notes import TableSource

EVERY = -1
"""Stands for all questions in the picker."""


def pick_question(banner: "Banner", study_id: str) -> list[int]:
    """Positions of the tables to show: one chosen question, or all."""
    chosen = st.selectbox(
        "Question",
        [*range(len(banner.tables)), EVERY],
        format_func=lambda i: "All questions" if i == EVERY else f"{i + 1}. {banner.tables[i].question.text}",
        key=Key.TABLES_QUESTION.of(study_id),
        persist_state="session",
    )
    return list(range(len(banner.tables))) if chosen == EVERY else [chosen]


def show_tables(banner: "Banner", shown: list[int], source: "TableSource") -> None:
    """Draw these tables and the notes under them."""
    parts = []
    for i in shown:
        table = banner.tables[i]
        made = banner_html(banner, table, i + 1) if len(banner.columns) > 1 else topline_html(table, i + 1)
        parts.append(made)
    parts.append(notes_html(table_notes(banner, source)))
    with st.container(border=True):
        st.html(tables_page(parts, st.context.theme.type or "light"))
