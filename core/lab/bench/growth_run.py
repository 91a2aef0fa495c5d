"""A whole study of one size for the benchmark of growth; prints its costs as JSON.

python -m core.lab.bench.growth_run FOLDER PEOPLE QUESTIONS SEED
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv

from core.errors import JobError
from core.jobs.folder import JobFolder
from core.jobs.reporting import run_worker
from core.jobs.status import JobState
from core.lab.bench.growth import STEPS, Size
from core.models.loading import add_adapter, load_base
from core.models.machine import peak_memory
from core.prompts.phrases import Phrases
from core.prompts.template import Template
from core.results.folder import write_context
from core.simulation import worker
from core.simulation.job import prepare_simulation
from core.store.files import write_json
from core.store.workspace import Workspace
from core.studio import population as populations
from core.studio import simulation as simulations
from core.studio import surveys
from core.studio.workspace import open_workspace
from core.survey import library
from core.survey.importing import draft_survey
from core.tuning.recipe import Recipe

AGREEMENT = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
DEMOGRAPHICS = {"age": 5, "region": 6, "education": 4, "gender": 2, "household": 3}
"""Columns and numbers of categories: 720 different profiles at most."""
COMPARED = ("comparison", "uncertainty", "sweep", "population_sweep", "calibration", "tradeoff")
"""What the results page computes when a simulation is first opened."""
T = TypeVar("T")


class Meter:
    """Meter of the CPU-seconds and peak memory of each step."""

    def __init__(self) -> None:
        self.cpu_seconds: dict[str, float] = {}
        self.megabytes: dict[str, float] = {}
        self._program = peak_memory()

    def measure(self, step: str, work: Callable[[], T]) -> T:
        """Result of `work`, its costs noted."""
        _forget_peak()
        started = _cpu_seconds()
        result = work()
        self.cpu_seconds[step] = _cpu_seconds() - started
        self.megabytes[step] = max(0, peak_memory() - self._program) / 1e6
        return result


def main(folder: Path, people: int, questions: int, seed: int) -> Size:
    """Costs of importing, building, asking and comparing, one after the other."""
    content, meter = _file(people, questions, seed), Meter()
    with open_workspace(folder) as ws:
        survey_id = meter.measure(
            STEPS[0], lambda: surveys.save(ws, draft_survey(content, "generated.csv")).id
        )
        population = meter.measure(
            STEPS[1], lambda: populations.build(ws, survey_id, size=people, seed=seed).id
        )
        run = _run(ws, survey_id)
        job = meter.measure(STEPS[2], lambda: _simulate(ws, survey_id, population, run))
        meter.measure(STEPS[3], lambda: _compare(ws, job))
        return Size(people, questions, job.result()["cells"], meter.cpu_seconds, meter.megabytes)


def _file(people: int, questions: int, seed: int) -> bytes:
    """Generated CSV file: demographics and an ordinal scale per question, 5 % of it not answered."""
    rng = np.random.default_rng(seed)
    columns = {"respondent_id": pa.array(np.char.mod("r%07d", np.arange(people)))}
    for name, count in DEMOGRAPHICS.items():
        labels = [f"{name} {k + 1}" for k in range(count)]
        columns[name] = pa.array(np.array(labels, dtype=object)[rng.integers(count, size=people)])
    for k in range(questions):
        answers = np.array(AGREEMENT, dtype=object)[rng.integers(len(AGREEMENT), size=people)]
        columns[f"q{k + 1}"] = pa.array(answers, mask=rng.random(people) < 0.05)
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(pa.table(columns), buffer)
    return buffer.getvalue()


def _run(ws: Workspace, survey_id: str) -> JobFolder:
    """Finished tuning job whose adapter leaves the embedded model as it is."""
    recipe = Recipe()
    spec = {"survey_id": survey_id, "recipe": recipe.to_dict()}
    run = JobFolder.create(ws.jobs_folder, "tune", "Nothing learned", spec)
    adapter = run.outputs / "adapter"
    add_adapter(load_base(recipe.base, recipe.adapter), rank=1).save_pretrained(str(adapter))
    codebook = surveys.load(ws, survey_id).codebook
    card = {
        "template": Template().to_dict(),
        "temperature": 1.0,
        "chat": False,
        "phrases": Phrases.of(codebook, codebook.items).to_dict(),
        "learned_questions": [],
        "codebook": codebook.to_publish(),
    }
    write_json(adapter / "understudy.json", card)
    write_json(run.outputs / "result.json", {"base": {"id": recipe.base}})
    run.write_status(state=JobState.DONE)
    return run


def _simulate(ws: Workspace, survey_id: str, population_id: str, run: JobFolder) -> JobFolder:
    """Finished simulation of the held-out respondents and of the people."""
    survey, data = library.find_survey(ws, survey_id), surveys.load(ws, survey_id)
    population = next(p for p in populations.list_populations(ws, survey_id) if p.id == population_id)
    people = populations.people(ws, population_id)
    job = prepare_simulation(
        ws.jobs_folder, run, data, people=people, population_id=population_id, title="Growth"
    )
    write_context(job, survey, run, population)
    if run_worker(str(job.path), worker.main):
        raise JobError("The simulation failed.", where="bench growth", got=job.log_tail(1))
    return job


def _compare(ws: Workspace, job: JobFolder) -> None:
    results = simulations.results(ws, job.id)
    for name in COMPARED:
        getattr(results, name)


def _cpu_seconds() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def _forget_peak() -> None:
    """Set the peak memory of this process back to what it holds now; where that is not possible it stays."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5", encoding="ascii")


if __name__ == "__main__":
    size = main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    sys.stdout.write(json.dumps(asdict(size)) + "\n")
