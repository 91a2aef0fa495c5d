"""The demonstration: a prepared study, opened without a model, that nobody can change."""

import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from core.errors import JobError, WorkspaceError
from core.jobs.kind import JobKind
from core.studio import demo, jobs, surveys, tuning
from core.studio import population as populations
from core.studio import simulation as simulations
from core.tuning.recipe import Recipe

ROOT = Path(__file__).parents[2]
WORKER_ONLY = {"torch", "transformers", "peft", "bitsandbytes", "accelerate", "tokenizers"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    ws = demo.open_demo(tmp_path_factory.mktemp("demo") / "workspace")
    yield ws
    ws.close()


def test_the_prepared_study_has_everything_a_stakeholder_looks_at(prepared):
    (survey,) = surveys.list_surveys(prepared)
    assert survey.generated
    (run,) = tuning.list_runs(prepared, survey.id)
    (population,) = populations.list_populations(prepared, survey.id)
    (simulation,) = simulations.list_simulations(prepared, survey.id)
    assert jobs.find(prepared, run.id).metrics(), "the learning curve"
    assert len(populations.people(prepared, population.id)) == population.size
    found = simulations.results(prepared, simulation.id)
    assert found.population.id == population.id
    overall = found.comparison.to_dict()["overall"]
    assert overall["model"]["nll"] < overall["baselines"]["uniform"]["nll"]
    assert len(surveys.load(prepared, survey.id)) == survey.n_respondents


def test_nothing_in_it_can_be_changed(prepared):
    (survey,) = surveys.list_surveys(prepared)
    with pytest.raises(WorkspaceError, match="it can be looked at, not changed"):
        surveys.delete(prepared, survey.id)
    with pytest.raises(WorkspaceError, match="not changed"):
        populations.build(prepared, survey.id, size=10)
    with pytest.raises(JobError, match="nothing can be started"):
        tuning.start(prepared, survey.id, Recipe(steps=1))
    (run,) = tuning.list_runs(prepared, survey.id)
    with pytest.raises(JobError, match="nothing can be started"):
        simulations.start(prepared, run.id)
    assert len(jobs.list_jobs(prepared)) == 2


def test_it_is_small_and_holds_no_model_and_no_path_of_a_machine():
    files = [path for path in demo.PREPARED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4_000_000
    assert not [path for path in files if path.suffix in (".safetensors", ".bin", ".pt")]
    text = b"".join(path.read_bytes() for path in files if path.suffix in (".json", ".jsonl"))
    assert b'"/' not in text and b"hf_" not in text


def test_a_prepared_study_is_made_again_from_any_finished_simulation(prepared, tmp_path):
    (simulation,) = [job for job in jobs.list_jobs(prepared) if job.kind == JobKind.SIMULATE]
    size = demo.prepare_demo(prepared, simulation.id, tmp_path / "again")
    assert size == sum(path.stat().st_size for path in (tmp_path / "again").rglob("*") if path.is_file())
    names = {str(path.relative_to(tmp_path / "again")) for path in (tmp_path / "again").rglob("*")}
    kept = {str(path.relative_to(demo.PREPARED)) for path in demo.PREPARED.rglob("*")}
    assert kept <= names | {"jobs/read-only"}


def pins(name):
    lines = (ROOT / name).read_text().splitlines()
    return {line.split("==")[0]: line for line in lines if "==" in line}


def test_the_light_requirements_are_the_tested_ones_without_the_model():
    light, full = pins("requirements-demo.txt"), pins("requirements.txt")
    assert light.items() <= full.items(), "same versions"
    assert not WORKER_ONLY & light.keys()


def test_the_light_requirements_hold_everything_the_app_imports():
    code = (
        "import sys, core.studio.tables, core.studio.report, core.studio.publish, core.cli.main, streamlit\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = set(done.stdout.split())
    assert not WORKER_ONLY & loaded
    light = {name.lower().replace("_", "-") for name in pins("requirements-demo.txt")}
    full = {name.lower().replace("_", "-") for name in pins("requirements.txt")}
    where = packages_distributions()
    needed = {d.lower().replace("_", "-") for name in loaded for d in where.get(name, ())}
    assert needed & full <= light
