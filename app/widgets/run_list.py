"""Start and validation figures of one run."""

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from core.studio import jobs, tuning

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus
    from core.tuning.result import RunResult

ENDINGS = {
    "kept": "You stopped this run and kept what it had learned.",
    "early": "It stopped by itself: hold-out respondents were no longer predicted better.",
    "steps": "It learned for as many steps as it was allowed; a longer preset may do better.",
    "time": "It ran until its time limit; without one it may do better.",
}


def started(status: "JobStatus") -> str:
    """Local date and time a job was created, e.g. ``24 Nov 2026, 14:05``."""
    return f"{datetime.fromtimestamp(status.created):%d %b %Y, %H:%M}"


def run_result(status: "JobStatus") -> None:
    """Draw the validation NLL of the fine-tuned model beside base model and training marginals."""
    result = tuning.record(jobs.find(cached.workspace(), status.id)).result
    after, before = result.validation_nll, result.untuned_validation_nll
    marginals = result.marginals_validation_nll
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
    if marginals is not None and after > marginals:
        st.warning(
            "It does not predict hold-out respondents better than the same topline for everybody does. "
            "Let it learn longer before you use it.",
            icon=":material/hourglass_bottom:",
        )
    if result.smoothing_weight:
        st.caption(
            "Learned from groups: what the respondents said who match the shown background, pulled towards "
            "a simple method (a regression) with the weight of "
            f"{result.smoothing_weight:g} respondents, chosen on hold-out respondents."
        )
    if result.blend_weight is not None:
        st.caption(_blend(result))
    if ending := ENDINGS.get(result.ending or ""):
        st.caption(ending)
    if result.held_out_validation_nll is not None:
        st.caption(
            f"Questions it was not taught: {result.held_out_validation_nll:.3f}, against "
            f"{result.held_out_uniform_nll:.3f} for guessing."
        )


def _blend(result: "RunResult") -> str:
    """Sentence on the simple method in the answers, and what it and the model reach alone."""
    text = (
        f"{result.blend_weight:.0%} of every answer comes from the simple method the model was taught by (a "
        "regression), the rest from the model, as hold-out respondents are predicted best; about half where "
        "they cannot tell."
    )
    if result.teacher_validation_nll is None or result.model_validation_nll is None:
        return text
    return (
        f"{text} Alone, the simple method reaches {result.teacher_validation_nll:.3f} and the model "
        f"{result.model_validation_nll:.3f}."
    )
