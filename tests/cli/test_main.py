"""The command line as a user meets it: exit codes, sentences, the JSON line."""

import json

import pytest

from core.cli.main import main
from core.store.workspace import open_workspace
from tests.cli.process import start


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "nowhere.csv"),
        ("tune", "no-such-survey"),
        ("tune",),
        ("tune", "--resume", "tune-20260101-000000-abcd"),
        ("population", "no-such-survey", "--size", 10),
        ("simulate", "tune-20260101-000000-abcd"),
        ("compare", "simulate-20260101-000000-abcd"),
        ("predictions", "../../etc", "--out", "x.parquet"),
        ("report", "simulate-20260101-000000-abcd", "--out", "x.html"),
        ("push", "tune-20260101-000000-abcd", "me/adapter", "--dry-run"),
        ("cancel", "tune-20260101-000000-abcd"),
        ("runs", "tune-20260101-000000-abcd"),
        ("pilot", "nowhere.csv"),
    ],
)
def test_what_does_not_exist_is_said_in_a_sentence(core, arguments, tmp_path):
    if arguments[0] == "pilot":
        arguments = (*arguments, "--out", tmp_path / "out")
    code, answer, stderr = core(*arguments)
    assert code == 2
    assert answer["kind"].endswith("Error")
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["population", "x"], ["compare", "x", "--temperature", "9"], ["tune", "x", "--bas"]],
)
def test_a_command_that_is_not_understood_exits_with_two(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_shared_options_may_stand_before_or_after_the_command(capsys, tmp_path):
    assert main(["jobs", "--json", "--workspace", str(tmp_path / "other")]) == 0
    assert json.loads(capsys.readouterr().out) == {"jobs": []}


def test_a_bug_is_shown_whole_and_exits_with_one(core, monkeypatch):
    monkeypatch.setattr("core.studio.jobs.list_jobs", lambda ws: 1 / 0)
    code, answer, stderr = core("jobs")
    assert (code, answer["kind"]) == (1, "ZeroDivisionError")
    assert "Traceback" in stderr


def test_python_m_core_runs_while_another_process_has_the_workspace_open(tmp_path, tea):
    """A real process: those about jobs work beside the app, the others say who has the database."""

    def run(*arguments):
        process = start(*arguments)
        return process.communicate(timeout=120)[0], process.returncode

    with open_workspace(tmp_path / "workspace"):
        assert run("jobs") == ("No jobs yet.\n", 0)
        refused, code = run("--json", "import", tea[0])
    assert code == 2
    assert "What to do" in json.loads(refused)["error"]
