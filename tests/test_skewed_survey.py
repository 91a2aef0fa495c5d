"""The survey of the tests is as awkward as it says."""

import numpy as np
import pytest

from core.comparison.association import associations, real_variables
from core.comparison.compare import compare
from core.survey.routing import find_routing
from core.survey.weights import weighting_efficiency
from tests.skewed_survey import FITTED, RARE, RARE_COUNT, Sheets, skewed_baselines, skewed_survey

DATA = skewed_survey()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_half_of_the_sample_is_left_after_weighting(seed):
    weights = skewed_survey(seed=seed).weights
    assert weights.mean() == pytest.approx(1, abs=0.02)
    assert weighting_efficiency(weights) == pytest.approx(0.5, abs=0.05)


def test_every_answer_moves_by_points_without_the_weights():
    moved = {}
    for item in DATA.items:
        answers = DATA.answers[item.key].to_numpy()
        given = answers >= 0
        plain = np.bincount(answers[given], minlength=len(item.answers)) / given.sum()
        weighted = np.bincount(answers[given], DATA.weights[given], len(item.answers))
        moved[item.key] = np.abs(weighted / weighted.sum() - plain).sum() / 2
    assert min(moved.values()) > 0.05


def test_answers_of_one_person_go_together():
    found = associations(real_variables(DATA, list(DATA.items)), DATA.weights, corrected=True)
    between = found[3:, 3:]  # behind the three demographics
    assert np.nanmean(between) > 0.2


def test_some_sheets_are_there_twice():
    assert DATA.profiles.join(DATA.answers).duplicated().sum() >= 18


def test_a_region_has_four_people():
    assert (DATA.profiles["region"] == RARE).sum() == RARE_COUNT == 4


def test_some_stop_before_the_end_and_are_missing_there():
    missing = {column: int(found.missing.sum()) for column, found in find_routing(DATA).items()}
    assert missing["owns"] == 0 and missing["agree"] == 0
    assert missing["trips"] < missing["liking"] < 0.2 * len(DATA)
    assert missing["liking"] > 0.08 * len(DATA)


def test_all_types_of_questions_and_parts_are_there():
    assert {str(item.type) for item in DATA.items} == {"single", "ordinal", "numeric", "multi"}
    assert set(DATA.split) == {"train", "validation", "test"}


def test_two_fitted_baselines_see_who_answers_what():
    test, tables = skewed_baselines()
    found = compare(test, tables["logistic_regression"], tables).overall.baselines
    for name in FITTED:
        assert found[name].nll < found["training_marginals"].nll - 0.005
    assert abs(found[FITTED[0]].nll - found[FITTED[1]].nll) > 1e-4


def test_sheets_keep_who_weighs_how_much():
    who = np.arange(len(DATA)) % 2 == 0
    for parts, times in (((2,), 2), ((1, 1), 2), ((3, 3), 6), ((4, 1, 1), 6)):
        sheets = Sheets.of(len(DATA), parts, who)
        totals = np.bincount(sheets.rows, sheets.data(DATA).weights)
        assert totals == pytest.approx(DATA.weights * np.where(who, times, 1))
