"""What validation answers decide, by hand."""

import numpy as np
import pytest

from core.tuning.answer_layout import AnswerLayout
from core.tuning.held_answers import FOLDS, HeldAnswers
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stack_members import fit_members
from tests.tuning.test_targets import CODEBOOK, people, survey

# three respondents and two items, five answers, two members
ANSWERS = np.array([[0, 2], [1, -1], [1, 3]])
GIVEN = np.array([[0.5, 0.1], [0.5, 0.1], [0.5, 0.1], [0.5, 0.1], [0.5, 0.1]])


def held(weights=(1.0, 1.0, 1.0), within=(1.0, 1.0, 1.0, 1.0, 1.0)) -> HeldAnswers:
    return HeldAnswers(np.zeros((3, 1), int), ANSWERS, np.array(weights), GIVEN, np.array(within))


def test_the_nll_is_a_mean_over_items_of_weighted_means():
    losses = np.array([1.0, 2.0, 3.0, 5.0, 4.0])  # respondent 0: 1 and 2; respondent 1: 3; respondent 2: 5, 4
    assert held().mean_nll(losses) == pytest.approx(((1 + 3 + 5) / 3 + (2 + 4) / 2) / 2)
    assert held((2.0, 1.0, 1.0)).mean_nll(losses) == pytest.approx(((2 + 3 + 5) / 4 + (4 + 4) / 3) / 2)
    # an answer that is half of its band is log 2 harder to predict
    assert held(within=(1, 0.5, 1, 1, 1)).mean_nll(losses) == pytest.approx(3 + np.log(2) / 4)


def test_nobody_has_no_nll():
    nobody = HeldAnswers(
        np.zeros((0, 1), int), np.zeros((0, 2), int), np.zeros(0), np.zeros((0, 2)), np.zeros(0)
    )
    assert np.isnan(nobody.mean_nll(np.zeros(0)))
    assert nobody.mixture(np.zeros(0, dtype=bool)).tolist() == [0.5, 0.5]


def test_the_better_member_gets_more_and_the_more_the_more_it_is_seen():
    few, all_of_them = held().mixture(np.array([True, False, False])), held().mixture(np.ones(3, dtype=bool))
    assert 0.5 < few[0] < all_of_them[0] < 0.75 + 1e-9


def test_a_respondent_is_predicted_by_mixtures_of_the_others():
    """Only one fold's own answers speak for the second member: the others give it less than a half."""
    n = 4 * FOLDS
    given = np.tile([0.5, 0.1], (n, 1))
    given[::FOLDS] = [0.1, 0.5]
    found = HeldAnswers(np.zeros((n, 1), int), np.zeros((n, 1), int), np.ones(n), given, np.ones(n))
    crossed = found.crossed()
    alone = found.mixture(np.arange(n) % FOLDS != 0)
    assert crossed[0] == pytest.approx(given[0] @ alone)
    assert crossed[0] < given[0] @ found.mixture(np.ones(n, dtype=bool))


def test_answers_are_read_with_their_profiles_and_weights():
    train = people(200, effect=1.0)
    layout = AnswerLayout.of(train, CODEBOOK.items)
    codes, columns = ProfileCodes.of(train).codes, layout.columns(train)
    members = fit_members(codes, columns, layout.answer_weights(train), layout, CODEBOOK, products=False)
    found = HeldAnswers.of(survey([("m", "old", 0), ("f", "old", -1)], [3.0, 1.0]), [members], layout)
    assert found.rows.tolist() == [0] and found.codes.tolist() == [[1, 1], [0, 1]]
    assert found.weights.tolist() == pytest.approx([1.2, 0.4])  # 16 / 10 in all
    assert found.given[0] == pytest.approx(members.given(np.array([[1, 1]]), layout, np.array([[0]]))[0])
