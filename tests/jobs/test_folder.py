import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from core.errors import JobError
from core.jobs.folder import START_SECONDS, JobFolder, JobState
from core.store.files import read_json, write_json


@pytest.fixture
def folder(tmp_path):
    return JobFolder.create(tmp_path, "tune", "Cars", {"survey_id": "cars-1"})


def test_a_new_job_is_queued_with_its_folders_and_spec(folder):
    status = folder.status()
    assert (status.state, status.step, status.fraction, status.error) == (JobState.QUEUED, 0, 0.0, None)
    assert (status.kind, status.title, status.id) == ("tune", "Cars", folder.id)
    assert abs(status.created - time.time()) < 5
    assert folder.spec() == {
        "survey_id": "cars-1",
        "kind": "tune",
        "title": "Cars",
        "created": status.created,
    }
    assert folder.inputs.is_dir() and folder.outputs.is_dir() and folder.checkpoints.is_dir()
    assert folder.result() == {} and folder.metrics() == [] and folder.log_tail() == ""


def test_ids_name_kind_and_time_and_differ(tmp_path):
    ids = {JobFolder.create(tmp_path, "tune", "", {}).id for _ in range(40)}
    assert len(ids) == 40
    assert all(len(i.split("-")) == 4 and i.startswith("tune-20") for i in ids)


@pytest.mark.parametrize("kind", ["../x", "", "Tune", "a b"])
def test_a_kind_that_is_not_a_plain_word_is_a_programming_mistake(tmp_path, kind):
    with pytest.raises(ValueError, match="not a job kind"):
        JobFolder.create(tmp_path, kind, "", {})


def test_a_live_process_with_its_own_start_time_is_running(folder):
    folder.write_process(psutil.Process())
    folder.write_status(state=JobState.RUNNING, step=1, total=4)
    assert folder.status().state is JobState.RUNNING
    assert folder.status().fraction == 0.25


def test_a_reused_process_number_with_another_start_time_is_lost(folder):
    start_time = psutil.Process().create_time()
    write_json(folder.path / "proc.json", {"pid": os.getpid(), "create_time": start_time - 60})
    folder.write_status(state=JobState.RUNNING, step=1, total=4, eta_seconds=9.0)
    status = folder.status()
    assert status.state is JobState.LOST
    assert status.eta_seconds is None
    assert read_json(folder.path / "status.json")["state"] == "running"  # reading changes nothing


def test_a_zombie_is_lost(folder):
    child = subprocess.Popen([sys.executable, "-c", ""])
    folder.write_process(psutil.Process(child.pid))
    folder.write_status(state=JobState.RUNNING)
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert folder.status().state is JobState.LOST
    child.wait()
    assert folder.status().state is JobState.LOST


def test_a_dead_process_with_the_cancel_flag_counts_as_cancelled(folder):
    folder.write_status(state=JobState.RUNNING, step=3, total=4)
    folder.cancel_flag.touch()
    status = folder.status()
    assert (status.state, status.error) == (JobState.CANCELLED, None)
    assert status.finished == pytest.approx(time.time(), abs=5)


def test_a_starting_job_without_a_process_is_given_a_minute(folder):
    folder.write_status(state=JobState.STARTING, heartbeat=time.time())
    assert folder.status().state is JobState.STARTING
    folder.write_status(state=JobState.STARTING, heartbeat=time.time() - START_SECONDS - 1)
    assert folder.status().state is JobState.LOST


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_finished_job_stays_finished_without_its_process(folder, state):
    folder.write_status(state=state, finished=5.0)
    assert folder.status().state is state


def test_a_torn_last_metrics_line_is_dropped_and_a_damaged_one_skipped(folder):
    path = folder.path / "metrics.jsonl"
    path.write_bytes(b'{"step": 1}\n{"st\n[1]\n{"step": 2}\n{"step": 3, "lo')
    assert folder.metrics() == [{"step": 1}, {"step": 2}]
    path.write_bytes(b'{"step": 1, "text": "caf\xc3')
    assert folder.metrics() == []


def test_a_reader_never_sees_half_a_status(folder):
    writer = (
        "import pathlib, sys\n"
        "from core.jobs.folder import JobFolder, JobState\n"
        "folder = JobFolder(pathlib.Path(sys.argv[1]))\n"
        "for step in range(300):\n"
        "    folder.write_status(state=JobState.QUEUED, step=step, message='m' * (step * 40))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", writer, folder.path])
    reads = 0
    while process.poll() is None:
        value = json.loads((folder.path / "status.json").read_bytes())
        assert value["message"] == "m" * (value["step"] * 40)
        reads += 1
    assert process.returncode == 0 and reads > 50
    assert [p.name for p in folder.path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"state": "on holiday"}'])
def test_a_damaged_status_is_a_sentence(folder, content):
    (folder.path / "status.json").write_text(content)
    with pytest.raises(JobError, match="damaged.*status.json"):
        folder.status()


def test_the_log_tail_keeps_the_last_lines_hides_tokens_and_folds_progress_bars(folder):
    lines = [f"line {i}" for i in range(100)]
    folder.log.write_text("\n".join([*lines, "10%\r20%\r30%", "token hf_AbCdEfGhIj1234 used", ""]))
    assert folder.log_tail(lines=3) == "line 99\n30%\ntoken hf_… used"


def test_a_long_log_is_read_from_its_end_without_cutting_a_token(folder):
    folder.log.write_text("hf_" + "a" * 200_000 + "\nend\n")
    assert folder.log_tail() == "end"


def test_an_unknown_status_key_is_a_programming_mistake(folder):
    with pytest.raises(ValueError, match="not part of a status.*loss"):
        folder.write_status(loss=1)
