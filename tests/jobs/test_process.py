import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from core.errors import JobError, NotFoundError
from core.jobs.folder import JobFolder, JobState
from core.jobs.process import ROOT, cancel, delete, find_job, find_jobs, start
from core.store.files import read_json, write_json

WORKER = "tests.jobs.sample_worker"


def new_job(tmp_path, behaviour="finish", **spec):
    return JobFolder.create(tmp_path / "jobs", "tune", "A job", {"behaviour": behaviour, **spec})


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("waited too long")


def ended(folder):
    until(lambda: not folder.status().state.is_active)
    return folder.status()


def reported(folder):
    until(lambda: folder.status().step > 0)
    return folder.process()


@pytest.fixture
def running(tmp_path):
    folder = new_job(tmp_path, steps=2000, pause=0.02)
    start(folder, WORKER)
    process = reported(folder)
    yield folder
    if process.is_running():
        process.kill()


def test_a_job_runs_to_its_end_and_leaves_result_metrics_and_log(tmp_path):
    folder = new_job(tmp_path)
    start(folder, WORKER)
    status = ended(folder)
    assert (status.state, status.fraction, status.step, status.error) == (JobState.DONE, 1.0, 3, None)
    assert status.created <= status.heartbeat <= status.finished
    assert folder.result() == {"answer": 42}
    assert [row["loss"] for row in folder.metrics()] == [1.0, 0.5, 1 / 3]
    assert "worker says hello" in folder.log_tail()


def test_a_finished_worker_does_not_stay_behind_as_a_zombie(tmp_path):
    folder = new_job(tmp_path)
    start(folder, WORKER)
    pid = read_json(folder.path / "proc.json")["pid"]
    ended(folder)
    until(lambda: not psutil.pid_exists(pid))


def test_the_worker_is_registered_with_pid_and_start_time_in_its_own_session(running):
    entry = read_json(running.path / "proc.json")
    assert entry["create_time"] == pytest.approx(psutil.Process(entry["pid"]).create_time(), abs=0.01)
    assert os.getsid(entry["pid"]) == entry["pid"] != os.getsid(0)


def test_a_killed_worker_shows_as_lost_and_can_be_started_again(running):
    running.process().send_signal(signal.SIGKILL)
    until(lambda: running.status().state is JobState.LOST)
    status = running.status()
    assert "memory" in status.error
    assert status.eta_seconds is None
    before = len(running.metrics())
    spec = running.spec() | {"steps": 2, "pause": 0}
    write_json(running.path / "spec.json", spec)
    start(running, WORKER)
    assert ended(running).state is JobState.DONE
    assert len(running.metrics()) == before + 2


def test_a_worker_that_cannot_even_be_imported_shows_as_lost_with_the_reason_in_the_log(tmp_path):
    folder = new_job(tmp_path)
    start(folder, "core.jobs.no_such_worker")
    assert ended(folder).state is JobState.LOST
    assert "No module named core.jobs.no_such_worker" in folder.log_tail()


