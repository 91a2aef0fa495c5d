"""Jobs that are done: found by id, with what was known when they were started and what they predict."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.process import find_job, find_jobs
from core.jobs.status import JobState
from core.simulation.result import SimulationResult
from core.store.files import write_json
from core.store.records import PopulationRecord, SurveyRecord
from core.survey.codebook import QuestionType
from core.tuning import job as tuning_job

CONTEXT = "context.json"
"""In a simulation's inputs: what is known of its survey, run and population."""


def finished_job(jobs_folder: Path, job_id: str, kind: str) -> JobFolder:
    """The folder of a job of this kind that is done.

    Raises
    ------
    NotFoundError
        If there is no such job.
    JobError
        If it is of the other kind or not done.
    """
    folder = find_job(jobs_folder, job_id)
    status = folder.status()
    if status.kind != kind:
        wanted = "tuning run" if kind == tuning_job.KIND else "simulation"
        known = [f.id for f in find_jobs(jobs_folder, kind) if f.status().state is JobState.DONE]
        fix = f"Use one of: {', '.join(known)}." if known else f"Start a {wanted} first."
        raise JobError(f"This job is not a {wanted}.", where="jobs", got=job_id, fix=fix)
    if status.state is not JobState.DONE:
        fix = "Wait until it is done." if status.state.is_active else "Start it again."
        raise JobError(f"The job is not done: it is {status.state}.", where=job_id, fix=fix)
    return folder


def write_context(
    simulation: JobFolder, survey: SurveyRecord, run: JobFolder, population: PopulationRecord | None
) -> None:
    """Keep what is known of survey, run and population beside a simulation's inputs."""
    known = {
        "survey": vars(survey),
        "run": {"run_id": run.id, "recipe": run.spec().get("recipe", {}), **run.result()},
        "population": vars(population) if population else None,
    }
    write_json(simulation.inputs / CONTEXT, known)


def prediction_table(folder: JobFolder) -> pd.DataFrame:
    """One row per simulated respondent and legal answer, at temperature 1.

    Returns
    -------
    pandas.DataFrame
        `respondent_id`, `question` (column), `option` (label), `logprob` (natural log) and `split`. For
        "select all that apply" the row of an option holds the log-probability of selecting it.
    """
    scored = SimulationResult.read(folder)
    n = len(scored.data)
    frames = []
    for item in scored.data.items:
        if item.key not in scored.tuned.logprob:
            continue
        table = scored.tuned.logprob[item.key][scored.respondent_cells]
        options = item.answers
        if item.type is QuestionType.MULTI:
            options, table = (item.part,), table[:, [item.SELECTED]]
        frames.append(
            pd.DataFrame(
                {
                    "respondent_id": np.repeat(scored.data.ids, len(options)),
                    "question": item.column,
                    "option": np.tile(np.array(options, dtype=object), n),
                    "logprob": table.ravel(),
                    "split": np.repeat(scored.data.split, len(options)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
