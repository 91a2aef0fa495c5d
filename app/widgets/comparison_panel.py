"""Tables of a comparison: all questions, baselines, and every metric by its usual name."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app.session import Key
from app.widgets.charts import simulated_colour
from app.widgets.one_of import one_of
from app.widgets.tables import MOST_TALL_ROWS, cut, roomy, table_height
from core.report import charts
from core.report.figures_table import INDIVIDUAL_FIGURES, TOPLINE_FIGURES, figures_table

if TYPE_CHECKING:
    from core.results.results import Results

SHOWN = [
    "Question",
    "n",
    "KL",
    "Noise floor",
    "TV",
    "RMSE",
    "Accuracy",
    "Worth interviews",
    "KL training shares",
]
POINTS = "%.1f %%"
QUESTION = 250
"""Width in pixels of the column of questions."""
METHODS, TOPLINES, INDIVIDUALS = "Simpler methods", "Topline figures", "Individual figures"
EVERY = ""
"""Stands for "mean over questions" in the picker."""


def questions_table(results: "Results") -> None:
    """Draw every question with base, distances, noise floor, individual error and accuracy."""
    table = charts.questions_table(results.comparison, results.uncertainty.question_worth)
    table[["TV", "Accuracy"]] *= 100
    table["Worth interviews"] = table["Worth interviews"].round()
    table["Question"] = [cut(text, QUESTION) for text in table["Question"]]
    number = st.column_config.NumberColumn
    with st.container(border=True):
        st.subheader("All questions")
        st.caption(
            f"{len(table)} questions, the furthest off first"
            + ("; scroll inside the table to see them all." if len(table) > MOST_TALL_ROWS else ".")
        )
        st.dataframe(
            table,
            hide_index=True,
            column_order=SHOWN,
            **roomy({"Question": text} for text in table["Question"]),
            placeholder="-",
            column_config={
                "Question": st.column_config.TextColumn(width=QUESTION, pinned=True),
                "n": number("Base", format="localized", help="Held-out respondents who answered."),
                "KL": st.column_config.ProgressColumn(
                    format="%.3f",
                    min_value=0.0,
                    max_value=max(float(table["KL"].max()), 1e-6),
                    color=simulated_colour(),
                    width=90,
                    help="Distance of the simulated from the real topline, in nats.",
                ),
                "Noise floor": number(
                    "Floor", format="%.3f", help="KL that sampling alone gives at this base."
                ),
                "TV": number("Off by", format=POINTS, help="Share of answers that would have to move."),
                "RMSE": number(format="%.2f", help="Individual error; only for scales and numbers."),
                "Accuracy": number("Hit rate", format=POINTS, help="How often the likeliest one is right."),
                "Worth interviews": number(
                    "Interviews",
                    format="localized",
                    help="As close as this many real interviews: their shares would be as far off. "
                    "A dash: more than this sample of real answers can tell.",
                ),
                "KL training shares": number(
                    "KL taught",
                    format="%.3f",
                    help="Reference: KL of the taught respondents' topline, the same for everybody.",
                ),
            },
            alt="All questions with their distances",
        )


def figures_panel(results: "Results") -> None:
    """Draw the model beside the baselines, or every metric by its usual name."""
    views = {
        METHODS: partial(_methods, results),
        TOPLINES: partial(_figures, results, TOPLINE_FIGURES),
        INDIVIDUALS: partial(_figures, results, INDIVIDUAL_FIGURES),
    }
    one_of("Beside simpler methods", views, Key.RESULTS_FIGURES)


def _methods(results: "Results") -> None:
    table = charts.methods_table(results.comparison)
    table[["TV", "Accuracy"]] *= 100
    number = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        column_order=["Method", "NLL", "KL", "TV", "RMSE", "Accuracy"],
        height=table_height(len(table)),
        placeholder="-",
        column_config={
            "Method": st.column_config.TextColumn(width="large"),
            "NLL": number(
                "Surprise (NLL)", format="%.3f", help="At each real answer, in nats; lower is better."
            ),
            "KL": number(format="%.3f", help="Distance to the real toplines, in nats; lower is better."),
            "TV": number("Off by", format=POINTS, help="Share of answers that would have to move."),
            "RMSE": number(format="%.2f", help="Individual error, as a part of the scale; lower is better."),
            "Accuracy": number("Hit rate", format=POINTS, help="How often the likeliest one is right."),
        },
        alt="The model beside simpler methods",
    )
    st.caption(
        "Means over the single-choice and scale questions, on held-out respondents. Repeating the taught "
        "respondents' topline is hard to beat on toplines; a taught model must add the differences "
        "between people, which shows in the surprise."
    )


def _figures(results: "Results", figures: Mapping[str, tuple[str, str]]) -> None:
    words = {EVERY: "All questions (mean)"} | {q.column: q.text for q in results.comparison.questions}
    column = st.selectbox(
        "Figures of",
        list(words),
        format_func=words.__getitem__,
        key=Key.RESULTS_FIGURES_OF,
        persist_state="session",
    )
    rows = figures_table(results.comparison, figures, column or None)
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        placeholder="-",
        column_config={
            "Figure": st.column_config.TextColumn(width=250),
            "Simulated": number(format="%.3f"),
            "Perfect": number(format="%.3f", help="What a perfect simulation would show with this sample."),
            "training_marginals": number("Taught shares", format="%.3f", help="The same for everybody."),
            "logistic_regression": number("Regression", format="%.3f", help="On the same background."),
            "Ideal": st.column_config.TextColumn("Should be", width="large"),
        },
        alt="Every figure beside a perfect simulation and simpler methods",
    )
    if mass := results.option_mass:
        st.caption(
            f"Of the model's probability {mass.mean:.1%} fell on the answers offered (5th percentile "
            f"{mass.low:.1%}); the rest is set aside, so every simulated answer is one of them."
        )
