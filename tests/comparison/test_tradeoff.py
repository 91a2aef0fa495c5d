import numpy as np
import pytest

from core.comparison.tradeoff import tradeoff_points
from tests.comparison.survey_factory import small_survey


def test_every_way_of_answering_has_its_two_errors():
    data = small_survey(300)
    uniform = {i.key: np.full((300, len(i.answers)), -np.log(len(i.answers))) for i in data.items}
    model = {key: table + np.eye(table.shape[1])[0] for key, table in uniform.items()}
    model = {key: t - np.log(np.exp(t).sum(axis=1, keepdims=True)) for key, t in model.items()}
    found = {p.name: p for p in tradeoff_points(data, model, {"uniform": uniform}, 1.0)}
    assert set(found) == {"model", "expected", "greedy", "uniform"}
    assert found["model"].kl == found["expected"].kl < found["greedy"].kl
    assert found["expected"].rmse < found["model"].rmse
    # everybody's likeliest answer is the first of three: the error is the distance from it
    agree = data.answers["agree"].to_numpy()
    scale = agree[(agree >= 0) & (agree < 3)]
    assert found["greedy"].rmse == pytest.approx(np.sqrt(((scale / 2) ** 2).mean()))
