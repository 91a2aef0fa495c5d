import numpy as np
import pytest

from core.survey.example_answers import LEANINGS, Choice, Scale, Slider, Ticks, group_probabilities

NEUTRAL = np.zeros((1, len(LEANINGS)))
OPEN = np.array([[1.0, 0, 0, 0, 0]])
NO_SLOPES = (0.0,) * len(LEANINGS)
OPENNESS = (1.0, 0.0, 0.0, 0.0, 0.0)


def chances(rule, lean=NEUTRAL, shift=0.0):
    return np.exp(rule.log_probabilities(lean, shift))


def test_a_scale_by_hand():
    # cumulative logit with cuts at ln(1/3) and ln(3): below them 1/4 and 3/4
    scale = Scale((-np.log(3), np.log(3)), OPENNESS)
    assert chances(scale) == pytest.approx(np.array([[0.25, 0.5, 0.25]]))
    # one point up, by leaning or by group: 1/(1 + 3e) and 1/(1 + e/3) below
    below = np.array([1 / (1 + 3 * np.e), 1 / (1 + np.e / 3)])
    expected = np.array([[below[0], below[1] - below[0], 1 - below[1]]])
    assert chances(scale, OPEN) == pytest.approx(expected)
    assert chances(scale, shift=1.0) == pytest.approx(expected)


def test_an_unsure_option_takes_a_constant_share():
    found = chances(Scale((0.0,), NO_SLOPES, unsure=0.1))
    assert found == pytest.approx(np.array([[0.45, 0.45, 0.1]]))


def test_choice_and_ticks_by_hand():
    rows = ((0.0, *NO_SLOPES, 0.0), (np.log(3), *OPENNESS, 2.0))
    assert chances(Choice(rows)) == pytest.approx(np.array([[1 / 4, 3 / 4]]))
    assert chances(Choice(rows), OPEN, 1.0)[0, 1] == pytest.approx(3 * np.e**3 / (1 + 3 * np.e**3))
    assert chances(Ticks(rows)) == pytest.approx(np.array([[[1 / 2, 1 / 2], [3 / 4, 1 / 4]]]))


def test_a_slider_heaps_on_the_tens_around_its_centre():
    found = chances(Slider(100, 50, NO_SLOPES, 0.0, 8.0, heaped=0.6))[0]
    numbers = np.arange(101)
    assert found.sum() == pytest.approx(1) and found @ numbers == pytest.approx(50)
    assert found[numbers % 10 == 0].sum() == pytest.approx(0.64, abs=0.002)  # 60 % and a tenth of the rest
    assert found == pytest.approx(found[::-1])


def test_hidden_groups_of_a_neutral_profile():
    expected = np.exp([-0.3, 0.4, -0.2])
    assert group_probabilities(NEUTRAL)[0] == pytest.approx(expected / expected.sum())
    enthusiasts = group_probabilities(np.vstack([NEUTRAL, OPEN]))[:, 0]
    assert enthusiasts[1] > enthusiasts[0]
