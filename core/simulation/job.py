"""Job folder of a simulation with its inputs. Needs no torch."""

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
from core.models.catalogue import EMBEDDED, check_weights
from core.store.files import read_json
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
    """Job folder of a simulation, new and queued; start it with module `WORKER`.

    Parameters
    ----------
    run
        A finished tuning job.
    data
        The survey, with the same codebook as the run's.
    people
        The synthetic population, one row per person, one column per demographic; None for none.
    respondents
        Splits of the survey's own respondents who are simulated as well.
    population_id
        Identifier of the population `people` come from, for the record.
    title
        Name of the job for the user.

    Raises
    ------
    JobError
        If the run is not finished.
    ModelError
        If it was taught on other weights of its base model: another release's embedded model.
    """
    if run.status().state is not JobState.DONE:
        raise JobError(
            "The model has not finished learning.",
            where=run.status().title,
            got=str(run.status().state),
            fix="Wait until it is done, or start it again.",
        )
    recipe, adapter = run.spec()["recipe"], run.outputs / "adapter"
    card = adapter / "understudy.json"
    check_weights(recipe.get("base", EMBEDDED), read_json(card).get("base", {}) if card.exists() else {})
    spec = {
        "survey_id": run.spec().get("survey_id"),
        "run_id": run.id,
        "population_id": population_id,
        "respondents": list(respondents),
        "recipe": recipe,
    }
    return _fill(JobFolder.create(jobs_folder, JobKind.SIMULATE, title, spec), data, adapter, people)


def prepare_adapter_simulation(
    jobs_folder: Path,
    adapter: Path,
    codebook: Codebook,
    people: pd.DataFrame,
    *,
    recipe: Mapping[str, Any],
    title: str,
) -> JobFolder:
    """Job folder of a simulation without a survey: an adapter and people from a file.

    Parameters
    ----------
    adapter
        Folder of the adapter.
    codebook
        Demographics and questions the adapter was fine-tuned on.
    people
        One row per person, one text column per demographic of `codebook`; missing is NA.
    recipe
        `base` and `adapter` (precision), as a run's recipe has them.
    title
        Name of the job for the user.
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
    """The job folder, with survey, adapter and people copied into its inputs."""
    data.write(folder.inputs)
    shutil.copytree(adapter, folder.inputs / "adapter")
    if people is not None:
        people.to_parquet(folder.inputs / "people.parquet", index=False)
    return folder
