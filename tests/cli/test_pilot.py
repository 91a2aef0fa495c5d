"""The main job, for real: the embedded model is tuned, simulates, and everything is written."""

import json
import signal
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from core.cli.main import main
from core.comparison.marginals import BASELINES
from core.jobs.status import JobState
from core.publish.names import TEACHER
from core.studio import jobs as studio_jobs
from core.studio.workspace import open_jobs
from tests.cli.process import ROOT, start


@pytest.fixture
def command(capsys):
    """Run a command in this process: what its JSON line holds."""

    def run(*arguments):
        code = main(["--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out.splitlines()[-1])

    return run


def test_pilot_leaves_everything_it_promises(pilot):
    out, _, answer = pilot
    assert {p.name for p in out.iterdir()} == {
        "report.html",
        "metrics.json",
        "predictions.parquet",
        "adapter",
    }
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"] == answer["overall"]
    assert {q["column"] for q in metrics["questions"]} == {"drink", "often", "cups", "with"}
    assert set(metrics["overall"]["baselines"]) == {*BASELINES, "untuned", "empty_persona"}
    assert (out / "adapter" / "adapter_model.safetensors").is_file()
    assert "Hot drinks" in (out / "report.html").read_text(encoding="utf-8")


def test_the_model_has_learned(pilot):
    overall = pilot[2]["overall"]
    assert overall["model"]["nll"] < overall["baselines"]["untuned"]["nll"]


def test_predictions_are_probabilities_of_every_legal_answer(pilot):
    frame = pd.read_parquet(pilot[0] / "predictions.parquet")
    assert list(frame.columns) == ["respondent_id", "question", "option", "logprob", "split"]
    assert set(frame["split"]) == {"validation", "test"}
    assert frame["respondent_id"].str.startswith("p").all()
    assert (np.exp(frame["logprob"]) <= 1).all()
    one_answer = frame[frame["question"] != "with"]
    sums = np.exp(one_answer["logprob"]).groupby([one_answer["respondent_id"], one_answer["question"]]).sum()
    np.testing.assert_allclose(sums, 1, atol=1e-5)
    per_person = frame.groupby(["respondent_id", "question"]).size().unstack().drop_duplicates()
    assert per_person.to_dict("records") == [{"drink": 2, "often": 3, "cups": 11, "with": 2}]


def test_nothing_written_names_a_folder_of_this_machine(pilot):
    out, ws, _ = pilot
    for path in out.rglob("*"):
        if path.is_file() and path.suffix in (".html", ".json", ".md"):
            text = path.read_text(encoding="utf-8")
            if path.name != "metrics.json":
                assert str(ROOT) not in text and str(ws) not in text, path


def test_commands_go_on_from_what_pilot_left(pilot, tmp_path, command):
    _, ws, answer = pilot
    simulation, run_id = answer["simulation"]["simulation_id"], answer["run"]["run_id"]
    cold = command("--workspace", ws, "compare", simulation, "--temperature", 0.1)
    warm = command("--workspace", ws, "compare", simulation, "--temperature", 3, "--by", "sex")
    assert (cold["temperature"], warm["temperature"]) == (0.1, 3)
    cups = [next(q for q in found["questions"] if q["column"] == "cups") for found in (cold, warm)]
    assert cups[0]["model"]["sd_within"] < cups[1]["model"]["sd_within"]
    assert set(warm["by"]["groups"]) == {"Female", "Male"}
    report = command("--workspace", ws, "report", simulation, "--out", tmp_path / "new" / "report.html")
    assert Path(report["out"]).stat().st_size > 100_000
    banner = ("--by", "sex", "--whose", "population", "--correction", "fdr")
    tables = command("--workspace", ws, "tables", simulation, "--out", tmp_path / "tables.xlsx", *banner)
    assert tables["columns"] == ["Total", "Female", "Male"]
    assert tables["tables"] == 4
    answers = command("--workspace", ws, "answers", simulation, "--out", tmp_path / "answers.sav")
    assert answers["people"] == 200
    assert len(pyreadstat.read_sav(tmp_path / "answers.sav")[0]) == 200
    files = command("--workspace", ws, "push", run_id, "me/drinks", "--dry-run")
    assert not files["pushed"]
    assert any("token" in problem for problem in files["problems"])
    assert {f["name"] for f in files["files"]} == {
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "understudy.json",
        *TEACHER,
    }
    jobs = command("--workspace", ws, "jobs")["jobs"]
    assert {(j["kind"], j["state"]) for j in jobs} == {
        (kind, "done") for kind in ("tune", "simulate", "assess")
    }


def test_interrupting_a_command_cancels_its_job(pilot):
    _, folder, answer = pilot
    process = start("--workspace", folder, "--json", "tune", answer["survey"]["id"], "--max-seconds", 600)
    ws, deadline = open_jobs(folder), time.monotonic() + 60
    while studio_jobs.list_jobs(ws)[0].state is not JobState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Cancelling" in err
    assert json.loads(out.splitlines()[-1])["kind"] == "KeyboardInterrupt"
    assert studio_jobs.list_jobs(ws)[0].state is JobState.CANCELLED
