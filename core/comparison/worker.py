"""Assessment job: fit the baselines of a simulation and compute its structure figures.

python -m core.comparison.worker JOB_FOLDER
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from core.comparison import job
from core.comparison.baselines import fit_baselines
from core.comparison.marginals import FITTED, SHARES
from core.comparison.structure import STEPS, structure
from core.comparison.structure_figures import Structure
from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.temperature import temper
from core.simulation.result import SimulationResult
from core.simulation.scores import Scores
from core.store.files import write_json

COMPARED = "test"
"""Split of the respondents the structure is computed for: not used for fine-tuning or the temperature."""
SAID = {
    "demographic_cells": "Averaging people with the same background",
    "logistic_regression": "Fitting logistic regressions",
    "stacked_regression": "Fitting a stack of regressions",
    "gaussian_copula": "Fitting a Gaussian copula",
    "svr": "Fitting support vector regressions",
    "gradient_boosting": "Fitting boosted trees",
    "catboost": "Fitting CatBoost",
}


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what its `outputs/result.json` holds."""
    simulation = JobFolder(folder.path.parent / folder.spec()["simulation_id"])

    def on_progress(done: int, total: int, message: str) -> None:
        reporter.check()
        reporter.progress(done, total, message)

    assess(simulation, on_progress)
    return {"simulation_id": simulation.id, "baselines": list(FITTED)}


def assess(
    simulation: JobFolder, on_progress: Callable[[int, int, str], None] = lambda done, total, message: None
) -> None:
    """Compute what is missing of a simulation's baselines and structure.

    Parameters
    ----------
    simulation
        Folder of the finished simulation; files appear in it one by one, each wholly or not at all.
    on_progress
        Called with steps done, steps in all and a sentence; may raise to stop.
    """
    if job.is_assessed(simulation):
        return
    scored = SimulationResult.read(simulation)
    n_items = len(scored.train.items)
    total = len(FITTED) * n_items + STEPS * n_items
    (simulation.outputs / "baselines").mkdir(exist_ok=True)
    for place, name in enumerate(FITTED):
        start = place * n_items
        on_progress(start, total, SAID[name])
        if not job.baseline_path(simulation, name).exists():
            _fit(simulation, scored, name, partial(_tell, on_progress, start, total, SAID[name]))
    message, start = "Comparing how answers hang together", len(FITTED) * n_items
    on_progress(start, total, message)
    found = _structure(simulation, scored, lambda d: on_progress(start + d * n_items, total, message))
    write_json(job.structure_path(simulation), found.to_dict() if found else {})


def _fit(simulation: JobFolder, scored: SimulationResult, name: str, on_item: Callable[[int], None]) -> None:
    validation = scored.data.part("validation")
    fitted = fit_baselines(scored.train, validation, scored.profiles, (name,), lambda _, done: on_item(done))
    tables = fitted[name]
    if not tables:  # support vector regression without any ordered question
        return
    mass = {key: np.ones(len(table)) for key, table in tables.items()}
    path = job.baseline_path(simulation, name)
    unfinished: Path = path.with_name(f"{name}-{np.random.default_rng().integers(1 << 32):x}.part")
    Scores(tables, mass).write(unfinished)
    unfinished.replace(path)


def _tell(
    on_progress: Callable[[int, int, str], None], start: int, total: int, message: str, done: int
) -> None:
    on_progress(start + done, total, message)


def _structure(
    simulation: JobFolder, scored: SimulationResult, on_step: Callable[[int], None]
) -> Structure | None:
    """Structure figures of the held-out respondents; None where there are none."""
    rows = np.flatnonzero(scored.data.split == COMPARED)
    if not len(rows):
        return None
    real, profile = scored.data.take(rows), scored.respondent_profile[rows]
    shares = fit_baselines(scored.train, scored.data.part("validation"), real.profiles, SHARES)
    # name -> item key -> probabilities (n, K); the model at its temperature, the others as they are
    methods = {
        "model": {
            key: np.exp(temper(table, scored.temperature)) for key, table in scored.tuned.of(profile).items()
        },
        "untuned": {key: np.exp(table) for key, table in scored.untuned.of(profile).items()},
        **{name: {key: np.exp(table) for key, table in tables.items()} for name, tables in shares.items()},
    }
    for name, scores in job.fitted_baselines(simulation, scored.data).items():
        methods[name] = {key: np.exp(table) for key, table in scores.of(profile).items()}
    return structure(real, scored.train, methods, on_step)


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
