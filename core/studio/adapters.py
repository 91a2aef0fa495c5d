"""Use cases about adapters from the Hub: pulled and checked, then used on a study or on people from a file.

A pulled adapter becomes a run of a study, so everything that works with a run works with it. Questions and
demographics of the study that the adapter was not trained on are left out and listed.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import FileError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.process import find_finished
from core.jobs.queue import submit
from core.jobs.status import JobState
from core.publish import pull as pulling
from core.publish.adapter import Adapter, read_adapter
from core.publish.compatibility import Compatibility, check_compatibility, compatible_part
from core.publish.names import BLEND, check_name
from core.results import tables
from core.results.tables import OptionShares
from core.simulation import job as simulation_job
from core.simulation.result import SimulationResult
from core.store.files import read_json, write_json
from core.store.workspace import Workspace
from core.survey import library
from core.survey.reading import read_survey_file
from core.survey.respondents import SurveyData
from core.tuning.recipe import Recipe


@dataclass(frozen=True)
class AdoptedRun:
    """A pulled adapter as a run of a study: the run's id, and which part of the study the adapter fits."""

    run_id: str
    fit: Compatibility


def pull(
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
    return pulling.pull_adapter(repo_id, token, folder, revision, base)


def find(
    ws: Workspace, name: str, token: str | None = None, revision: str | None = None, base: str | None = None
) -> Adapter:
    """The checked adapter in the folder `name`, else that of the Hub repository `name`, which is pulled."""
    folder = Path(name).expanduser()
    return read_adapter(folder, base) if folder.is_dir() else pull(ws, name, token, revision, base)


def adopt(ws: Workspace, survey_id: str, adapter: Adapter) -> AdoptedRun:
    """Make a pulled adapter a finished run of a study; returns the run with its compatibility.

    Raises
    ------
    HubError
        If the adapter was trained on none of the survey's questions.
    """
    data = library.load_survey(ws, survey_id)
    fit = check_compatibility(data.codebook, adapter.codebook, adapter.learned)
    recipe = Recipe(base=adapter.base, adapter=adapter.precision)
    pulled = {"repo_id": adapter.repo_id, "revision": adapter.revision, "problems": list(fit.problems)}
    spec = {"survey_id": survey_id, "recipe": recipe.to_dict(), "pulled": pulled}
    run = JobFolder.create(ws.jobs_folder, JobKind.TUNE, f"Pulled {adapter.name}", spec)
    compatible_part(data, fit).write(run.inputs)
    shutil.copytree(adapter.folder, run.outputs / "adapter")
    study = read_json(adapter.folder / "understudy.json")
    kept = {key: study[key] for key in ("temperature", "emphasis", "base", "template") if key in study}
    if BLEND in study:
        kept["blend_weight"] = study[BLEND]["weight"]
    write_json(run.outputs / "result.json", kept | {"pulled": pulled})
    run.write_status(state=JobState.DONE, finished=run.status().created, message=f"Pulled {adapter.name}")
    return AdoptedRun(run.id, fit)


def compatible_part_of(run: JobFolder, data: SurveyData) -> SurveyData:
    """Survey reduced to the questions and demographics of a pulled run; all of it for any other run."""
    if "pulled" not in run.spec():
        return data
    kept = SurveyData.read(run.inputs).codebook
    columns = tuple(question.column for question in kept.questions)
    return compatible_part(data, Compatibility(columns, kept.demographics, ()))


def read_people(adapter: Adapter, content: bytes, name: str) -> pd.DataFrame:
    """Profiles of people from a file, in the adapter's columns.

    Parameters
    ----------
    adapter
        The adapter.
    content, name
        A table (CSV, Excel, Parquet …) with one row per person; columns are demographics by column
        name or label, other columns are ignored, an empty entry means "not known".

    Returns
    -------
    pandas.DataFrame
        One text column per demographic; NA where it is not known.

    Raises
    ------
    FileError
        If the adapter was not trained on a category, or no demographic is in the file.
    """
    table = read_survey_file(content, name).table
    columns, found = {}, 0
    for demographic in adapter.codebook.demographics:
        names = (demographic.column, demographic.label)
        given = next((c for c in names if c in table.columns), None)
        found += given is not None
        values = table[given].astype("string") if given else pd.Series(pd.NA, table.index, dtype="string")
        unknown = values.notna() & ~values.isin(demographic.options)
        if unknown.any():
            row = int(np.flatnonzero(unknown)[0])
            raise FileError(
                "A person has a category the adapter was not taught.",
                where=f"{name}, row {row + 2}, column {given}",  # the header is row 1
                got=values.iloc[row],
                fix=f"Use one of: {', '.join(demographic.options)}.",
            )
        columns[demographic.column] = values.astype(object)
    if adapter.codebook.demographics and not found:
        raise FileError(
            "The file has none of the adapter's background fields.",
            where=name,
            got=", ".join(map(str, table.columns[:8])),
            fix="Name its columns " + ", ".join(d.column for d in adapter.codebook.demographics) + ".",
        )
    return pd.DataFrame(columns)


def start_simulation(ws: Workspace, adapter: Adapter, people: pd.DataFrame) -> str:
    """Start scoring every question of an adapter for people from a file; returns the simulation's id."""
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


def people_shares(ws: Workspace, simulation_id: str, temperature: float | None = None) -> list[OptionShares]:
    """Simulated shares (0 to 1) per question of a simulation's people, at the fitted temperature if None."""
    return tables.people_shares(_scored(ws, simulation_id), temperature)


def people_answers(ws: Workspace, simulation_id: str) -> pd.DataFrame:
    """Probabilities of a simulation's people: one row per person and legal answer, see `people_table`."""
    return tables.people_table(_scored(ws, simulation_id))


def _scored(ws: Workspace, simulation_id: str) -> SimulationResult:
    return SimulationResult.read(find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE))
