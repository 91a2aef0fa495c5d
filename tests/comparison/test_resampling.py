import numpy as np
import pytest

from core.comparison.accuracy import Decoder, mean_squared_error, nll
from core.comparison.measures import real_answers, rescale
from core.comparison.resampling import Forecast, Interval, drawn_figures, drawn_means, drawn_weights, interval
from core.survey.codebook import Question, QuestionType
from core.survey.shares import real_shares
from tests.comparison.survey_factory import small_survey

DATA = small_survey(200, weighted=True)
AGREE = DATA.items[1]
DRAWN = drawn_weights(DATA, replicates=5)


def test_respondents_are_drawn_whole_with_their_weights():
    counts = DRAWN / DATA.weights
    assert counts.shape == (6, 200)
    assert counts[0] == pytest.approx(np.ones(200))
    assert counts == pytest.approx(np.round(counts))
    assert counts.sum(axis=1) == pytest.approx(np.full(6, 200))
    assert np.array_equal(drawn_weights(DATA, 5), DRAWN)


def test_one_product_gives_what_every_replicate_alone_would():
    answered = real_answers(AGREE, DATA.answers["agree"].to_numpy(), DATA.weights)
    logprob = np.log(np.random.default_rng(0).dirichlet(np.ones(4), answered.n))
    forecast = Forecast(logprob, error_of=Decoder.SAMPLED)
    drawn = DRAWN[:, answered.rows]
    means = drawn_means(answered, drawn, {"model": forecast})
    found = drawn_figures(answered, means, "model", forecast)
    values = AGREE.value_array[answered.scale]
    on_scale = np.isin(answered.answers, answered.scale)
    person, truth = (
        rescale(np.exp(logprob[on_scale][:, answered.scale])),
        AGREE.value_array[answered.answers[on_scale]],
    )
    for b, weights in enumerate(drawn):
        assert means["real"][b] == pytest.approx(real_shares(answered.answers, weights, 4))
        assert means["model shares"][b] == pytest.approx(np.average(np.exp(logprob), axis=0, weights=weights))
        assert found["nll"][b] == pytest.approx(nll(logprob, answered.answers, weights))
        error = mean_squared_error(person, truth, weights[on_scale], values, Decoder.SAMPLED)
        assert found["rmse"][b] == pytest.approx(np.sqrt(error) / (values[-1] - values[0]))


def test_an_error_is_a_share_of_the_length_of_the_scale():
    """A mean squared error of 1/4 on a scale from 2 to 4: half a step of two."""
    item = Question("q", "?", QuestionType.NUMERIC, range=(2, 4)).items[0]
    answered = real_answers(item, np.array([0, 1, 2, 2]), np.ones(4))
    forecast = Forecast(np.log(np.full((4, 3), 1 / 3)))
    means = drawn_means(answered, np.ones((1, 4)), {"model": forecast}) | {"model error": np.array([[0.25]])}
    assert drawn_figures(answered, means, "model", forecast)["rmse"].tolist() == [0.25]


def test_an_interval_holds_95_of_100_replicates():
    assert interval(np.r_[7.0, np.arange(101.0)]) == Interval(7.0, 2.5, 97.5)
    assert interval(np.array([np.nan, 1.0, 2.0])) == interval(None) == Interval(None, None, None)
