import errno
import io
import json
import sys

import numpy as np
import pytest

from core.errors import RecipeError
from core.jobs.folder import JobFolder, JobState
from core.jobs.reporting import DISK_ERROR, Cancelled, Reporter, run_worker


@pytest.fixture
def folder(tmp_path):
    return JobFolder.create(tmp_path, "tune", "Cars", {})


def run(folder, error=None, result=None):
    def main(folder, reporter):
        reporter.progress(2, 8, "Half-way")
        if error is not None:
            raise error
        return result or {}

    code = run_worker(str(folder.path), main)
    return code, folder.status()


def test_the_result_is_stored_with_numpy_numbers(folder):
    code, status = run(folder, result={"nll": np.float32(0.5), "steps": np.int64(7), "curve": np.arange(2)})
    assert (code, status.state) == (0, JobState.DONE)
    assert folder.result() == {"nll": 0.5, "steps": 7, "curve": [0, 1]}


def test_a_mendable_error_fails_with_its_sentence(folder):
    code, status = run(folder, RecipeError("The rank is too large.", got=4096, fix="Use 8."))
    assert (code, status.state) == (2, JobState.FAILED)
    assert status.error == "The rank is too large. Got: 4096. What to do: Use 8."
    assert (status.step, status.total) == (2, 8)


class OutOfMemoryError(RuntimeError):
    """Named like torch's."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemoryError("CUDA"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_running_out_of_memory_says_what_to_do(folder, error):
    code, status = run(folder, error)
    assert (code, status.state) == (1, JobState.FAILED)
    assert "ran out of memory" in status.error and "smaller base model" in status.error


def test_a_full_disk_says_what_to_do(folder):
    assert "disk is full" in run(folder, OSError(errno.ENOSPC, "No space left on device"))[1].error


def test_a_bug_is_a_short_sentence_and_the_traceback_is_in_the_log_only(folder):
    code, status = run(folder, KeyError("hf_abcdefgh"))
    assert (code, status.state) == (1, JobState.FAILED)
    assert status.error == "The job stopped because of a fault in the program (KeyError). The log says where."
    assert "Traceback" in folder.log.read_text() and "in main" in folder.log_tail()
    assert "hf_abcdefgh" not in folder.log.read_text()


def test_leaving_with_sys_exit_is_a_failure_not_a_result(folder):
    code, status = run(folder, SystemExit(0))
    assert (code, status.state) == (1, JobState.FAILED)


def test_a_flag_before_the_start_cancels_without_running_main(folder):
    folder.cancel_flag.touch()
    code, status = run(folder, AssertionError("main must not run"))
    assert (code, status.state, status.step) == (3, JobState.CANCELLED, 0)


def test_check_raises_once_the_flag_is_there(folder):
    reporter = Reporter(folder)
    reporter.check()
    assert not reporter.cancelled
    folder.cancel_flag.touch()
    assert reporter.cancelled
    with pytest.raises(Cancelled):
        reporter.check()


def test_a_flag_that_comes_after_the_work_does_not_lose_the_result(folder):
    def main(folder, reporter):
        folder.cancel_flag.touch()
        return {"answer": 1}

    assert run_worker(str(folder.path), main) == 0
    assert folder.status().state is JobState.DONE and folder.result() == {"answer": 1}


def test_status_is_written_at_most_once_per_interval_but_first_and_last_always(folder):
    def step():
        return json.loads((folder.path / "status.json").read_bytes())["step"]

    reporter = Reporter(folder, every_seconds=1000)
    seen = []
    for i in range(1, 6):
        reporter.progress(i, 5)
        seen.append(step())
    assert seen == [1, 1, 1, 1, 5]


def test_the_time_left_follows_the_pace_since_the_first_report(folder, monkeypatch):
    clock = iter([100.0, 110.0, 130.0])
    monkeypatch.setattr("core.jobs.reporting.time.monotonic", lambda: next(clock))
    reporter = Reporter(folder, every_seconds=0)
    etas = []
    for step in (500, 505, 510):  # a resumed run begins at step 500
        reporter.progress(step, 520)
        etas.append(json.loads((folder.path / "status.json").read_bytes())["eta_seconds"])
    # 5 steps in 10 s: 15 left take 30 s; 10 steps in 30 s: 10 left take 30 s
    assert etas == [None, 30.0, 30.0]


def test_metrics_are_json_lines_and_not_a_number_becomes_null(folder):
    reporter = Reporter(folder)
    reporter.metric(step=1, loss=np.float32(0.5), validation_nll=float("nan"))
    reporter.metric(step=2, loss=float("inf"), note="µ")
    assert folder.metrics() == [
        {"step": 1, "loss": 0.5, "validation_nll": None},
        {"step": 2, "loss": None, "note": "µ"},
    ]


def test_a_resumed_worker_drops_the_line_its_predecessor_was_killed_in(folder):
    (folder.path / "metrics.jsonl").write_bytes(b'{"step": 1}\n{"ste')
    Reporter(folder).metric(step=2)
    assert folder.metrics() == [{"step": 1}, {"step": 2}]


def test_output_printed_by_the_worker_is_flushed_before_the_traceback(folder, monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    run(folder, ValueError("x"))
    assert "Traceback" not in stream.getvalue()


def test_a_full_disk_does_not_end_the_work(tmp_path, monkeypatch):
    folder = JobFolder.create(tmp_path, "sample", "A sample", {})
    reporter = Reporter(folder)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.store.files.write_bytes", full)
    reporter.progress(1, 3)
    monkeypatch.undo()
    reporter.progress(3, 3)
    assert folder.status().step == 3


def test_other_trouble_with_the_disk_is_not_hidden(tmp_path, monkeypatch):
    reporter = Reporter(JobFolder.create(tmp_path, "sample", "A sample", {}))

    def broken(path, content):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("core.store.files.write_bytes", broken)
    with pytest.raises(OSError, match="Input/output"):
        reporter.progress(1, 3)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), RuntimeError("I/O error: No space left on device")]
)
def test_a_full_disk_is_told_in_words_with_the_space_kept_back(tmp_path, error):
    folder = JobFolder.create(tmp_path, "sample", "A sample", {})
    seen = []

    def main(folder, reporter):
        seen.append((folder.path / ".reserve").stat().st_size)
        raise error

    run_worker(str(folder.path), main)
    assert folder.status().error == DISK_ERROR
    assert seen == [256 * 1024] and not (folder.path / ".reserve").exists()


def test_a_token_that_is_printed_never_reaches_the_log(folder, capsys):
    def main(folder, reporter):
        sys.stdout.write("login with hf_abcDEF123456\n")
        sys.stderr.write("and hf_abcDEF123456 again\n")
        return {}

    assert run_worker(str(folder.path), main) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("login with hf_…\n", "and hf_… again\n")
