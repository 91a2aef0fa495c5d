"""Emphasis: the stretch of differences between people, recovered from answers that were given with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.calibration_slope import BOUNDS, Calibration, fit_calibration, stretch_persona_effect
from core.models.temperature import temper


def people(seed, n, items=12, effect=0.6):
    """Scores of `n` people on several questions, and of the person of whom nothing is known."""
    rng = np.random.default_rng(seed)
    no_persona = {f"q{k}": temper(rng.normal(0, 1, 4), 1.0) for k in range(items)}
    return {
        key: temper(z + effect * rng.normal(0, 1, (n, 4)), 1.0) for key, z in no_persona.items()
    }, no_persona


def answered(logprob, seed):
    rng = np.random.default_rng((seed, 1))
    return {
        key: (np.exp(z).cumsum(axis=1) < rng.random((len(z), 1))).sum(axis=1).clip(max=3)
        for key, z in logprob.items()
    }


def test_emphasis_by_hand():
    # odds 4:1 against 1:1 become 16:1 when doubled, and 2:1 when halved
    z, no_persona = np.log([[0.8, 0.2]]), np.log([0.5, 0.5])
    assert np.exp(stretch_persona_effect(z, no_persona, 1.0)) == pytest.approx(np.array([[16 / 17, 1 / 17]]))
    assert np.exp(stretch_persona_effect(z, no_persona, -0.5)) == pytest.approx(np.array([[2 / 3, 1 / 3]]))
    assert stretch_persona_effect(z, no_persona, 0.0) is z


@given(st.floats(-0.5, 1), st.integers(0, 99))
def test_a_person_of_whom_nothing_is_known_answers_as_before(slope_correction, seed):
    _, no_persona = people(seed, 1)
    assert all(
        np.allclose(stretch_persona_effect(z[None], z, slope_correction), z) for z in no_persona.values()
    )


@settings(max_examples=8)
@given(st.sampled_from([-0.3, 0.0, 0.4]), st.sampled_from([0.7, 1.0, 1.4]), st.integers(0, 99))
def test_the_emphasis_and_temperature_of_many_answers_are_found(slope_correction, temperature, seed):
    logprob, no_persona = people(seed, 1500)
    true = {
        key: temper(stretch_persona_effect(z, no_persona[key], slope_correction), temperature)
        for key, z in logprob.items()
    }
    found = fit_calibration(logprob, no_persona, answered(true, seed), np.ones(1500))
    assert found.slope_correction == pytest.approx(slope_correction, abs=0.12)
    assert found.temperature == pytest.approx(temperature, rel=0.1)


def test_a_background_that_carries_nothing_is_not_emphasised():
    logprob, no_persona = people(3, 40, items=3, effect=0.02)
    found = fit_calibration(logprob, no_persona, answered(logprob, 3), np.ones(40))
    assert (
        abs(found.slope_correction) < 0.05
    )  # these answers alone cannot tell: their standard error is above 2


def test_people_who_repeat_each_other_count_once():
    """Ten times the same answers of one person are no more certain than one: the respondent is the unit."""
    logprob, no_persona = people(5, 60, items=1)
    answers = answered({k: stretch_persona_effect(z, no_persona[k], 1.0) for k, z in logprob.items()}, 5)
    many = [
        {f"{k}-{copy}": v for k, v in found.items() for copy in range(10)}
        for found in (logprob, no_persona, answers)
    ]
    once = fit_calibration(logprob, no_persona, answers, np.ones(60))
    assert once.slope_correction > 0.05
    assert fit_calibration(*many, np.ones(60)).slope_correction == pytest.approx(
        once.slope_correction, abs=1e-3
    )


def test_emphasis_stays_within_bounds():
    logprob, no_persona = people(7, 3000)
    tripled = {key: stretch_persona_effect(z, no_persona[key], 2.0) for key, z in logprob.items()}
    found = fit_calibration(logprob, no_persona, answered(tripled, 7), np.ones(3000))
    assert found.slope_correction == BOUNDS[1]


def test_without_answers_or_effects_scores_stay_as_they_are():
    logprob, no_persona = people(0, 5)
    missing = {key: np.full(5, -1) for key in logprob}
    assert fit_calibration(logprob, no_persona, missing, np.ones(5)) == Calibration(1.0, 0.0)
    alike = {key: np.tile(z, (5, 1)) for key, z in no_persona.items()}
    answers = answered(alike, 0)
    assert fit_calibration(alike, no_persona, answers, np.ones(5)).slope_correction == 0.0


def test_missing_answers_and_weights_count_as_in_a_survey():
    logprob, no_persona = people(2, 200)
    answers = answered(logprob, 2)
    twice = {key: np.concatenate([z, z[:50]]) for key, z in logprob.items()}
    doubled = np.concatenate([np.full(50, 2.0), np.ones(150), np.zeros(50)])
    gone = {key: np.concatenate([a, np.full(50, -1)]) for key, a in answers.items()}
    heavy = fit_calibration(twice, no_persona, gone, doubled)
    weights = doubled[:200]
    assert heavy == fit_calibration(logprob, no_persona, answers, weights)
