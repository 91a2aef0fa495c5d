import numpy as np
import pytest

from core.results.tables import people_shares, people_table
from core.studio import simulation as simulations
from tests.tea_model import MEN, WOMEN

pytest_plugins = ("tests.simulation_fixtures",)


def test_predictions_hold_one_row_per_legal_answer(workspace, simulation):
    frame = simulations.predictions(workspace, simulation)
    data = simulations.results(workspace, simulation).scored.data
    assert len(frame) == len(data) * (3 + 2)
    first = frame[frame["respondent_id"] == data.ids[0]]
    chances = WOMEN if data.profiles["sex"][0] == "Female" else MEN
    tea = first[first["question"] == "tea"]
    assert dict(zip(tea["option"], np.exp(tea["logprob"]), strict=True)) == pytest.approx(
        dict(zip(("Yes", "No", "Sometimes"), chances, strict=True))
    )
    selected = first[first["question"] == "with"]
    assert dict(zip(selected["option"], np.exp(selected["logprob"]), strict=True)) == pytest.approx(
        {"Milk": 0.9, "Sugar": 0.9}
    )


def test_shares_and_rows_of_the_population_are_its_own(workspace, simulation):
    scored = simulations.results(workspace, simulation).scored
    tea, _ = people_shares(scored, temperature=1.0)
    assert list(tea.shares.values()) == pytest.approx(0.8 * np.array(WOMEN) + 0.2 * np.array(MEN))
    rows = people_table(scored)
    assert len(rows) == 50 * (3 + 2)
    tea_rows = rows[rows["question"] == "tea"]["logprob"].to_numpy().reshape(50, 3)
    assert np.exp(tea_rows).sum(axis=1) == pytest.approx(np.ones(50))
