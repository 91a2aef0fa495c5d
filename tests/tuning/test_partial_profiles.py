"""Partly hidden profiles: expectations by hand, chains, averages over people alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tuning.answer_layout import AnswerLayout
from core.tuning.partial_profiles import Expectation, fit_partial_profiles
from core.tuning.profile_codes import ProfileCodes
from tests.tuning.test_targets import CODEBOOK, survey

SIZES = np.array([2, 3, 2])
CODES = np.random.default_rng(0).integers(0, SIZES, (400, 3))
CODES[:, 2] = np.where(np.random.default_rng(1).random(400) < 0.9, CODES[:, 0], 1 - CODES[:, 0])
CODES[:20, 1] = -1


ONE_HOT = np.concatenate([CODES[:, [k]] == np.arange(size) for k, size in enumerate(SIZES)], axis=1)
FOUND = Expectation.of(ONE_HOT.astype(float), SIZES, np.ones(len(CODES)))


def test_what_is_hidden_is_expected_from_what_is_shown():
    """Of the first of the third demographic's options, 90 % where the first is option 0."""
    features = FOUND.of_profiles(np.array([[0, -1, -1], [-1, -1, -1], [0, 1, 0]]))
    share = (CODES[:, 2] == 0)[CODES[:, 0] == 0].mean()
    assert features[0, 5] + FOUND.centre[5] == pytest.approx(share, abs=0.02)
    assert not features[1].any()  # nothing known: everybody's mean
    # all known: the profile itself, less the means, and all of the variance
    assert features[2, :7] + FOUND.centre == pytest.approx([1, 0, 0, 1, 0, 1, 0])
    assert features[2, 7] == pytest.approx(1.0)


@given(st.permutations([0, 1, 2]), st.integers(0, 3), st.sampled_from(range(20, 60)))
def test_a_chain_is_its_profiles_one_by_one(order, length, person):
    shown = order[:length]
    chain = FOUND.chain(CODES[person], shown)
    rows = np.full((length + 1, 3), -1)
    for k in range(1, length + 1):
        rows[k:, shown[k - 1]] = CODES[person, shown[k - 1]]
    assert chain == pytest.approx(FOUND.of_profiles(rows), abs=1e-9)


def test_without_demographics_there_is_nothing_to_expect():
    found = Expectation.of(np.zeros((9, 0)), np.zeros(0, int), np.ones(9))
    assert found.of_profiles(np.zeros((2, 0), int)).tolist() == [[0.0], [0.0]]
    assert found.chain(np.zeros(0, int), []).tolist() == [[0.0]]


def test_predictions_are_the_average_over_people_alike():
    """Yes by sex alone: 90 % of men, 20 % of women; seven in ten of the old are men, three of the young.

    Shown age alone, people of that age are averaged: it takes over what it knows about sex.
    """
    rng = np.random.default_rng(0)
    old = rng.random(3000) < 0.5
    man = rng.random(3000) < np.where(old, 0.7, 0.3)
    chance = np.where(man, 0.9, 0.2)
    answer = (rng.random(3000) > chance).astype(int)
    train = survey(
        list(zip(np.array(["f", "m"])[man * 1], np.array(["young", "old"])[old * 1], answer, strict=True))
    )
    layout = AnswerLayout.of(train, CODEBOOK.items)
    coded = ProfileCodes.of(train)
    found = fit_partial_profiles(
        Expectation.of(coded.one_hot().astype(float), np.array([2, 2]), np.ones(3000)),
        coded.codes,
        np.stack([chance, 1 - chance], axis=1),
        layout.answer_weights(train),
        layout,
        seed=0,
    )
    asked = np.array([[-1, -1], [-1, 1], [-1, 0], [1, -1], [0, -1], [1, 1], [0, 1]])
    yes = found.probability(asked, np.arange(2), layout.sizes)[:, 0]
    assert yes[0] == pytest.approx(layout.shares()[0], abs=1e-12)
    assert yes[1:3] == pytest.approx([chance[old].mean(), chance[~old].mean()], abs=0.03)
    assert yes[3:] == pytest.approx([0.9, 0.2, 0.9, 0.2], abs=0.03)
