"""Telling respondents from their twins: folds keep a person and their twin together, and weights count."""

from dataclasses import replace

import numpy as np
import pytest

from core.comparison.detection import detectability
from tests.skewed_survey import skewed_survey

DATA = skewed_survey(400)
ITEMS = list(DATA.items)
SAME = {item.key: DATA.answers[item.key].to_numpy() for item in ITEMS}


def test_twins_with_the_answers_of_their_respondents_cannot_be_told_apart():
    """Every row is there once as real and once as simulated, so a classifier that sees both says one half.

    Were the twin in another fold, its answers would be remembered as a real person's.
    """
    found = detectability(DATA, ITEMS, SAME)
    assert (found.auc, found.telling) == (pytest.approx(0.5), ())
    assert found.pmse == pytest.approx(0, abs=1e-20)


def test_people_of_weight_0_give_nothing_away():
    """One in three twins answers otherwise, which shows; but not if these people have no weight."""
    other = np.arange(len(DATA)) % 3 == 0
    twins = {key: np.where(other, len(DATA) % 2, answers) for key, answers in SAME.items()}
    assert detectability(DATA, ITEMS, twins).pmse > 0.02
    found = detectability(replace(DATA, weights=np.where(other, 0.0, DATA.weights)), ITEMS, twins)
    assert found.pmse == pytest.approx(0, abs=1e-20)
    assert found.auc == pytest.approx(0.5)
