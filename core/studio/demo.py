"""Use cases of the demonstration: a prepared study to look at without a model, a network or a wait.

It is the generated example survey, with one tuning run and one simulation (`python -m core demo build`),
stored in `core/demo_study` as a workspace has them: the survey's files, population, run and simulation, but
without the weights of the model and with scores rounded to a few digits. Opening copies it into
a folder of its own and freezes it, so visitors see a real workspace and can change nothing.
"""

import atexit
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import NotFoundError
from core.jobs.folder import FROZEN, JobFolder
from core.jobs.kind import JobKind
from core.jobs.process import find_finished, find_job, find_jobs
from core.results.folder import CONTEXT
from core.simulation.known_scores import KNOWN_FOLDER
from core.store.files import read_json
from core.store.records import PopulationRecord, insert_population
from core.store.workspace import Workspace, open_workspace
from core.survey.library import restore_survey

PREPARED = Path(__file__).parents[1] / "demo_study"
_LEFT_OUT = shutil.ignore_patterns(
    "*.safetensors",
    "checkpoints",
    "log.txt",
    "proc.json",
    "ticket.json",
    "*.lock",
    "adapter_config.json",
    KNOWN_FOLDER,
)
DIGITS, BASELINE_DIGITS = 4, 3
"""Decimals stored of a log-probability (natural log), of the model and of a baseline; shares change by less
than 0.01 and 0.1 percentage points."""


def open_demo(folder: Path | None = None) -> Workspace:
    """Read-only workspace with the prepared study.

    Parameters
    ----------
    folder
        Where to put it; a temporary folder, removed when the program ends, if None.

    Raises
    ------
    NotFoundError
        If no study was prepared.
    """
    if not (PREPARED / "jobs").is_dir():
        raise NotFoundError(
            "No study was prepared.", where=PREPARED.name, fix="Run python -m core demo build."
        )
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="understudy-demo-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(PREPARED, folder, dirs_exist_ok=True)
    ws = open_workspace(folder)
    for survey in ws.surveys_folder.iterdir():
        restore_survey(ws, survey.name)
    for job in find_jobs(ws.jobs_folder):
        (job.path / "checkpoints").mkdir(exist_ok=True)
    for simulation in find_jobs(ws.jobs_folder, JobKind.SIMULATE):
        population = read_json(simulation.inputs / CONTEXT)["population"]
        if population:
            people = pd.read_parquet(simulation.inputs / "people.parquet")
            insert_population(ws, PopulationRecord(**population), people)
    (ws.jobs_folder / FROZEN).touch()
    ws.database.freeze()
    return ws


def prepare_demo(ws: Workspace, simulation_id: str, target: Path = PREPARED) -> int:
    """Store a finished simulation, with its survey, run and population, as the prepared study.

    Parameters
    ----------
    ws
        The workspace it was made in.
    simulation_id
        The simulation.
    target
        Folder of the prepared study; replaced.

    Returns
    -------
    int
        Size of the prepared study in bytes.
    """
    simulation = find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE)
    run = find_job(ws.jobs_folder, simulation.spec()["run_id"])
    survey_id = simulation.spec()["survey_id"]
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ws.survey_folder(survey_id), target / "surveys" / survey_id)
    for job in (run, simulation):
        kept = JobFolder(target / "jobs" / job.id)
        shutil.copytree(job.path, kept.path, ignore=_LEFT_OUT)
        for table in kept.path.rglob("*.parquet"):
            _shrink(table)
    return sum(path.stat().st_size for path in target.rglob("*") if path.is_file())


def _shrink(path: Path) -> None:
    """Rewrite a Parquet table smaller: log-probabilities with few decimals, in single precision."""
    digits = BASELINE_DIGITS if path.parent.name == "baselines" else DIGITS
    table = pd.read_parquet(path)
    for column in ("logprob", "in_option_mass"):
        if column in table:
            table[column] = table[column].round(digits).astype(np.float32)
    table.to_parquet(path, index=False, compression="zstd", compression_level=19)
