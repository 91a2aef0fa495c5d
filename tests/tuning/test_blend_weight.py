"""Weight of the teacher: the mean of a curve worked by hand, and what few and many respondents do to it."""

import numpy as np
import pytest

from core.tuning.blend_weight import GRID, _moments, _scale, fit_blend_weight


def tables(probability, n):
    """Everybody is given this probability of the first of two answers."""
    return {"q": np.log(np.tile([probability, 1 - probability], (n, 1)))}


def test_the_posterior_mean_by_hand():
    """Eight people give the first answer, with 0.4 by the model and 0.8 by the teacher: (0.4 + 0.4 w) ** 8.

    All slopes are equal, so nothing is scaled. With a flat prior the mean is that of (1 + w) ** 8 on 0 to 1:
    the integral of w (1 + w) ** 8, which is (2 ** 10 - 1) / 10 - (2 ** 9 - 1) / 9, over (2 ** 9 - 1) / 9.
    """
    found = fit_blend_weight(tables(0.4, 8), tables(0.8, 8), {"q": np.zeros(8, int)}, np.ones(8))
    area = (2**9 - 1) / 9
    assert found == pytest.approx(((2**10 - 1) / 10 - area) / area, abs=0.005)


def test_without_answers_it_is_half_and_half():
    missing = {"q": np.full(3, -1)}
    assert fit_blend_weight(tables(0.4, 3), tables(0.8, 3), missing, np.ones(3)) == pytest.approx(0.5)
    assert fit_blend_weight({}, {}, {}, np.array([])) == 0.5
    assert fit_blend_weight(tables(0.4, 2), tables(0.8, 2), {"q": np.zeros(2, int)}, np.zeros(2)) == 0.5


def test_one_respondent_decides_nothing():
    assert fit_blend_weight(tables(0.1, 1), tables(0.9, 1), {"q": np.array([0])}, np.ones(1)) == 0.5


def test_two_models_that_agree_are_half_and_half():
    answers = {"q": np.arange(50) % 2}
    assert fit_blend_weight(tables(0.4, 50), tables(0.4, 50), answers, np.ones(50)) == pytest.approx(0.5)


def differing(n, right, seed, items=1):
    """Model and teacher that see two different halves of who says yes, the teacher with the share `right`."""
    rng = np.random.default_rng(seed)
    one, other = rng.normal(0, 1, (n, 1)), rng.normal(0, 1, (n, 1))
    logit = (1 - right) * one + right * other

    def table(z):
        return np.log(np.hstack([1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))]))

    answers = {f"q{k}": (rng.random(n) > np.exp(table(logit)[:, 0])).astype(int) for k in range(items)}
    return (dict.fromkeys(answers, table(z)) for z in (one, other)), answers


@pytest.mark.parametrize(("right", "low", "high"), [(0.0, 0.0, 0.1), (0.5, 0.4, 0.6), (1.0, 0.9, 1.0)])
def test_many_respondents_find_who_is_right(right, low, high):
    (model, teacher), answers = differing(6000, right, 1)
    assert low <= fit_blend_weight(model, teacher, answers, np.ones(6000)) <= high


def test_thirty_respondents_stay_near_one_half():
    found = []
    for seed in range(20):
        (model, teacher), answers = differing(30, 0.5, seed)
        found.append(fit_blend_weight(model, teacher, answers, np.ones(30)))
    assert 0.4 < np.mean(found) < 0.6
    assert 0.15 < min(found) and max(found) < 0.85


def test_a_question_asked_ten_times_says_what_it_says_once():
    """Copies of an answer are no further evidence: without the scaling the weight moves towards an end."""
    (model, teacher), answers = differing(100, 0.8, 3)
    once = fit_blend_weight(model, teacher, answers, np.ones(100))
    copied = [{f"q{k}": part["q0"] for k in range(10)} for part in (model, teacher, answers)]
    assert fit_blend_weight(*copied, np.ones(100)) == pytest.approx(once, abs=0.03)
    likelihood, _, _ = _moments(*copied, np.ones(100))
    unscaled = np.exp(likelihood - likelihood.max())
    assert abs(unscaled @ GRID / unscaled.sum() - 0.5) > abs(once - 0.5) + 0.05


def test_the_scale_by_hand():
    """Slopes 1, 1, -2 of equal people: variance 3 * 6 / 2 = 9 against a curvature of 3."""
    assert _scale(np.array([1.0, 1.0, -2.0]), 3.0, np.ones(3)) == pytest.approx(1 / 3)
    assert _scale(np.array([1.0, 1.0, -2.0]), 30.0, np.ones(3)) == 1.0  # no more evidence than there is
