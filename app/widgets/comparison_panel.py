"""Figures of a comparison in plain words: verdict, noise floor, all questions, baselines."""

from typing import TYPE_CHECKING

import streamlit as st

from core.report import charts

if TYPE_CHECKING:
    from core.results import Results


def headline(results: "Results") -> None:
    """The verdict, and the figures behind it, each beside its noise floor."""
    overall = results.comparison.to_dict()["overall"]
    model, floor, baselines = overall["model"], overall["floor"], overall["baselines"]
    kl, kl_floor = model["kl"], floor["kl"]
    text, color, icon = verdict(kl, kl_floor, floor.get("kl_one_sampled_answer"))
    getattr(st, color)(text, icon=icon)
    columns = st.columns(4)
    columns[0].metric(
        "Distance to real toplines (KL)",
        f"{kl:.3f}",
        border=True,
        height="stretch",
        help=f"Mean over questions, in nats; 0 is identical. The noise floor is {kl_floor:.3f}: "
        "what two equally large samples of the same real people would show.",
    )
    columns[1].metric(
        "Noise floor (KL)",
        f"{kl_floor:.3f}",
        border=True,
        height="stretch",
        help="Distances up to here are sampling noise of the real survey. Real data only: "
        "synthetic answers have no margin of error.",
    )
    columns[2].metric(
        "Shares off by (total variation)",
        f"{100 * model['tv']:.1f} points",
        border=True,
        height="stretch",
        help="How many percentage points of a topline are in the wrong place, on average over questions. "
        f"Noise floor: {100 * floor['tv']:.1f} points.",
    )
    before = (baselines.get("untuned") or {}).get("kl")
    columns[3].metric(
        "Before teaching (KL)",
        "not known" if before is None else f"{before:.3f}",
        border=True,
        height="stretch",
        help="The same model without your survey.",
    )


def verdict(kl: float, floor: float, one_sampled_answer: float | None) -> tuple[str, str, str]:
    """Sentence, message kind and icon for a mean KL beside its floors.

    Within twice the floor the sample cannot tell simulated from real; up to 1.5 times what one sampled
    answer per respondent would score, the toplines are usable.
    """
    usable = 1.5 * (one_sampled_answer or 2 * floor)
    if kl <= 2 * floor:
        return (
            "**Close to the noise floor.** The simulated toplines differ from the real ones hardly more than "
            "another sample of real people would.",
            "success",
            ":material/check_circle:",
        )
    if kl <= max(usable, 4 * floor):
        return (
            "**Usable for a pilot.** The simulated toplines are further from the real ones than sampling noise, "
            "but the picture is right. Look at the questions with the largest distance before relying on them.",
            "info",
            ":material/info:",
        )
    return (
        "**Not close enough yet.** The simulated toplines differ clearly from the real ones. Teach the model "
        "for longer, or look below which questions are furthest off.",
        "warning",
        ":material/warning:",
    )


def questions_table(results: "Results") -> None:
    """Every question with base, distances, noise floor, individual error and accuracy."""
    with st.container(border=True):
        st.subheader("All questions")
        table = charts.questions_table(results.comparison)
        number = st.column_config.NumberColumn
        st.dataframe(
            table,
            hide_index=True,
            column_order=[
                "Question",
                "n",
                "KL",
                "Noise floor",
                "TV",
                "RMSE",
                "Accuracy",
                "KL training shares",
            ],
            column_config={
                "Question": st.column_config.TextColumn(width="large", pinned=True),
                "n": number("Base (n)", format="localized", help="Held-out respondents who answered."),
                "KL": st.column_config.ProgressColumn(
                    "KL",
                    format="%.3f",
                    min_value=0.0,
                    max_value=max(float(table["KL"].max()), 1e-6),
                    color="#E07A1F",
                    help="Distance of the simulated from the real topline, in nats.",
                ),
                "Noise floor": number(format="%.3f", help="KL that sampling noise alone gives at this base."),
                "TV": number(
                    "Shares off by", format="percent", help="Total variation: share in the wrong place."
                ),
                "RMSE": number(
                    format="%.2f", help="Individual error in steps of the scale; scales and numbers only."
                ),
                "Accuracy": number(
                    "Same answer", format="percent", help="How often the likeliest answer was right."
                ),
                "KL training shares": number(
                    "KL of same shares for all",
                    format="%.3f",
                    help="Reference: the taught respondents' topline.",
                ),
            },
            alt="All questions with their distances",
        )


def baselines_table(results: "Results") -> None:
    """The model beside what simpler methods would give."""
    with st.container(border=True):
        st.subheader("Beside simpler methods")
        st.dataframe(
            charts.methods_table(results.comparison),
            hide_index=True,
            column_order=["Method", "NLL", "KL", "TV", "RMSE", "Accuracy"],
            column_config={
                "Method": st.column_config.TextColumn(width="large"),
                "NLL": st.column_config.NumberColumn(
                    "Surprise (NLL)", format="%.3f", help="At each real answer, in nats; lower is better."
                ),
                "KL": st.column_config.NumberColumn(format="%.3f"),
                "TV": st.column_config.NumberColumn("Shares off by", format="percent"),
                "RMSE": st.column_config.NumberColumn(format="%.2f"),
                "Accuracy": st.column_config.NumberColumn("Same answer", format="percent"),
            },
            alt="The model beside simpler methods",
        )
        st.caption(
            "Means over the single-choice and scale questions, on held-out respondents. Whoever only knows "
            "the taught respondents' topline is already close on toplines; a taught model must add the "
            "differences between people, which shows in the surprise."
        )
