"""Heavy jobs run one after the other, in order, whatever happens to the one before."""

import time

import pytest

from core.errors import JobError
from core.jobs import process, queue
from core.jobs.folder import JobFolder
from core.jobs.status import JobState

WORKER = "tests.jobs.sample_worker"


def job(root, **spec):
    return JobFolder.create(root, "sample", "A sample", {"behaviour": "work", **spec})


def wait_until(fine, root, seconds=30):
    for _ in range(int(seconds / 0.05)):
        if fine():
            return
        queue.advance(root)
        time.sleep(0.05)
    raise AssertionError("it took too long")


def ended(*jobs):
    return lambda: not any(j.status().state.is_active for j in jobs)


def test_jobs_run_one_after_the_other_in_the_order_they_came(tmp_path):
    jobs = [job(tmp_path, steps=3, pause=0.05) for _ in range(3)]
    for each in jobs:
        queue.submit(each, WORKER)
    assert [queue.jobs_ahead(j) for j in jobs] == [0, 1, 2]
    assert jobs[1].status().state is JobState.QUEUED
    wait_until(ended(*jobs), tmp_path)
    assert {j.status().state for j in jobs} == {JobState.DONE}
    times = [(j.outputs / name).stat().st_mtime for j in jobs for name in ("begun", "answer.txt")]
    assert times == sorted(times)


def test_a_worker_that_ends_starts_the_next_without_anybody_looking(tmp_path):
    first, second = job(tmp_path, steps=2), job(tmp_path)
    queue.submit(first, WORKER)
    queue.submit(second, WORKER)
    for _ in range(600):
        if second.status().state is JobState.DONE:
            break
        time.sleep(0.05)
    assert second.status().state is JobState.DONE


def test_a_killed_job_holds_nobody_up(tmp_path):
    first, second = job(tmp_path, steps=1000, pause=0.05), job(tmp_path)
    queue.submit(first, WORKER)
    queue.submit(second, WORKER)
    wait_until(lambda: first.status().state is JobState.RUNNING, tmp_path)
    first.process().kill()
    wait_until(ended(first, second), tmp_path)
    assert (first.status().state, second.status().state) == (JobState.LOST, JobState.DONE)


def test_a_waiting_job_can_be_cancelled_and_asked_for_again_at_the_end(tmp_path):
    first, second, third = job(tmp_path, steps=1000, pause=0.05), job(tmp_path), job(tmp_path)
    for each in (first, second, third):
        queue.submit(each, WORKER)
    process.cancel(second)
    assert second.status().state is JobState.CANCELLED
    assert queue.jobs_ahead(third) == 1
    queue.submit(second, WORKER)
    assert queue.jobs_ahead(second) == 2
    process.cancel(first, wait=True)
    wait_until(ended(second, third), tmp_path)
    assert third.status().finished < second.status().finished


def test_a_finished_job_is_not_run_again(tmp_path):
    done = job(tmp_path)
    queue.submit(done, WORKER)
    wait_until(ended(done), tmp_path)
    with pytest.raises(JobError, match="cannot be started again"):
        queue.submit(done, WORKER)


def test_light_jobs_do_not_wait_and_are_not_waited_for(tmp_path):
    light, heavy = job(tmp_path, steps=1000, pause=0.05), job(tmp_path)
    process.start(light, WORKER)
    queue.submit(heavy, WORKER)
    wait_until(ended(heavy), tmp_path)
    assert heavy.status().state is JobState.DONE and light.status().state.is_active
    process.cancel(light, wait=True)
