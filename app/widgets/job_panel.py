"""Panel of a background job: live progress, time left, learning curve, cancel and resume.

The job is another process, so the panel only reads its folder. It polls once a second while the job
runs and reruns the page once when it ends.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.charts import loss_chart
from app.widgets.notice import Colour, errors_shown, plain
from core.jobs.kind import JobKind
from core.studio import jobs, tuning

if TYPE_CHECKING:
    from core.jobs.folder import JobFolder, JobStatus

BADGES: Mapping[str, tuple[str, Colour, str]] = {
    "queued": ("Waiting", "gray", ":material/hourglass_top:"),
    "starting": ("Starting", "blue", ":material/hourglass_top:"),
    "running": ("Running", "blue", ":material/autorenew:"),
    "done": ("Done", "green", ":material/check:"),
    "failed": ("Stopped by a problem", "red", ":material/error:"),
    "cancelled": ("Cancelled", "gray", ":material/cancel:"),
    "lost": ("Interrupted", "orange", ":material/power_off:"),
}


def job_panel(job_id: str, what: str, *, curve: bool = False) -> None:
    """Draw the panel of one job; `what` is the heading, `curve` adds the learning curve."""
    folder = jobs.find(cached.workspace(), job_id)
    active = folder.status().state.is_active

    @st.fragment(run_every="1s" if active else None)
    def panel() -> None:
        status = folder.status()
        if active and not status.state.is_active:
            st.rerun()
        _draw(folder, status, what, curve)

    panel()


def _draw(folder: "JobFolder", status: "JobStatus", what: str, curve: bool) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{plain(what)}**")
            label, color, icon = BADGES[str(status.state)]
            st.badge(label, color=color, icon=icon)
        if status.state.is_active:
            _progress(folder, status)
        else:
            _outcome(status)
            _resume(folder, status)
        if curve:
            _curve(folder)
        if status.state in ("failed", "lost"):
            with st.expander("Technical details"):
                st.code(folder.log_tail() or "Nothing was logged.", language=None)


def _progress(folder: "JobFolder", status: "JobStatus") -> None:
    if status.state == "queued":
        text = turn(jobs.count_ahead(cached.workspace(), folder.id))
    else:
        text = time_left(status.eta_seconds)
        st.progress(min(max(status.fraction, 0.0), 1.0), text=plain(status.message or "Preparing"))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{text} You can leave this page; it carries on.")
        with st.container(horizontal=True, width="content"):
            if status.kind == JobKind.TUNE and status.state == "running" and status.step:
                _keep(folder)
            if st.button("Cancel", key=Key.JOB_CANCEL.of(folder.id), icon=":material/stop_circle:"):
                with errors_shown():
                    jobs.cancel(cached.workspace(), folder.id)
                    st.toast("Cancelling", icon=":material/cancel:")


def _keep(folder: "JobFolder") -> None:
    asked = folder.keep_flag.exists()
    if st.button(
        "Stop and keep",
        key=Key.JOB_KEEP.of(folder.id),
        icon=":material/save:",
        disabled=asked,
        help="Stop learning now and go on with what the model has learned so far.",
    ):
        with errors_shown():
            tuning.keep(cached.workspace(), folder.id)
            st.toast("Stopping after this step", icon=":material/save:")


def _outcome(status: "JobStatus") -> None:
    if status.state == "failed":
        st.error(plain(status.error or "The job stopped."), icon=":material/error:")
    elif status.state == "lost":
        st.warning(
            "The process behind this job is gone: the computer was switched off, ran out of memory, or "
            "somebody ended it. Nothing else is lost. Go on where it stopped if offered, or start it again.",
            icon=":material/power_off:",
        )
    elif status.state == "cancelled":
        st.caption("Cancelled before it was finished. Start again whenever you like.")


def _resume(folder: "JobFolder", status: "JobStatus") -> None:
    stopped = status.state in ("failed", "cancelled", "lost")
    kept = any(folder.checkpoints.iterdir()) or any(folder.outputs.iterdir())
    if stopped and status.kind in (JobKind.TUNE, JobKind.EXPERIMENT) and kept:
        if st.button("Go on where it stopped", key=Key.JOB_RESUME.of(folder.id), icon=":material/resume:"):
            with errors_shown():
                jobs.resume(cached.workspace(), folder.id)
                st.rerun()


def _curve(folder: "JobFolder") -> None:
    metrics = folder.metrics()
    if len(metrics) > 1:
        loss_chart(metrics)
        st.caption(pace(metrics))
    elif folder.status().state.is_active:
        st.caption("The learning curve appears after the first steps.")


def pace(metrics: "Sequence[Mapping[str, Any]]") -> str:
    """Sentences on throughput and in-option mass, as last reported.

    >>> pace([{"step": 0, "in_option_mass": 0.998}, {"step": 2, "tokens_per_second": 1234}])
    'Reads 1,234 tokens per second. 99.8 % of its answers are legal ones.'
    """
    last = {key: value for line in metrics for key, value in line.items() if value is not None}
    parts = []
    if "tokens_per_second" in last:
        parts.append(f"Reads {last['tokens_per_second']:,.0f} tokens per second.")
    if "in_option_mass" in last:
        parts.append(f"{100 * last['in_option_mass']:.1f} % of its answers are legal ones.")
    return " ".join(parts)


def turn(ahead: int) -> str:
    """Sentence on how many jobs come before a waiting one.

    >>> turn(2)
    'Waits for its turn: 2 jobs come first.'
    """
    if ahead == 0:
        return "Starts at once."
    return f"Waits for its turn: {ahead} job{'s' * (ahead > 1)} come{'s' * (ahead == 1)} first."


def time_left(seconds: float | None) -> str:
    """Sentence on the estimated time a job still takes.

    >>> time_left(75)
    'About 1 min 15 s left.'
    """
    if seconds is None:
        return "Estimating the time left."
    minutes, rest = divmod(round(seconds), 60)
    return f"About {minutes} min {rest:02d} s left." if minutes else f"About {rest} s left."
