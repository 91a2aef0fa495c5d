"""What goes to stdout and stderr; numbers and texts are covered by the doctests of the module."""

import json

from core.cli.console import Console, to_json
from core.jobs.status import JobState, JobStatus


def status(step):
    return JobStatus(
        id="tune-1", kind="tune", title="Tune", state=JobState.RUNNING, step=step, total=10, eta_seconds=5.0,
        message="", heartbeat=0.0, created=0.0, finished=None, error=None,
    )  # fmt: skip


def test_with_json_only_the_json_line_is_on_stdout(capsys):
    console = Console(json_wanted=True)
    console.say("for people")
    console.note("what is going on")
    console.result({"n": 3})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"n": 3}
    assert err.splitlines() == ["for people", "what is going on"]


def test_without_json_stdout_is_for_people(capsys):
    console = Console()
    console.say("for people")
    console.result({"n": 3})
    assert capsys.readouterr().out == "for people\n"


def test_progress_in_a_log_is_one_line_every_few_seconds(capsys):
    console = Console()
    for step in range(5):
        console.progress(status(step))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["Tune: running, 0 %, step 0 of 10, about 5 s left"]


def test_json_never_holds_what_json_does_not_know():
    assert json.loads(to_json({"a": float("inf"), "b": (1, 2), "c": JobState.DONE, 4: None})) == {
        "a": None,
        "b": [1, 2],
        "c": "done",
        "4": None,
    }
