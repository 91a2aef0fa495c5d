"""Toplines of the real respondents: weighted share of each answer, for one question."""

import numpy as np
import pandas as pd
import streamlit as st

from app.widgets.charts import real_colour
from core.survey.codebook import Question, QuestionType
from core.survey.respondents import MISSING, SurveyData

TYPE_WORDS = {
    QuestionType.SINGLE: "Choose one",
    QuestionType.ORDINAL: "Scale",
    QuestionType.NUMERIC: "Number",
    QuestionType.MULTI: "Select all that apply",
}


def question_list(data: SurveyData) -> pd.DataFrame:
    """One row per question: number, wording, type in plain words, options, base (n answered)."""
    rows = []
    for number, question in enumerate(data.codebook.questions, 1):
        rows.append(
            {
                "No.": number,
                "Question": question.text,
                "Type": TYPE_WORDS[question.type],
                "Answer options": _options_text(question),
                "Base (n)": _base(data, question),
            }
        )
    return pd.DataFrame(rows)


def topline(data: SurveyData, question: Question) -> pd.DataFrame:
    """Columns Answer, Share (0 to 100, weighted, of those who answered), Respondents (unweighted).

    A number question is grouped into about ten equal steps of its range.
    """
    rows = []
    for item in question.items:
        codes = data.answers[item.key].to_numpy()
        asked = codes != MISSING
        total = data.weights[asked].sum()
        k = len(item.answers)
        weighted = np.bincount(codes[asked], weights=data.weights[asked], minlength=k)
        counted = np.bincount(codes[asked], minlength=k)
        share = 100 * weighted / total if total else weighted
        if item.part is not None:
            rows.append((item.part, share[0], counted[0]))
        elif question.type is QuestionType.NUMERIC:
            rows += _grouped(question, share, counted)
        else:
            rows += list(zip(item.answers, share, counted, strict=True))
    return pd.DataFrame(rows, columns=["Answer", "Share", "Respondents"])


def show_topline(data: SurveyData, question: Question) -> None:
    """Draw the topline table of a question with its base."""
    table = topline(data, question)
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Answer": st.column_config.TextColumn(width="large"),
            "Share": st.column_config.ProgressColumn(
                "Share of real respondents",
                format="%.1f %%",
                min_value=0.0,
                max_value=100.0,
                color=real_colour(),
            ),
            "Respondents": st.column_config.NumberColumn("Respondents (n)", format="localized"),
        },
        alt="Topline of the real respondents",
    )
    weighted = " Shares are weighted." if data.codebook.weight_column else ""
    multi = " They can add up to more than 100 %." if question.type is QuestionType.MULTI else ""
    st.caption(f"Base: {_base(data, question):,} respondents who answered.{weighted}{multi}")


def _base(data: SurveyData, question: Question) -> int:
    return int((data.answers[question.items[0].key].to_numpy() != MISSING).sum())


def _options_text(question: Question) -> str:
    if question.range:
        return f"{question.range[0]:g} to {question.range[1]:g}"
    return " | ".join(question.options)


def _grouped(question: Question, share: np.ndarray, counted: np.ndarray) -> list[tuple[str, float, int]]:
    n = len(question.grid)
    size = max(1, n // 10)
    group_of = np.minimum(np.arange(n) // size, n // size - 1)  # the last group takes the rest
    rows = []
    for group in range(n // size):
        inside = np.flatnonzero(group_of == group)
        low, high = question.grid[inside[0]], question.grid[inside[-1]]
        label = f"{low:g} to {high:g}" if high > low else f"{low:g}"
        rows.append((label, share[inside].sum(), int(counted[inside].sum())))
    refusals = zip(question.non_substantive, share[n:], counted[n:], strict=True)
    return rows + [(label, float(part), int(count)) for label, part, count in refusals]
