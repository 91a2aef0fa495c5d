"""Button that deletes a finished or stopped job of a study, after asking."""

from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key, toast_after_rerun
from app.widgets.notice import errors_shown
from app.widgets.run_list import started
from core.studio import jobs

if TYPE_CHECKING:
    from core.jobs.folder import JobStatus


def delete_button(status: "JobStatus", noun: str, consequence: str) -> None:
    """Draw the button; `noun` is what the page calls the job, `consequence` a sentence."""
    active = status.state.is_active
    with st.popover(
        f"Delete this {noun}",
        icon=":material/delete:",
        disabled=active,
        help="Cancel it first." if active else None,
    ):
        st.markdown(f"The {noun} of {started(status)}: {consequence}")
        if st.button("Delete", type="primary", key=Key.JOB_DELETE.of(status.id), icon=":material/delete:"):
            with errors_shown():
                jobs.delete(cached.workspace(), status.id)
                toast_after_rerun(f"The {noun} was deleted")
                st.rerun()
