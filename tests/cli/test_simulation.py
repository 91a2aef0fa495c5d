"""The commands `simulate`, `compare` and `predictions` on scores written by hand."""

import numpy as np
import pandas as pd

from core.cli.simulation import headline
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


def test_the_headline_has_the_model_first_then_baselines_and_the_floor():
    figures = {"nll": 0.5, "kl": 0.0123, "tv": None, "rmse_scaled": 0.25, "accuracy": 0.6}
    data = {
        "split": "test",
        "temperature": 1.0,
        "overall": {"model": figures, "baselines": {"uniform": {"nll": 1.0986}}, "floor": {"kl": 0.004}},
    }
    header, *lines = [line.split() for line in headline(data).splitlines()]
    assert header[-5:] == ["NLL", "KL", "TV", "RMSE", "accuracy"]
    assert lines == [
        ["simulated", "0.500", "0.012", "0.250", "0.600"],  # no TV: left empty
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
