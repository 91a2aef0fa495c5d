"""Detection of simulated respondents: folds keep a person and their match together, and weights count."""

from dataclasses import replace

import numpy as np
import pytest

from core.comparison.detection import detectability, draw_matched
from tests.comparison.fitted_methods import METHODS, TEST
from tests.skewed_survey import skewed_survey

DATA = skewed_survey(400)
ITEMS = list(DATA.items)
SAME = {item.key: DATA.answers[item.key].to_numpy() for item in ITEMS}


def test_matches_with_the_answers_of_their_respondents_cannot_be_distinguished():
    """Every row is there once as real and once as simulated, so a classifier that sees both says one half.

    Were the match in another fold, its answers would be remembered as a real person's.
    """
    found = detectability(DATA, ITEMS, SAME)
    assert (found.auc, found.telling) == (pytest.approx(0.5), ())
    assert found.pmse == pytest.approx(0, abs=1e-20)


def test_people_of_weight_0_give_nothing_away():
    """One in three matches answers otherwise, which shows; but not if these people have no weight."""
    other = np.arange(len(DATA)) % 3 == 0
    simulated = {key: np.where(other, len(DATA) % 2, answers) for key, answers in SAME.items()}
    assert detectability(DATA, ITEMS, simulated).pmse > 0.02
    found = detectability(replace(DATA, weights=np.where(other, 0.0, DATA.weights)), ITEMS, simulated)
    assert found.pmse == pytest.approx(0, abs=1e-20)
    assert found.auc == pytest.approx(0.5)


def test_answers_of_the_right_model_pass_and_uniform_ones_do_not():
    items = list(TEST.items)
    few, tables = TEST.take(np.arange(250)), {k: t[:250] for k, t in METHODS["model"].items()}
    right = detectability(few, items, draw_matched(few, items, tables, 1))
    uniform = {i.key: np.full((250, len(i.answers)), 1 / len(i.answers)) for i in items}
    wrong = detectability(few, items, draw_matched(few, items, uniform, 1))
    assert right.auc < 0.6 < wrong.auc
    assert right.pmse < wrong.pmse <= 0.25
    assert wrong.telling[0].column in {i.column for i in items}
