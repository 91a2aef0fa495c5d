"""Toplines of the real respondents: share of each answer with its margin of error, and who was asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from app.widgets.charts import topline_chart
from app.widgets.notice import plain
from core.survey.codebook import Question, QuestionType

if TYPE_CHECKING:
    from core.survey.topline import Topline

TYPE_WORDS = {
    QuestionType.SINGLE: "Choose one",
    QuestionType.ORDINAL: "Scale",
    QuestionType.NUMERIC: "Number",
    QuestionType.MULTI: "Select all that apply",
}


def question_list(toplines: "Sequence[Topline]") -> pd.DataFrame:
    """One row per question: number, wording, type in plain words, options, base, no answer, not asked."""
    rows = [
        {
            "No.": number,
            "Question": line.question.text,
            "Type": TYPE_WORDS[line.question.type],
            "Answer options": _options_text(line.question),
            "Base (n)": line.n,
            "No answer": line.n_missing,
            "Not asked": line.n_not_asked,
        }
        for number, line in enumerate(toplines, 1)
    ]
    return pd.DataFrame(rows)


def topline_table(topline: "Topline") -> pd.DataFrame:
    """Columns Answer, Share and Margin (0 to 100, weighted, of those who answered), Respondents (n).

    Margin, half the width of the 95 % confidence interval, is left out where there is none: for a base below
    30, and for people who are not real.
    """
    table = pd.DataFrame(
        {
            "Answer": [row.answer for row in topline.rows],
            "Share": [100 * row.share for row in topline.rows],
            "Margin": [None if row.margin is None else 100 * row.margin for row in topline.rows],
            "Respondents": [row.n for row in topline.rows],
        }
    )
    return table if table["Margin"].notna().any() else table.drop(columns="Margin")


def show_topline(topline: "Topline", weighted: bool) -> None:
    """Draw the topline of a question with its bases; `weighted` says whether the survey has weights."""
    if topline.weighted_base:
        topline_chart(topline)
    column = st.column_config
    st.dataframe(
        topline_table(topline),
        hide_index=True,
        column_config={
            "Answer": column.TextColumn(width="large"),
            "Share": column.NumberColumn("Share of real respondents", format="%.1f %%"),
            "Margin": column.NumberColumn(
                "Margin of error",
                format="± %.1f",
                help="In percentage points, at 95 % confidence, the design effect of the weights included.",
            ),
            "Respondents": column.NumberColumn("Respondents (n)", format="localized"),
        },
        alt="Topline of the real respondents",
    )
    whiskers = any(row.margin is not None for row in topline.rows)
    note = " Lines on the bars: 95 % margin of error." if whiskers else ""
    st.caption(plain(bases_sentence(topline, weighted) + note))
    if topline.n_missing or topline.n_not_asked:
        st.caption(plain(unanswered_sentence(topline)))


def bases_sentence(topline: "Topline", weighted: bool) -> str:
    """Sentences on the base (unweighted, weighted, effective) and, where there is one, the mean."""
    text = f"Base: {topline.n:,} respondents who answered."
    if weighted and topline.n:
        text += (
            f" Shares are weighted: weighted base {topline.weighted_base:,.0f}, effective base "
            f"{topline.effective_base:,.0f}, design effect {topline.design_effect:.2f}."
        )
    if topline.question.type is QuestionType.MULTI:
        text += " Shares can add up to more than 100 %."
    if topline.mean is not None:
        margin = f" ± {topline.mean_margin:.2f}" if topline.mean_margin is not None else ""
        text += f" Mean{_scale(topline.question)}: {topline.mean:.2f}{margin}."
    return text


def _scale(question: Question) -> str:
    """Range of the scale points of an ordinal question, in words; "" for other types."""
    if question.type is not QuestionType.ORDINAL:
        return ""
    numbers = question.items[0].scale_points
    return f" on the scale from {np.nanmin(numbers):.0f} to {np.nanmax(numbers):.0f}"


def unanswered_sentence(topline: "Topline") -> str:
    """Sentences on respondents without an answer: not asked, with the likely filter, and missing."""
    parts = []
    if topline.n_not_asked:
        why = " and ".join(topline.filters)
        parts.append(f"Not asked: {topline.n_not_asked:,}" + (f", judging by {why}." if why else "."))
    if topline.n_missing:
        parts.append(f"No answer: {topline.n_missing:,}.")
    return " ".join(parts)


def _options_text(question: Question) -> str:
    if question.range:
        return f"{question.range[0]:g} to {question.range[1]:g}"
    return " | ".join(question.options)
