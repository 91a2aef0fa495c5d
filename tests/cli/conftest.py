"""Commands in this process, and one pilot run for every test that looks at what it left."""

import json

import numpy as np
import pandas as pd
import pytest

from core.cli.main import main
from tests.cli.process import start


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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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
