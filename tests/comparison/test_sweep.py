import numpy as np
import pytest

from core.comparison.accuracy import Decoder
from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare
from core.comparison.sweep import population_sweep, sweep
from core.models.temperature import TEMPERATURES
from core.simulation.scores import distinct_profiles
from tests.comparison.survey_factory import small_survey

NAMES = ("uniform", "training_marginals", "logistic_regression")
DATA = small_survey(600, weighted=True)
TEST = DATA.part("test")
BASELINES = fit_baselines(DATA.part("train"), DATA.part("validation"), TEST.profiles, NAMES)
MODEL = BASELINES["logistic_regression"]
GRID = np.array([0.25, 1.0, 2.0])
FOUND = sweep(TEST, MODEL, BASELINES, chosen=0.9, temperatures=GRID)


def question(found, column):
    return next(q for q in found.questions if q.column == column)


@pytest.mark.parametrize("decoder", [Decoder.SAMPLED, Decoder.EXPECTED])
def test_the_curves_pass_through_the_comparison_at_each_temperature(decoder):
    found = sweep(TEST, MODEL, chosen=1, decoder=decoder, temperatures=GRID)
    for i, temperature in enumerate(GRID):
        there = compare(TEST, MODEL, {}, temperature, decoder)
        assert found.nll[i] == pytest.approx(there.overall.model.nll)
        assert found.kl[i] == pytest.approx(there.overall.model.kl)
        assert found.rmse[i] == pytest.approx(there.overall.model.rmse_scaled)
        for q in there.questions:
            assert question(found, q.column).kl[i] == pytest.approx(q.model.kl)
            assert question(found, q.column).floor_kl == pytest.approx(q.floor.kl)


def test_shapes_and_shares():
    assert (FOUND.chosen, FOUND.kl.shape) == (0.9, (3,))
    for q in FOUND.questions:
        assert q.simulated.shape == (3, len(q.answers))
        assert q.real.shape == (len(q.answers),)
        assert set(q.others) == set(BASELINES)
    agree = question(FOUND, "agree")
    assert np.allclose(agree.simulated.sum(axis=1), 1)
    assert np.allclose(agree.others["uniform"], 0.25)
    assert question(FOUND, "liking").simulated.shape == (3, 101)


def test_a_multi_select_shows_who_selects_each_option():
    uses = question(FOUND, "uses")
    assert uses.answers == ("Work", "Shopping", "Leisure")
    selected = (
        (TEST.answers[[f"uses#{i}" for i in range(3)]].to_numpy() == 0).T @ TEST.weights / TEST.weights.sum()
    )
    assert np.allclose(uses.real, selected)
    assert np.allclose(uses.others["uniform"], 0.5)
    assert uses.rmse is None


def test_sampling_costs_more_than_the_mean_answer_and_less_when_cold():
    agree = question(FOUND, "agree")
    assert (agree.rmse_sampled > agree.rmse).all()
    assert question(FOUND, "car").rmse is None


def test_the_default_grid_is_the_shared_one():
    found = sweep(TEST, {"car": MODEL["car"]})
    assert found.temperatures is TEMPERATURES
    assert found.questions[0].simulated.shape == (60, 2)
    assert found.rmse is None


def test_questions_nobody_answered_are_left_out():
    silent = TEST.take(np.arange(20))
    silent.answers["car"] = np.int16(-1)
    found = sweep(silent, {key: table[:20] for key, table in MODEL.items()}, temperatures=GRID)
    assert [q.column for q in found.questions] == ["agree", "liking", "uses"]


def test_a_population_has_shares_and_no_individual_errors():
    people = DATA.part("train").profiles
    tables = fit_baselines(DATA.part("train"), DATA.part("validation"), people, NAMES)
    found = population_sweep(TEST, tables["logistic_regression"], tables, 1.0, temperatures=GRID)
    assert (found.rmse, found.nll, found.rmse_sampled) == (None, None, None)
    assert np.allclose(question(found, "car").real, question(FOUND, "car").real)
    cells, profile_of = distinct_profiles(people)
    by_cell = fit_baselines(DATA.part("train"), DATA.part("validation"), cells, NAMES)["logistic_regression"]
    quick = population_sweep(TEST, by_cell, None, 1.0, weights=np.bincount(profile_of), temperatures=GRID)
    assert np.allclose(quick.kl, found.kl)
