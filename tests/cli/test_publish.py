"""An adapter is pushed to a local Hub, pulled, and asked elsewhere: `push`, `pull` and `simulate`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.jobs.status import JobState
from core.studio import adapters, population, publish
from core.studio import jobs as studio_jobs
from core.studio import simulation as simulations
from core.studio.workspace import open_jobs, open_workspace
from tests.cli.process import ROOT, start
from tests.hub_server import HubServer

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
