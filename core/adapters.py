"""Adapters from the Hub: pulled and checked, then used on a study of one's own or on people from a file.

A pulled adapter becomes a run of a study, so everything that works with a run works with it. What of the
study the adapter was not taught is left out and said. Without a study, people come from a file.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FileError
from core.finished import finished_job
from core.jobs.folder import JobFolder
from core.jobs.queue import submit
from core.jobs.status import JobState
from core.models import temperature as tempering
from core.publish import pull
from core.publish.adapter import Adapter, read_adapter
from core.publish.fit import Fit, fit_survey, fitting_part
from core.publish.names import check_name
from core.simulation import job as simulation_job
from core.simulation.result import SimulationResult
from core.store.files import read_json, write_json
from core.store.workspace import Workspace
from core.survey.codebook import QuestionType
from core.survey.reading import read_survey_file
from core.survey.respondents import SurveyData
from core.tuning import job as tuning_job
from core.tuning.recipe import Recipe


@dataclass(frozen=True)
class AdoptedRun:
    """A pulled adapter as a run of a study: the run's id, and what of the study it was not taught."""

    run_id: str
    fit: Fit


def pull_adapter(
    ws: Workspace,
    repo_id: str,
    token: str | None = None,
    revision: str | None = None,
    base: str | None = None,
) -> Adapter:
    """Download an adapter from the Hub into the workspace and check it, replacing an earlier version.

    Raises
    ------
    HubError, ModelError
        See `core.publish.pull`.
    """
    check_name(repo_id)
    folder = ws.root / "adapters" / repo_id.replace("/", "--")
    return pull.pull_adapter(repo_id, token, folder, revision, base)


def find_adapter(
    ws: Workspace, name: str, token: str | None = None, revision: str | None = None, base: str | None = None
) -> Adapter:
    """The adapter in a folder of that name, else the one of that repository on the Hub."""
    folder = Path(name).expanduser()
    return read_adapter(folder, base) if folder.is_dir() else pull_adapter(ws, name, token, revision, base)


def adopt_adapter(ws: Workspace, adapter: Adapter, survey_id: str, data: SurveyData) -> AdoptedRun:
    """Make a pulled adapter a finished run of a study.

    Raises
    ------
    HubError
        If the adapter was taught none of the survey's questions.
    """
    fit = fit_survey(data.codebook, adapter.codebook, adapter.learned)
    recipe = Recipe(base=adapter.base, adapter=adapter.precision)
    pulled = {"repo_id": adapter.repo_id, "revision": adapter.revision, "problems": list(fit.problems)}
    spec = {"survey_id": survey_id, "recipe": recipe.to_dict(), "pulled": pulled}
    run = JobFolder.create(ws.jobs_folder, tuning_job.KIND, f"Pulled {adapter.name}", spec)
    fitting_part(data, fit).write(run.inputs)
    shutil.copytree(adapter.folder, run.outputs / "adapter")
    study = read_json(adapter.folder / "understudy.json")
    kept = {key: study[key] for key in ("temperature", "emphasis", "base", "template") if key in study}
    write_json(run.outputs / "result.json", kept | {"pulled": pulled})
    run.write_status(state=JobState.DONE, finished=run.status().created, message=f"Pulled {adapter.name}")
    return AdoptedRun(run.id, fit)


def asked_part(run: JobFolder, data: SurveyData) -> SurveyData:
    """The part of a survey that a run can be asked: all of it, unless the run was pulled."""
    if "pulled" not in run.spec():
        return data
    kept = SurveyData.read(run.inputs).codebook
    columns = tuple(question.column for question in kept.questions)
    return fitting_part(data, Fit(columns, kept.demographics, ()))


