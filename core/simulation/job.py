"""A simulation job's folder: what goes in. Needs no torch."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.status import JobState
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

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
    return _fill(
        JobFolder.create(jobs_folder, JobKind.SIMULATE, title, spec), data, run.outputs / "adapter", people
    )


def prepare_adapter_simulation(
    jobs_folder: Path,
    adapter: Path,
    codebook: Codebook,
    people: pd.DataFrame,
    *,
    recipe: Mapping[str, Any],
    title: str,
) -> JobFolder:
    """Make the job folder of a simulation without a survey: an adapter and people from a file.

    Parameters
    ----------
    adapter
        Folder of the adapter.
    codebook
        What the adapter was taught.
    people
        One row per person, one text column per demographic of `codebook`; missing is NA.
    recipe
        `base` and `adapter` (precision), as a run's recipe has them.
    """
    nobody = SurveyData(
        codebook=codebook,
        ids=np.array([], dtype=object),
        profiles=people[[d.column for d in codebook.demographics]].iloc[:0],
        answers=pd.DataFrame({item.key: np.array([], dtype=np.int16) for item in codebook.items}),
        weights=np.array([], dtype=float),
        split=np.array([], dtype=object),
    )
    spec: dict[str, Any] = {"survey_id": None, "run_id": None, "respondents": [], "recipe": dict(recipe)}
    return _fill(JobFolder.create(jobs_folder, JobKind.SIMULATE, title, spec), nobody, adapter, people)


def _fill(folder: JobFolder, data: SurveyData, adapter: Path, people: pd.DataFrame | None) -> JobFolder:
    data.write(folder.inputs)
    shutil.copytree(adapter, folder.inputs / "adapter")
    if people is not None:
        people.to_parquet(folder.inputs / "people.parquet", index=False)
    return folder
