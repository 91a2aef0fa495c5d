"""Waiting for jobs on the command line: progress on stderr, Ctrl-C cancels, a failure says where to look."""

from typing import Any

from core.cli.console import Console
from core.errors import JobError
from core.jobs.status import JobState, JobStatus
from core.store.workspace import Workspace
from core.studio import jobs, simulation, tuning


def follow_tuning(ws: Workspace, run_id: str, console: Console) -> dict[str, Any]:
    """Wait for a tuning job; returns its id, adapter folder and result."""
    follow(ws, run_id, console)
    folder = jobs.find(ws, run_id)
    result = tuning.record(folder).result
    console.say(
        "Negative log-likelihood per answer of the validation respondents: "
        f"{_nll(result.validation_nll)} tuned, {_nll(result.untuned_validation_nll)} un-tuned, "
        f"{_nll(result.marginals_validation_nll)} training shares, "
        f"{_nll(result.uniform_validation_nll)} uniform."
    )
    console.say(f"Run: {run_id}")
    return {"run_id": run_id, "adapter": str(folder.outputs / "adapter"), **result.to_dict()}


def _nll(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def follow_simulation(ws: Workspace, simulation_id: str, console: Console) -> dict[str, Any]:
    """Wait for a simulation; returns its id and result."""
    follow(ws, simulation_id, console)
    console.say(f"Simulation: {simulation_id}")
    return {"simulation_id": simulation_id, **jobs.find(ws, simulation_id).result()}


def follow_assessment(ws: Workspace, simulation_id: str, console: Console) -> None:
    """Start a simulation's assessment and wait for it, unless it is assessed already."""
    job_id = simulation.start_assessment(ws, simulation_id)
    if job_id:
        follow(ws, job_id, console)


def follow(ws: Workspace, job_id: str, console: Console) -> JobStatus:
    """Wait for a job, showing its progress, and return its last status; an interruption cancels it.

    Raises
    ------
    JobError
        If the job fails, is cancelled elsewhere or is lost.
    """
    try:
        status = jobs.wait(ws, job_id, console.progress)
    except KeyboardInterrupt:
        console.note(f"Cancelling {job_id} …")
        jobs.cancel(ws, job_id, wait=True)
        raise
    console.clear()
    if status.state is not JobState.DONE:
        unexplained = status.state is JobState.FAILED and "What to do:" not in (status.error or "")
        raise JobError(
            status.error or f"The job was {status.state}.",
            where=job_id,
            fix=f"See {jobs.find(ws, job_id).log} for details." if unexplained else "",
        )
    return status
