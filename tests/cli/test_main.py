"""The command line as a user meets it: exit codes, sentences, the JSON line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.main import main
from core.store.workspace import open_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def core(capsys):
    """Run a command with ``--json``: exit code, what the JSON line holds, stderr."""

    def run(*arguments):
        code = main(["--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, json.loads(out.splitlines()[-1]), err

    return run


@pytest.fixture
def tea(tmp_path, tea_csv, tea_codebook):
    """A survey file and its codebook."""
    (tmp_path / "tea.csv").write_bytes(tea_csv)
    (tmp_path / "codebook.json").write_text(json.dumps(tea_codebook), encoding="utf-8")
    return tmp_path / "tea.csv", tmp_path / "codebook.json"


def test_a_survey_is_imported_and_gets_a_population(core, tea, tmp_path):
    file, codebook = tea
    code, survey, _ = core("import", file, "--codebook", codebook)
    assert code == 0
    assert (survey["n"], survey["questions"]) == (60, 1)
    assert "Only 60 respondents" in survey["warnings"][0]
    targets = tmp_path / "marginals.json"
    targets.write_text('{"sex": {"Female": 80, "Male": 20}}', encoding="utf-8")
    code, population, _ = core("population", survey["survey_id"], "--size", 50, "--marginals", targets)
    assert code == 0
    assert population["worst_margin_error"] == pytest.approx(0)
    assert population["size"] == 50


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("a,b\n", "no respondents"),
        ("only\n1\n2\n", "one column"),
        ("a,a\n1,2\n", "a"),
        ("a,b\n1,2\n3\n", "row 3"),
        ("%PDF-1.4\0\0", "bad.csv"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_a_sentence(core, tmp_path, content, says):
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    code, answer, stderr = core("import", file)
    assert code == 2
    assert says in answer["error"]
    assert "What to do" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"column": "coffee"}, "coffee"),
        ({"options": ["Yes", "No"]}, "Sometimes"),
        ({"type": "essay"}, "essay"),
    ],
)
def test_a_codebook_that_does_not_fit_is_refused(core, tea, tea_codebook, change, says):
    file, codebook = tea
    tea_codebook["questions"][0].update(change)
    codebook.write_text(json.dumps(tea_codebook), encoding="utf-8")
    code, answer, _ = core("import", file, "--codebook", codebook)
    assert code == 2
    assert says in answer["error"]


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ('{"sex": {"Female": 0.8, "Male": 0.4}}', "120"),
        ('{"sex": {"Female": 0.5, "Other": 0.5}}', "Other"),
        ('{"age": {"18-29": 1}}', "age"),
        ("not json", "JSON"),
    ],
)
def test_targets_that_cannot_be_met_are_refused(core, tea, tmp_path, targets, says):
    file, codebook = tea
    _, survey, _ = core("import", file, "--codebook", codebook)
    (tmp_path / "marginals.json").write_text(targets, encoding="utf-8")
    code, answer, _ = core(
        "population", survey["survey_id"], "--size", 50, "--marginals", tmp_path / "marginals.json"
    )
    assert code == 2
    assert says in answer["error"]


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


def test_runs_are_listed(core):
    assert core("runs")[:2] == (0, {"runs": []})


def test_a_bug_is_shown_whole_and_exits_with_one(core, monkeypatch):
    monkeypatch.setattr("core.studio.jobs.list_jobs", lambda ws: 1 / 0)
    code, answer, stderr = core("jobs")
    assert (code, answer["kind"]) == (1, "ZeroDivisionError")
    assert "Traceback" in stderr


def test_python_m_core_runs_while_another_process_has_the_workspace_open(tmp_path, tea):
    """A real process: those about jobs work beside the app, the others say who has the database."""

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "core", *map(str, arguments)],
            cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    with open_workspace(tmp_path / "workspace"):
        assert run("jobs").stdout == "No jobs yet.\n"
        refused = run("--json", "import", tea[0])
    assert refused.returncode == 2
    assert "What to do" in json.loads(refused.stdout)["error"]


def test_doctor_finds_the_packages_and_the_workspace(core, tmp_path):
    code, answer, _ = core("doctor")
    assert code == 0
    found = {check["name"]: check for check in answer["checks"]}
    assert found["Python"]["ok"] and found["Model packages"]["ok"] and found["Workspace"]["ok"]
    assert str(tmp_path) in found["Workspace"]["found"]
