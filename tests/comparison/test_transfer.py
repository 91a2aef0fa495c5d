from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from core.comparison.subgroups import subgroups
from core.comparison.transfer import Effects, _targets, design, effects, least_squares, transfer
from core.survey.codebook import Question, QuestionType
from tests.comparison.fitted_methods import CAR, ITEMS, METHODS, TEST


def test_regressions_are_those_of_statsmodels():
    rng = np.random.default_rng(2)
    x = np.c_[np.ones(150), rng.integers(0, 2, (150, 3))]
    y, weights = x @ [1, 0.5, 0, -1] + rng.normal(0, 1 + x[:, 1], 150), rng.uniform(0.3, 2, 150)
    theirs = sm.WLS(y, x, weights=weights).fit(cov_type="HC3")
    ours, error = least_squares(x, y, weights)
    assert ours == pytest.approx(theirs.params)
    assert error == pytest.approx(theirs.bse)


def test_effects_transfer_from_the_right_model_and_not_from_the_marginals():
    found = transfer(effects(TEST, ITEMS, METHODS))
    right, flat = found.methods["logistic_regression"], found.methods["training_marginals"]
    assert right.sign_agreement > 0.5
    assert right.slope == pytest.approx(1, abs=0.35)
    assert flat.sign_agreement is None
    assert flat.slope == pytest.approx(0, abs=1e-6)
    assert right.excluded < flat.excluded


def test_categories_that_nearly_repeat_each_other_are_regressed_once():
    """Four people differ between the two; without the rule those four decide both effects of every answer."""
    area = TEST.profiles["area"].to_numpy()
    nearly = np.where(np.arange(len(TEST)) < 4, np.where(area == "City", "Country", "City"), area)
    twice = TEST.profiles.assign(sex=np.where(nearly == "City", "Female", "Male"))
    # intercept, sex, three of age (missing is one) and, where it is not nearly sex, area
    assert (design(TEST.profiles, TEST).shape[1], design(twice, TEST).shape[1]) == (6, 5)


def test_unrelated_answers_have_five_percent_of_effects_and_no_slope():
    rng = np.random.default_rng(4)
    mixed = replace(TEST, profiles=TEST.profiles.iloc[rng.permutation(len(TEST))].reset_index(drop=True))
    found = transfer(effects(mixed, ITEMS, METHODS))
    assert found.significant / found.coefficients < 0.15
    assert found.methods["training_marginals"].slope is None
    assert subgroups(mixed, CAR, METHODS).methods["model"].slope is None


def test_signs_slope_and_excluded_intervals_by_hand():
    """z is 10, -10, 1, 20: three clear effects, one with the wrong sign; squares less 1 add up to 597."""
    simulated = np.array([0.5, 0.5, -5, 2.1])
    found = transfer(Effects(np.array([1, -1, 0.1, 2]), np.full(4, 0.1), {"model": simulated}))
    assert (found.coefficients, found.significant) == (4, 3)
    figures = found.methods["model"]
    assert figures.sign_agreement == pytest.approx(2 / 3)
    assert figures.slope == pytest.approx((10 * 5 - 10 * 5 - 1 * 50 + 20 * 21) / 597)
    assert figures.excluded == 3 / 4


def test_a_scale_is_regressed_as_the_place_from_0_to_1_and_two_options_as_the_first():
    scale = Question("q", "?", QuestionType.NUMERIC, range=(2, 4), non_substantive=("Don't know",)).items[0]
    table = np.array([[0.2, 0.3, 0.5, 0], [0.4, 0.1, 0, 0.5]])
    # 0.3 / 2 + 0.5; without the half who do not know, 0.2 / 2
    assert _targets(scale, table) == pytest.approx(np.array([[0.65], [0.1]]))
    (car,) = CAR
    assert _targets(car, np.array([[0.3, 0.7]])).tolist() == [[0.3]]
