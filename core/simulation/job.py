"""A simulation job's folder: what goes in. Needs no torch."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from core.errors import JobError
from core.jobs.folder import JobFolder, JobState
from core.survey.respondents import SurveyData

KIND = "simulate"
WORKER = "core.simulation.worker"


def prepare_simulation(
    jobs_folder: Path,
    run: JobFolder,
    data: SurveyData,
    *,
    people: pd.DataFrame | None = None,
    population_id: str | None = None,
    respondents: Sequence[str] = ("validation", "test"),
    title: str,
) -> JobFolder:
    """Make the job folder of a simulation; start it with module `WORKER`.

    Parameters
    ----------
    run
        A finished tuning job.
    data
        The survey, with the same codebook as the run's.
    people
        The synthetic population, one row per person, one column per demographic; None for none.
    respondents
        Splits of the survey's own respondents to answer as well.

    Raises
    ------
    JobError
        If the run is not finished.
    """
    if run.status().state is not JobState.DONE:
        raise JobError(
            "The model has not finished learning.",
            where=run.status().title,
            got=str(run.status().state),
            fix="Wait until it is done, or start it again.",
        )
    spec = {
        "survey_id": run.spec().get("survey_id"),
        "run_id": run.id,
        "population_id": population_id,
        "respondents": list(respondents),
        "recipe": run.spec()["recipe"],
    }
    folder = JobFolder.create(jobs_folder, KIND, title, spec)
    data.write(folder.inputs)
    shutil.copytree(run.outputs / "adapter", folder.inputs / "adapter")
    if people is not None:
        people.to_parquet(folder.inputs / "people.parquet", index=False)
    return folder
