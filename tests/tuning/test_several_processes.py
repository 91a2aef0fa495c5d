"""Two processes learn together, on this machine's processor through gloo: the adapter is that of one.

A run is the work of some seconds, so few are made: one by two processes, one by one process with a forked
helper, and one with the base model split over two processes that is killed and taken up again.
"""

import json
import os
import shutil
import time

import psutil
import pytest
import torch
from safetensors.torch import load_file

from core.jobs import process
from core.jobs.folder import JobFolder
from core.jobs.reporting import run_worker
from core.jobs.status import JobState
from core.models import memory
from core.models.memory import Placement
from core.publish.names import TEACHER
from core.tuning import worker as tuning_worker
from core.tuning.checkpoint import newest
from core.tuning.job import WORKER, prepare_tuning
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars

RECIPE = Recipe(steps=8, seed=1)


def prepare(jobs, processes, sharded=False):
    return prepare_tuning(jobs, cars(), RECIPE, "Cars", "s1", processes, sharded)


def finish(folder):
    """Run the job in this process, which waits for those it starts; the adapter's file."""
    assert run_worker(str(folder.path), tuning_worker.main) == 0, folder.log_tail()
    return folder.outputs / "adapter" / "adapter_model.safetensors"


def distance(one, other):
    """Length of the difference of two adapters against their length."""
    ours, theirs = (torch.cat([t.ravel() for t in load_file(path).values()]) for path in (one, other))
    return ((ours - theirs).norm() / theirs.norm()).item()


@pytest.fixture(scope="module")
def by_two(tmp_path_factory):
    folder = prepare(tmp_path_factory.mktemp("jobs"), 2)
    finish(folder)
    return folder


def adapter(folder):
    return folder.outputs / "adapter" / "adapter_model.safetensors"


@pytest.mark.slow
def test_the_first_process_reports_and_leaves_one_adapter(by_two):
    status = by_two.status()
    assert (status.state, status.step, status.total) == (JobState.DONE, 8, 8)
    assert [m["step"] for m in by_two.metrics() if "loss" in m] == list(range(1, 9))
    result = by_two.result()
    assert (result["processes"], result["sharded"], result["steps"]) == (2, False, 8)
    names = {path.name for path in adapter(by_two).parent.iterdir()}
    assert names == {"adapter_config.json", "adapter_model.safetensors", "understudy.json", *TEACHER}


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(by_two, tmp_path, monkeypatch):
    """To the bit, where one adds up in the same order: with one forked helper."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    folder = prepare(tmp_path, 1)
    assert finish(folder).read_bytes() == adapter(by_two).read_bytes()
    for figure in ("validation_nll", "untuned_validation_nll", "temperature"):
        assert folder.result()[figure] == by_two.result()[figure]


@pytest.mark.slow
def test_a_killed_run_with_a_split_base_goes_on_to_the_adapter_of_an_undisturbed_one(by_two, tmp_path):
    """The job's process is killed: its processes end with it, and two new ones take the run up, or one."""
    folder = prepare(tmp_path, 2, sharded=True)
    process.start(folder, WORKER)
    while newest(folder.checkpoints) is None:
        assert folder.status().state.is_active, folder.log_tail()
        time.sleep(0.02)
    started = folder.process().children(recursive=True)
    assert len(started) >= 2
    folder.process().kill()
    assert not psutil.wait_procs(started, timeout=60)[1]
    assert folder.status().state is JobState.LOST
    alone = JobFolder(shutil.copytree(folder.path, tmp_path / "copy" / folder.id))
    assert finish(folder).read_bytes() == adapter(by_two).read_bytes()
    assert folder.result()["sharded"]
    spec = json.loads((alone.path / "spec.json").read_text())
    (alone.path / "spec.json").write_text(json.dumps(spec | {"processes": 1}))
    assert distance(finish(alone), adapter(by_two)) < 1e-4


@pytest.mark.parametrize(("gpus", "expected"), [(2, Placement(2)), (1, Placement())])
def test_without_a_wish_the_machine_decides_if_torch_sees_its_gpus(tmp_path, monkeypatch, gpus, expected):
    folder = prepare(tmp_path, None)
    monkeypatch.setattr(memory, "place", lambda shape, load, machine: Placement(2))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    assert tuning_worker._placement(folder) == expected