def test_the_job_outlives_the_process_that_started_it(tmp_path):
    folder = new_job(tmp_path, steps=2000, pause=0.02)
    code = (
        "import os, signal, sys, pathlib\n"
        "from core.jobs.folder import JobFolder\n"
        "from core.jobs.process import start\n"
        f"start(JobFolder(pathlib.Path(sys.argv[1])), {WORKER!r})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    launcher = subprocess.run([sys.executable, "-c", code, folder.path], cwd=ROOT)
    assert launcher.returncode == -signal.SIGKILL
    step = reported(folder) and folder.status().step
    until(lambda: folder.status().step > step)
    cancel(folder, wait=True)
    assert folder.status().state is JobState.CANCELLED


def test_cancel_returns_at_once_and_a_willing_worker_stops_by_itself(running):
    began = time.monotonic()
    cancel(running, grace_seconds=20)
    assert time.monotonic() - began < 1
    status = ended(running)
    assert (status.state, status.message, status.error) == (JobState.CANCELLED, "Cancelled", None)
    assert status.finished is not None
    assert not (running.outputs / "answer.txt").exists()
    assert time.monotonic() - began < 10


def test_cancel_ends_a_stubborn_worker_and_its_children_after_the_grace_time(tmp_path):
    folder = new_job(tmp_path, "stubborn", steps=3000, pause=0.02)
    start(folder, WORKER)
    worker = reported(folder)
    child = psutil.Process(int((folder.outputs / "child").read_text()))
    cancel(folder, grace_seconds=0.2, wait=True)
    status = folder.status()
    assert status.state is JobState.CANCELLED
    assert read_json(folder.path / "status.json")["state"] == "cancelled"
    until(lambda: not worker.is_running() and not child.is_running())


def test_the_worker_runs_calmly_in_the_repository_whatever_the_callers_folder(tmp_path, monkeypatch):
    folder = new_job(tmp_path, "environment")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    relative = JobFolder(folder.path.relative_to(tmp_path))
    start(relative, WORKER)
    assert ended(relative).state is JobState.DONE
    seen = folder.result()
    assert seen["folder"] == str(ROOT)
    assert seen["environment"]["OMP_NUM_THREADS"] == "3"  # the caller's wish counts
    assert seen["environment"]["OMP_WAIT_POLICY"] == "PASSIVE"


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [("mendable", "The rank is too large"), ("memory", "ran out of memory"), ("bug", "KeyError")],
)
def test_a_worker_that_fails_says_why(tmp_path, behaviour, sentence):
    folder = new_job(tmp_path, behaviour)
    start(folder, WORKER)
    status = ended(folder)
    assert status.state is JobState.FAILED and sentence in status.error
    assert "Traceback" in folder.log_tail() and "hf_abcdefgh" not in folder.log_tail()


def test_a_job_that_was_never_started_can_be_cancelled(tmp_path):
    folder = new_job(tmp_path)
    cancel(folder)
    assert folder.status().state is JobState.CANCELLED


def test_cancelling_a_finished_job_changes_nothing(tmp_path):
    folder = new_job(tmp_path)
    start(folder, WORKER)
    before = ended(folder)
    cancel(folder, wait=True)
    assert folder.status() == before
    assert not folder.cancel_flag.exists()


def test_a_running_or_finished_job_is_not_started_twice(running, tmp_path):
    with pytest.raises(JobError, match="cannot be started again.*running"):
        start(running, WORKER)
    done = new_job(tmp_path)
    start(done, WORKER)
    ended(done)
    with pytest.raises(JobError, match="cannot be started again.*done"):
        start(done, WORKER)


def test_a_running_job_is_not_deleted_and_a_stopped_one_is(running):
    with pytest.raises(JobError, match="still running.*Cancel it"):
        delete(running)
    cancel(running, wait=True)
    delete(running)
    assert list(running.path.parent.iterdir()) == []
    with pytest.raises(NotFoundError, match="may have been deleted"):
        running.status()


def test_jobs_are_listed_newest_first_and_broken_folders_are_left_out(tmp_path):
    jobs = [new_job(tmp_path) for _ in range(3)]
    for age, job in enumerate(jobs):
        write_json(job.path / "spec.json", job.spec() | {"created": 1000.0 - age})
    other = JobFolder.create(tmp_path / "jobs", "simulate", "Other", {})
    write_json(other.path / "spec.json", other.spec() | {"created": 2000.0})
    (tmp_path / "jobs" / "lost+found").mkdir()
    (tmp_path / "jobs" / "tune-20240101-000000-abcd").mkdir()
    damaged = new_job(tmp_path)
    (damaged.path / "status.json").write_text("{")
    assert find_jobs(tmp_path / "jobs") == [other, *jobs]
    assert find_jobs(tmp_path / "jobs", kind="tune") == jobs
    assert find_jobs(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "name", ["../x", "..", "", ".", "/etc", "tune-20240101-000000-abcd", "a\x00b", "x" * 5000]
)
def test_unknown_and_malicious_ids_are_not_found(tmp_path, name):
    known = new_job(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "status.json").write_text("{}")
    with pytest.raises(NotFoundError, match=f"no job of that name(.|\n)*{known.id}"):
        find_job(known.path.parent, name)


def test_a_known_job_is_found(tmp_path):
    folder = new_job(tmp_path)
    assert find_job(tmp_path / "jobs", folder.id) == folder
