"""The commands `simulate`, `compare` and `predictions` on scores written by hand."""

import numpy as np
import pandas as pd

from core.cli.simulation import headline
from core.comparison.accuracy import Decoder
from core.comparison.comparison import Comparison, QuestionComparison
from core.comparison.figures import Figures, FloorFigures
from core.survey.questions import QuestionType
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


def test_the_headline_has_the_model_first_then_baselines_and_the_floor():
    figures = Figures(nll=0.5, kl=0.0123, rmse_scaled=0.25, accuracy=0.6)  # no TV: left empty
    tea = QuestionComparison(
        "tea",
        "Tea?",
        QuestionType.SINGLE,
        10,
        10.0,
        figures,
        {"uniform": Figures(nll=1.0986)},
        FloorFigures(kl=0.004),
    )
    found = headline(Comparison((tea,), 1.0, Decoder.EXPECTED, "test"))
    header, *lines = [line.split() for line in found.splitlines()]
    assert header[-5:] == ["NLL", "KL", "TV", "RMSE", "accuracy"]
    assert lines == [
        ["simulated", "0.500", "0.012", "0.250", "0.600"],
        ["uniform", "1.099"],
        ["noise", "floor", "0.004"],
    ]


def test_predictions_are_the_models_own_chances(core, simulation, tmp_path):
    code, found, _ = core("predictions", simulation, "--out", tmp_path / "new" / "p.parquet")
    frame = pd.read_parquet(found["out"])
    assert (code, found["rows"], found["respondents"]) == (0, len(frame), frame["respondent_id"].nunique())
    tea = frame[frame["question"] == "tea"]
    chances = np.exp(tea["logprob"].to_numpy()).reshape(-1, 3).round(6)
    assert {tuple(row) for row in chances.tolist()} == {WOMEN, MEN}


def test_a_run_or_an_adapter_is_named_but_not_both(core):
    for arguments in ((), ("run", "--adapter", "ada/tea")):
        code, answer, _ = core("simulate", *arguments)
        assert code == 2
        assert "Name a run to simulate with, or an adapter" in answer["error"]
    code, answer, _ = core("simulate", "--adapter", "ada/tea")
    assert (code, "There is nobody to ask" in answer["error"]) == (2, True)
