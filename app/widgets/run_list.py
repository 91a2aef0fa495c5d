"""Runs of a study: the figures of one, and the list of all."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.widgets.job_panel import BADGES
from core import studio

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus


def started(status: "JobStatus") -> str:
    """When a job was started, for people, e.g. ``24 Nov 2026, 14:05``."""
    return f"{datetime.fromtimestamp(status.created):%d %b %Y, %H:%M}"


def run_result(status: "JobStatus") -> None:
    """How much better the taught model predicts hold-out respondents than without teaching."""
    result = studio.job(cached.workspace(), status.id).result()
    after, before = result.get("validation_nll"), result.get("untuned_validation_nll")
    marginals = result.get("marginals_validation_nll")
    if after is None:
        return
    st.markdown("**Surprise at a hold-out respondent's answer** (average, lower is better)")
    columns = st.columns(3)
    columns[0].metric(
        "Taught model",
        f"{after:.3f}",
        None if before is None else f"{after - before:+.3f} by teaching",
        delta_color="inverse",
        border=True,
        height="stretch",
        help="Negative log-likelihood in nats per answer, on respondents the model was not taught.",
    )
    if before is not None:
        columns[1].metric("Before teaching", f"{before:.3f}", border=True, height="stretch")
    if marginals is not None:
        columns[2].metric(
            "Same topline for everybody",
            f"{marginals:.3f}",
            border=True,
            height="stretch",
            help="A reference: predicts the overall shares of the taught respondents for every person.",
        )


def run_list(jobs: "Sequence[JobStatus]") -> None:
    """All tuning runs of the study, newest first."""
    st.subheader("Earlier runs")
    rows = []
    for status in jobs[1:]:
        result = studio.job(cached.workspace(), status.id).result()
        rows.append(
            {
                "Started": started(status),
                "Outcome": BADGES[str(status.state)][0],
                "Surprise (hold-out)": result.get("validation_nll"),
                "Minutes": result["seconds"] / 60 if result.get("seconds") else None,
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Surprise (hold-out)": st.column_config.NumberColumn(
                format="%.3f", help="Nats per answer of hold-out respondents; lower is better."
            ),
            "Minutes": st.column_config.NumberColumn(format="%.1f"),
        },
        alt="Earlier runs",
    )