def read_people(adapter: Adapter, content: bytes, name: str) -> pd.DataFrame:
    """People from a file, as the adapter knows them.

    Parameters
    ----------
    content, name
        A table (CSV, Excel, Parquet …) with one row per person; columns are background fields by column
        name or label, other columns are ignored, an empty cell means "not known".

    Returns
    -------
    pandas.DataFrame
        One text column per background field; NA where it is not known.

    Raises
    ------
    FileError
        If a category is not one the adapter was taught, or no background field is in the file.
    """
    table = read_survey_file(content, name).table
    columns, found = {}, 0
    for field in adapter.codebook.demographics:
        given = next((c for c in (field.column, field.label) if c in table.columns), None)
        found += given is not None
        values = table[given].astype("string") if given else pd.Series(pd.NA, table.index, dtype="string")
        strange = values.notna() & ~values.isin(field.options)
        if strange.any():
            row = int(np.flatnonzero(strange)[0])
            raise FileError(
                "A person has a category the adapter was not taught.",
                where=f"{name}, row {row + 2}, column {given}",
                got=values.iloc[row],
                fix=f"Use one of: {', '.join(field.options)}.",
            )
        columns[field.column] = values.astype(object)
    if adapter.codebook.demographics and not found:
        raise FileError(
            "The file has none of the adapter's background fields.",
            where=name,
            got=", ".join(map(str, table.columns[:8])),
            fix="Name its columns " + ", ".join(d.column for d in adapter.codebook.demographics) + ".",
        )
    return pd.DataFrame(columns)


def start_adapter_simulation(ws: Workspace, adapter: Adapter, people: pd.DataFrame) -> str:
    """Start asking people from a file every question of an adapter; returns the simulation's id."""
    folder = simulation_job.prepare_adapter_simulation(
        ws.jobs_folder,
        adapter.folder,
        adapter.codebook,
        people,
        recipe=Recipe(base=adapter.base, adapter=adapter.precision).to_dict(),
        title=f"Simulation with {adapter.name}",
    )
    submit(folder, simulation_job.WORKER)
    return folder.id


def people_shares(
    ws: Workspace, simulation_id: str, temperature: float | None = None
) -> list[dict[str, Any]]:
    """Simulated shares of a simulation's people, one entry per question.

    Parameters
    ----------
    temperature
        The fitted one if None.

    Returns
    -------
    list of dict
        `column`, `text`, `type` and `shares`, a list of `option` and `share`. For "select all that apply"
        the share of an option is the share of people who select it.
    """
    found = SimulationResult.read(finished_job(ws.jobs_folder, simulation_id, simulation_job.KIND))
    logprob = found.tuned.of(found.people_cells)
    chosen = found.temperature if temperature is None else temperature
    questions = []
    for question in found.data.codebook.questions:
        rows: list[Mapping[str, Any]] = []
        for item in question.items:
            table = logprob[item.key]
            shares = tempering.shares(table, np.ones(len(table)), chosen)[0]
            multi = question.type is QuestionType.MULTI
            pairs = [(item.part, shares[item.SELECTED])] if multi else zip(item.answers, shares, strict=True)
            rows += [{"option": option, "share": float(share)} for option, share in pairs]
        entry = {"column": question.column, "text": question.text, "type": str(question.type)}
        questions.append({**entry, "shares": rows})
    return questions


def people_answers(ws: Workspace, simulation_id: str) -> pd.DataFrame:
    """One row per person and legal answer of a simulation's people, at temperature 1.

    Columns: person (position in the file, from 0), question (column), option (label), logprob (natural log).
    For "select all that apply" the row of an option holds the log-probability of selecting it.
    """
    found = SimulationResult.read(finished_job(ws.jobs_folder, simulation_id, simulation_job.KIND))
    frames = []
    for item in found.data.items:
        table, options = found.tuned.logprob[item.key][found.people_cells], item.answers
        if item.type is QuestionType.MULTI:
            table, options = table[:, [item.SELECTED]], (item.part,)
        frames.append(
            pd.DataFrame(
                {
                    "person": np.repeat(np.arange(len(table)), len(options)),
                    "question": item.column,
                    "option": np.tile(np.array(options, dtype=object), len(table)),
                    "logprob": table.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
