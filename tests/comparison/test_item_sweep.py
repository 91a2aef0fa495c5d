import numpy as np
import pytest

from core.comparison import item_sweep
from core.comparison.accuracy import Decoder, nll
from core.comparison.item_sweep import people_sweep, respondents_sweep
from core.comparison.measures import real_answers
from core.models.temperature import temper
from tests.comparison.survey_factory import small_survey

DATA = small_survey(60, weighted=True)
ANSWERED = real_answers(DATA.items[1], DATA.answers["agree"].to_numpy(), DATA.weights)
LOGPROB = np.log(np.random.default_rng(1).dirichlet(np.ones(4), ANSWERED.n))
GRID = np.array([0.5, 1.0, 2.0])


def test_each_point_is_the_figure_at_that_temperature():
    found = respondents_sweep(ANSWERED, LOGPROB, {}, GRID, Decoder.EXPECTED)
    for t, temperature in enumerate(GRID):
        table = temper(LOGPROB, temperature)
        mean = np.average(np.exp(table), axis=0, weights=ANSWERED.weights)
        assert found.simulated[t] == pytest.approx(mean)
        assert found.individual["nll"][t] == pytest.approx(nll(table, ANSWERED.answers, ANSWERED.weights))
    assert (found.individual["rmse"] < found.individual["rmse_sampled"]).all()


def test_a_tempering_of_its_own_and_small_chunks_change_nothing(monkeypatch):
    whole = respondents_sweep(ANSWERED, LOGPROB, {}, GRID, Decoder.GREEDY)
    monkeypatch.setattr(item_sweep, "_AT_ONCE", 1)  # one temperature at a time
    for tempering in (None, temper):
        found = respondents_sweep(ANSWERED, LOGPROB, {}, GRID, Decoder.GREEDY, tempering)
        assert found.simulated == pytest.approx(whole.simulated)
        for name, curve in found.individual.items():
            assert curve == pytest.approx(whole.individual[name])


def test_a_profile_counts_as_often_as_people_have_it():
    logprob = np.log([[0.7, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.7]])
    found = people_sweep(ANSWERED, logprob, {}, np.ones(1), np.array([3.0, 1.0]))
    assert found.simulated[0] == pytest.approx([0.55, 0.1, 0.1, 0.25])
    assert found.individual == {}
    # on the scale 1, 2, 3 the shares are 11/15, 2/15 and 2/15
    shares, steps = np.array([11, 2, 2]) / 15, np.arange(1.0, 4.0)
    variance = shares @ steps**2 - (shares @ steps) ** 2
    said = ANSWERED.answers < 3
    real, weights = ANSWERED.answers[said] + 1.0, ANSWERED.weights[said]
    spread = np.average((real - np.average(real, weights=weights)) ** 2, weights=weights)
    assert found.sd_ratio[0] == pytest.approx(np.sqrt(variance / spread))
