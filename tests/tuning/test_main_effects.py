"""Main effects: recovered from answers with known odds, weights and all; coded profiles by hand."""

import numpy as np
import pytest

from core.tuning.main_effects import MainEffects, ProfileCodes, fit_main_effects
from tests.tuning.test_targets import CODEBOOK, people, survey


def test_main_effects_find_the_effect_that_is_there_and_no_other():
    fitted = fit_main_effects(
        people(900, effect=1.0), people(300, effect=1.0, seed=1), CODEBOOK.items, seed=0
    )
    odds = fitted.effects["q"][:, 0] - fitted.effects["q"][:, 1]
    assert odds[1] - odds[0] == pytest.approx(2.0, abs=0.45)  # m against f
    assert odds[3] - odds[2] == pytest.approx(0.0, abs=0.3)  # old against young


def test_without_any_effect_a_strong_penalty_is_chosen():
    fitted = fit_main_effects(
        people(300, effect=0.0), people(300, effect=0.0, seed=1), CODEBOOK.items, seed=0
    )
    assert abs(fitted.effects["q"]).max() < 0.2


def test_main_effects_are_those_of_the_weighted_answers():
    """Three in four men say yes by weight and one in four women; half of them by heads."""
    rows = [(sex, "young", answer) for sex in "fm" for answer in (0, 1)] * 200
    weights = [1.0, 3.0, 3.0, 1.0] * 200
    fitted = fit_main_effects(survey(rows, weights), survey(rows, weights), CODEBOOK.items, seed=0)
    odds = fitted.effects["q"][:, 0] - fitted.effects["q"][:, 1]
    assert odds[1] - odds[0] == pytest.approx(2 * np.log(3), abs=0.3)  # m against f
    assert fitted.validation_nll == pytest.approx(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)), abs=0.01)
    heads = fit_main_effects(survey(rows), survey(rows, weights), CODEBOOK.items, seed=0)
    assert heads.effects["q"] == pytest.approx(0, abs=0.1)
    assert heads.validation_nll == pytest.approx(np.log(2), abs=0.01)


def test_profiles_are_coded_side_by_side_and_missing_values_are_zero():
    coded = ProfileCodes.of(survey([("m", "young", 0), (None, "old", 0)]))
    assert coded.codes.tolist() == [[1, 0], [-1, 1]]
    assert (coded.starts.tolist(), coded.width) == ([0, 2], 4)
    assert coded.one_hot().tolist() == [[0, 1, 1, 0], [0, 0, 0, 1]]


def test_effects_of_what_is_shown_are_added():
    effects = {"q": np.array([[1.0, 0.0], [2.0, 0.0], [4.0, 0.0], [8.0, 0.0]])}
    model = MainEffects({"q": np.array([0.5, 0.0])}, effects, 0.1, 0.0)
    assert model.logits("q", np.array([1, 2])).tolist() == [6.5, 0.0]
    assert model.logits("q", np.array([], dtype=int)).tolist() == [0.5, 0.0]
