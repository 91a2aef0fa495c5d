"""Assessment job, which fits the baselines and computes the structure of a simulation: its input and output.

Everything it leaves lies in the *simulation's* folder: it is computed once per simulation and goes with it.
"""

from pathlib import Path

import numpy as np

from core.comparison.marginals import FITTED, SHARES, same_for_everyone
from core.comparison.structure_figures import Structure
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.process import find_jobs
from core.simulation.result import SimulationResult
from core.simulation.scores import Scores
from core.store.files import read_json
from core.survey.respondents import SurveyData

WORKER = "core.comparison.worker"
BASE_MODEL, NO_PERSONA = "untuned", "empty_persona"
"""Baselines scored by the simulation: the model before tuning (for respondents only), and the tuned model
with the no-persona prompt. The stored names are those of earlier versions."""


def prepare_assessment(jobs_folder: Path, simulation: JobFolder) -> JobFolder:
    """Make the job folder for a finished simulation; start it with module `WORKER`."""
    spec = {"simulation_id": simulation.id, "survey_id": simulation.spec().get("survey_id")}
    return JobFolder.create(jobs_folder, JobKind.ASSESS, "Fitting simpler methods", spec)


def find_assessment(jobs_folder: Path, simulation: JobFolder) -> JobFolder | None:
    """Newest assessment job of a simulation; None without one."""
    found = find_jobs(jobs_folder, JobKind.ASSESS)
    return next((f for f in found if f.spec().get("simulation_id") == simulation.id), None)


def baseline_path(simulation: JobFolder, name: str) -> Path:
    """Path of the scores of a fitted baseline."""
    return simulation.outputs / "baselines" / f"{name}.parquet"


def structure_path(simulation: JobFolder) -> Path:
    """Path of the figures of the structure axis."""
    return simulation.outputs / "structure.json"


def is_assessed(simulation: JobFolder) -> bool:
    """Whether nothing is left to compute; the structure comes last."""
    return structure_path(simulation).exists()


def scored_baselines(scored: SimulationResult) -> dict[str, Scores]:
    """Baselines that need no fitting, scored for every simulated profile."""
    found = {BASE_MODEL: scored.untuned}
    everybody = {key: np.ones(len(scored.profiles)) for key in scored.tuned.logprob}
    if scored.no_persona is not None:
        no_persona = {
            key: np.broadcast_to(table[scored.no_persona], table.shape)
            for key, table in scored.tuned.logprob.items()
        }
        found[NO_PERSONA] = Scores(no_persona, everybody)
    for name in SHARES:
        found[name] = Scores(same_for_everyone(name, scored.train, len(scored.profiles)), everybody)
    return found


def fitted_baselines(simulation: JobFolder, data: SurveyData) -> dict[str, Scores]:
    """Scores of the fitted baselines that are there already, by name."""
    paths = {name: baseline_path(simulation, name) for name in FITTED}
    return {name: Scores.read(path, data.items) for name, path in paths.items() if path.exists()}


def read_structure(simulation: JobFolder) -> Structure | None:
    """Figures of the structure axis; None while they are not there, or with nobody to compare with."""
    path = structure_path(simulation)
    found = read_json(path) if path.exists() else {}
    return Structure.from_dict(found) if found else None
