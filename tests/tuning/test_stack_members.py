"""Mixture weights by hand; members against what they are made of."""

import numpy as np
import pytest

from core.tuning.answer_layout import AnswerLayout
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stack_members import PENALTIES, fit_members, mixture
from tests.tuning.test_targets import CODEBOOK, people


def test_the_mixture_by_hand():
    """Three answers only the first member explains, one only the second: 3/4 to 1/4, drawn halfway to 1/2."""
    given = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]])
    assert mixture(given, np.ones(4), 0.0).tolist() == pytest.approx([0.625, 0.375])
    # with 4 answers that both explain: 5/8 to 3/8
    assert mixture(given, np.ones(4), 4.0).tolist() == pytest.approx([0.5625, 0.4375])


def test_weight_two_is_the_answer_twice():
    given = np.random.default_rng(0).random((40, 3))
    twice = mixture(np.vstack([given, given[:20]]), np.ones(60), 0.0)
    assert mixture(given, np.repeat([2.0, 1.0], 20), 0.0) == pytest.approx(twice)


def test_without_answers_all_members_weigh_the_same():
    assert mixture(np.zeros((0, 4)), np.zeros(0), 0.0).tolist() == [0.25] * 4
    assert mixture(np.ones((2, 4)), np.zeros(2), 0.0).tolist() == [0.25] * 4


def test_members_follow_the_answers_the_less_the_stronger_the_penalty():
    train = people(600, effect=1.0)
    layout = AnswerLayout.of(train, CODEBOOK.items)
    codes, columns = ProfileCodes.of(train).codes, layout.columns(train)
    members = fit_members(codes, columns, layout.answer_weights(train), layout, CODEBOOK, products=False)
    assert members.effects.shape[0] == len(PENALTIES) and members.weights.sum() == pytest.approx(0.5)
    asked = np.array([[1, 0], [0, 1]])
    # probability that a man says yes, by each member: (S,)
    man = members.given(asked, layout, np.array([[0], [1]]))[0]
    assert man[0] < man[1] < 1 / (1 + np.exp(-1.0)) + 0.05
    assert (man > 0.55).all()
    mixed = members.mixed(asked, layout, [0])
    assert mixed[0, 0] == pytest.approx(members.weights @ man)
    assert mixed.sum(axis=1) == pytest.approx(0.5)
