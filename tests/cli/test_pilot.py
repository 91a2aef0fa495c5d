"""The main job, for real: the embedded model is tuned, simulates, and everything is written."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from core.cli.main import main
from core.comparison.marginals import BASELINES
from core.jobs.status import JobState
from core.studio import adapters, population, publish
from core.studio import jobs as studio_jobs
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs, open_workspace
from tests.hub_server import HubServer

ROOT = Path(__file__).parents[2]


def start(*arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment,
    )  # fmt: skip


@pytest.fixture
def command(capsys):
    """Run a command in this process: what its JSON line holds."""

    def run(*arguments):
        code = main(["--json", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out.splitlines()[-1])

    return run


@pytest.fixture(scope="module")
def survey_file(tmp_path_factory):
    """240 respondents, one question of each type; men drink coffee, women tea."""
    rng = np.random.default_rng(0)
    sex = rng.choice(["Female", "Male"], 240)
    likes_tea = rng.random(240) < np.where(sex == "Female", 0.85, 0.15)
    scale = ["Never", "Sometimes", "Often"]
    table = pd.DataFrame(
        {
            "respondent_id": [f"p{i}" for i in range(240)],
            "sex": sex,
            "age": rng.choice(["18-34", "35-54", "55+"], 240),
            "drink": np.where(likes_tea, "Tea", "Coffee"),
            "often": [scale[i] for i in rng.integers(0, 3, 240)],
            "cups": rng.integers(0, 11, 240),
            "with": rng.choice(["Milk", "Sugar", "Milk | Sugar", "(none selected)"], 240),
        }
    )
    questions = [
        {"column": "drink", "text": "Which do you prefer?", "type": "single", "options": ["Tea", "Coffee"]},
        {"column": "often", "text": "How often do you drink it?", "type": "ordinal", "options": scale},
        {"column": "cups", "text": "How many cups a week?", "type": "numeric", "range": [0, 10]},
        {
            "column": "with",
            "text": "What goes with it?",
            "type": "multi",
            "options": ["Milk", "Sugar"],
        },
    ]
    codebook = {
        "title": "Hot drinks",
        "id_column": "respondent_id",
        "demographics": [
            {"column": "sex", "label": "Sex", "options": ["Female", "Male"]},
            {"column": "age", "label": "Age", "options": ["18-34", "35-54", "55+"], "ordinal": True},
        ],
        "questions": questions,
    }
    folder = tmp_path_factory.mktemp("survey")
    table.to_csv(folder / "drinks.csv", index=False)
    (folder / "codebook.json").write_text(json.dumps(codebook), encoding="utf-8")
    return folder / "drinks.csv"


@pytest.fixture(scope="module")
def pilot(survey_file, tmp_path_factory):
    """One pilot run, shared by the tests that look at what it left: output folder, workspace, JSON."""
    folder = tmp_path_factory.mktemp("pilot")
    arguments = ["--codebook", survey_file.with_name("codebook.json"), "--out", folder / "out"]
    arguments += ["--max-seconds", 8, "--size", 200]
    process = start("--json", "--workspace", folder / "ws", "pilot", survey_file, *arguments)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    answer = json.loads(out.splitlines()[-1])
    return folder / "out", folder / "ws", answer


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
    }
    jobs = command("--workspace", ws, "jobs")["jobs"]
    assert {(j["kind"], j["state"]) for j in jobs} == {
        (kind, "done") for kind in ("tune", "simulate", "assess")
    }


TOKEN = "hf_goodtokengoodtoken"


@pytest.fixture
def hub(tmp_path):
    """A local Hub, and a way to run commands against it with a token."""
    with HubServer() as server:
        server.add_account(TOKEN, "ada")
        place = {
            "HF_ENDPOINT": server.url,
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HOME": str(tmp_path / "hf"),
        }

        def core(folder, *arguments, token=TOKEN):
            process = start("--json", "--workspace", folder, *arguments, HF_TOKEN=token, **place)
            out, err = process.communicate(timeout=180)
            return process.returncode, json.loads(out.splitlines()[-1]), err

        server.run, server.place = core, place
        yield server


def test_a_push_that_cannot_work_is_refused_before_anything_is_taught(hub, pilot):
    _, ws, answer = pilot
    before = len(studio_jobs.list_jobs(open_jobs(ws)))
    for arguments, sentence in (
        (("--push", "acme/drinks"), "cannot write to acme"),
        (("--push", "drinks", "--base", "nobody/nothing"), "The base model cannot be used"),
    ):
        code, refused, err = hub.run(ws, "tune", answer["survey"]["id"], *arguments)
        assert (code, refused["kind"]) == (2, "HubError"), err
        assert sentence in refused["error"]
        assert "Nothing was started" in refused["error"]
    assert len(studio_jobs.list_jobs(open_jobs(ws))) == before
    assert hub.repos == {}


def test_an_adapter_travels_to_the_hub_and_answers_the_same_elsewhere(hub, pilot, tmp_path):
    _, ws, answer = pilot
    run_id, survey_id = answer["run"]["run_id"], answer["survey"]["id"]

    code, refused, err = hub.run(ws, "push", run_id, "ada/drinks", token="hf_wrongwrongwrong")
    assert (code, refused["kind"]) == (2, "HubError")
    assert "does not accept this token" in refused["error"] and "hf_wrong" not in refused["error"] + err
    assert hub.repos == {}
    code, shown, err = hub.run(ws, "push", run_id, "drinks", "--dry-run")
    assert (code, shown["pushed"], shown["repo_id"], hub.repos) == (0, False, "ada/drinks", {}), err
    assert "--adapter ada/drinks" in err, "the card that would be pushed is shown"
    code, pushed, err = hub.run(ws, "push", run_id, "ada/drinks")
    assert (code, pushed["pushed"], pushed["url"]) == (0, True, f"{hub.url}/ada/drinks"), err
    assert hub.repos["ada/drinks"].private
    (record,) = publish.published(open_jobs(ws), run_id)
    assert (record.repo_id, record.revision, record.private) == ("ada/drinks", pushed["revision"], True)

    people = people_of(ws, answer["population"]["population_id"])
    code, told, err = simulate_elsewhere(hub, tmp_path, people)
    assert code == 0, err
    assert told["revision"] == pushed["revision"]
    same_answers_as_the_simulation(
        ws, run_id, answer["population"]["population_id"], tmp_path / "answers.parquet"
    )

    code, pulled, err = hub.run(ws, "pull", "ada/drinks", "--survey", survey_id)
    assert (code, pulled["left_out"]) == (0, []), err
    code, again, err = hub.run(ws, "simulate", pulled["run_id"])
    assert code == 0, err
    first, second = (
        simulations.results(open_jobs(ws), i)
        for i in (answer["simulation"]["simulation_id"], again["simulation_id"])
    )
    assert second.comparison.to_dict()["overall"]["model"]["nll"] == pytest.approx(
        first.comparison.to_dict()["overall"]["model"]["nll"], abs=1e-6
    )
    code, refused, _ = hub.run(ws, "push", pulled["run_id"], "ada/again")
    assert code == 2 and "taught elsewhere and pulled" in refused["error"]

    check_the_snippet_of_the_card(hub, told)
    check_that_no_token_was_written(ws, tmp_path)


def people_of(folder, population_id):
    with open_workspace(folder) as ws:
        return population.people(ws, population_id)


def simulate_elsewhere(hub, tmp_path, people):
    """On another machine's empty workspace: the adapter by its name, people from a file."""
    file = tmp_path / "people.csv"
    people.to_csv(file, index=False)
    out = tmp_path / "answers.parquet"
    return hub.run(
        tmp_path / "other", "simulate", "--adapter", "ada/drinks", "--population", file, "--out", out
    )


def same_answers_as_the_simulation(folder, run_id, population_id, file):
    """To the bit: the same people asked of the same weights, whether through the app or without it."""
    with open_workspace(folder) as ws:
        simulation = simulations.start(ws, run_id, population_id, respondents=())
        assert studio_jobs.wait(ws, simulation).state is JobState.DONE
        expected = adapters.people_answers(ws, simulation)
    found = pd.read_parquet(file)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def check_the_snippet_of_the_card(hub, told):
    """The Python in the pushed card runs as it stands and prints the numbers of its first question."""
    card = hub.repos["ada/drinks"].files["README.md"].decode()
    code = card.split("```python\n")[1].split("```")[0]
    environment = os.environ | hub.place | {"HF_TOKEN": TOKEN}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first = told["questions"][0]
    assert first["text"] in done.stdout
    assert all(row["option"] in done.stdout for row in first["shares"])


def check_that_no_token_was_written(*folders):
    files = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    assert len(files) > 30
    for token in (TOKEN, "hf_wrongwrongwrong"):
        assert not [path for path in files if token.encode() in path.read_bytes()]


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
