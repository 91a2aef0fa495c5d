"""Figures of a comparison in plain words: verdict, noise floor, all questions, simpler methods."""

from typing import TYPE_CHECKING

import streamlit as st

from app.widgets.charts import simulated_colour
from app.widgets.notice import plain
from app.widgets.tables import table_height
from core.report import charts
from core.report.wording import headlines, verdict

if TYPE_CHECKING:
    from core.results import Results

KINDS = {"Within": (st.success, ":material/check_circle:"), "Close": (st.info, ":material/info:")}
"""Message kind by the first word of the verdict; anything else is a warning."""
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


def headline(results: "Results") -> None:
    """The verdict, the figures behind it, and the findings in sentences."""
    overall = results.comparison.to_dict()["overall"]
    text = verdict(results.comparison)
    word = text.split(":")[0].split()[0]
    message, icon = KINDS.get(word, (st.warning, ":material/warning:"))
    message(f"**{plain(text)}**", icon=icon)
    _figures(overall["model"], overall["floor"], overall["baselines"].get("untuned") or {})
    with st.expander("What this means", icon=":material/lightbulb:"):
        st.markdown(
            "\n".join(f"- {plain(line)}" for line in headlines(results.comparison, len(results.real)))
        )


def _figures(model: dict, floor: dict, untuned: dict) -> None:
    columns = st.columns(4)
    columns[0].metric(
        "Distance to real (KL)",
        _number(model.get("kl")),
        border=True,
        height="stretch",
        help="How far simulated toplines are from the real ones, mean over questions; 0 is identical.",
    )
    columns[1].metric(
        "Noise floor (KL)",
        _number(floor.get("kl")),
        border=True,
        height="stretch",
        help="What even a perfect simulation would show, because the real sample is finite. Only real data "
        "has a margin of error; synthetic answers have none.",
    )
    columns[2].metric(
        "Shares off by",
        _points(model.get("tv")),
        border=True,
        height="stretch",
        help="Total variation: how many of 100 answers would have to move, mean over questions. Noise floor: "
        f"{_points(floor.get('tv'))}.",
    )
    columns[3].metric(
        "Before teaching (KL)",
        _number(untuned.get("kl")),
        border=True,
        height="stretch",
        help="The same model without your survey.",
    )


def questions_table(results: "Results") -> None:
    """Every question with base, distances, noise floor, individual error and accuracy."""
    table = charts.questions_table(results.comparison, results.uncertainty.question_worth)
    table[["TV", "Accuracy"]] *= 100
    table["Worth interviews"] = table["Worth interviews"].round()
    number = st.column_config.NumberColumn
    with st.container(border=True):
        st.subheader("All questions")
        st.dataframe(
            table,
            hide_index=True,
            column_order=SHOWN,
            height=table_height(len(table)),
            placeholder="-",
            column_config={
                "Question": st.column_config.TextColumn(width=200, pinned=True),
                "n": number("Base (n)", format="localized", help="Held-out respondents who answered."),
                "KL": st.column_config.ProgressColumn(
                    format="%.3f",
                    min_value=0.0,
                    max_value=max(float(table["KL"].max()), 1e-6),
                    color=simulated_colour(),
                    width=110,
                    help="Distance of the simulated from the real topline, in nats.",
                ),
                "Noise floor": number(format="%.3f", help="KL that sampling alone gives at this base."),
                "TV": number("Off by", format=POINTS, help="Share of answers that would have to move."),
                "RMSE": number(format="%.2f", help="Individual error; only for scales and numbers."),
                "Accuracy": number("Hit rate", format=POINTS, help="How often the likeliest one is right."),
                "Worth interviews": number(
                    "As close as",
                    format="localized",
                    help="Real interviews whose shares would be as far from the truth. A dash: more than "
                    "this sample of real answers can tell.",
                ),
                "KL training shares": number(
                    "Taught shares",
                    format="%.3f",
                    help="Reference: KL of the taught respondents' topline, the same for everybody.",
                ),
            },
            alt="All questions with their distances",
        )


def baselines_table(results: "Results") -> None:
    """The model beside what simpler methods would give."""
    table = charts.methods_table(results.comparison)
    table[["TV", "Accuracy"]] *= 100
    number = st.column_config.NumberColumn
    with st.container(border=True):
        st.subheader("Beside simpler methods")
        st.dataframe(
            table,
            hide_index=True,
            column_order=["Method", "NLL", "KL", "TV", "RMSE", "Accuracy"],
            placeholder="-",
            column_config={
                "Method": st.column_config.TextColumn(width="large"),
                "NLL": number(
                    "Surprise (NLL)", format="%.3f", help="At each real answer, in nats; lower is better."
                ),
                "KL": number(format="%.3f"),
                "TV": number("Off by", format=POINTS),
                "RMSE": number(format="%.2f"),
                "Accuracy": number("Hit rate", format=POINTS),
            },
            alt="The model beside simpler methods",
        )
        st.caption(
            "Means over the single-choice and scale questions, on held-out respondents. Repeating the taught "
            "respondents' topline is hard to beat on toplines; a taught model must add the differences "
            "between people, which shows in the surprise."
        )


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _points(value: float | None) -> str:
    return "not known" if value is None else f"{100 * value:.1f} %"
