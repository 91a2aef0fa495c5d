"""Plan of a run before it starts: time, memory, device, and the download it may need."""

from typing import TYPE_CHECKING

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.job_panel import job_panel
from app.widgets.notice import errors_shown, plain
from core.jobs.kind import JobKind
from core.studio import jobs, tuning

if TYPE_CHECKING:
    from core.tuning.recipe import Recipe


def plan_card(survey_id: str, recipe: "Recipe") -> bool:
    """Draw the plan; returns whether the run can be started."""
    plan = tuning.plan(cached.workspace(), survey_id, recipe)
    verdict = plan.fit.verdict if plan.fit else "fits"
    text = plain(f"{plan.sentence} {plan.device}")
    if verdict == "too large":
        st.error(text, icon=":material/memory:")
    elif verdict == "tight":
        st.warning(text, icon=":material/memory:")
    else:
        st.caption(text)
    if not plan.is_here:
        _download(recipe.base)
    return plan.is_here and verdict != "too large"


def _download(base: str) -> None:
    ws = cached.workspace()
    downloads = [
        s for s in jobs.list_jobs(ws, kind=JobKind.DOWNLOAD) if jobs.find(ws, s.id).spec()["base"] == base
    ]
    if downloads:
        job_panel(downloads[0].id, f"Download of {base}")
    if not downloads or not downloads[0].state.is_active:
        st.markdown(
            "This model is not on this computer yet. Only its weights and tokenizer are fetched, no code."
        )
        if st.button("Download the model", key=Key.TUNING_DOWNLOAD, icon=":material/download:"):
            with errors_shown():
                tuning.start_download(ws, base)
                st.rerun()
