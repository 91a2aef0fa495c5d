import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.survey.questions import MAX_GRID, Question, QuestionType, band_labels, format_number


def numeric(low, high, **more):
    return Question("n", "How much?", QuestionType.NUMERIC, range=(low, high), **more)


def test_ranks_pass_over_answers_without_substance():
    question = Question("q", "?", QuestionType.ORDINAL, ("Low", "Skip", "High"), None, ("Skip",))
    (item,) = question.items
    assert item.values[0] == 0 and math.isnan(item.values[1]) and item.values[2] == 1
    assert item.is_ordered
    assert item.scale_points[[0, 2]].tolist() == [1, 2]  # steps without numbers of their own count from 1


def test_a_scale_counts_as_its_labels_do():
    labels = ("0 - Never", "1", "2 - Always")
    assert Question("q", "?", QuestionType.ORDINAL, labels).items[0].scale_points.tolist() == [0, 1, 2]
    assert Question("q", "?", QuestionType.ORDINAL, labels[::2]).items[0].first_number is None  # 0, 2


def test_single_answers_have_no_numbers():
    (item,) = Question("q", "?", QuestionType.SINGLE, ("Tea", "Milk")).items
    assert not item.is_ordered and all(map(math.isnan, item.values))


def test_a_numeric_question_has_its_numbers_then_its_refusals():
    (item,) = numeric(0, 2, non_substantive=("Don't know",)).items
    assert item.answers == ("0", "1", "2", "Don't know")
    assert item.values[:3] == (0, 1, 2) and math.isnan(item.values[3])


def test_a_wide_range_has_round_steps():
    assert numeric(0, MAX_GRID - 1).grid == tuple(map(float, range(MAX_GRID)))
    # 0 to 1,000: about 100 steps are 10 each; 0 to 1,100 would be 11 each, the next round step is 20
    assert (len(numeric(0, 1000).grid), numeric(0, 1000).grid[1]) == (101, 10)
    assert (len(numeric(0, 1100).grid), numeric(0, 1100).grid[1]) == (56, 20)


@settings(max_examples=30)
@given(st.integers(-1000, 1000), st.integers(1, 100_000))
def test_a_grid_stays_within_its_range_in_equal_steps(low, width):
    grid = numeric(low, low + width).grid
    steps = {round(b - a, 6) for a, b in zip(grid, grid[1:], strict=False)}
    assert grid[0] == low and low + width - grid[-1] < next(iter(steps))
    assert len(steps) == 1 and len(grid) <= MAX_GRID


def test_options_of_a_multi_select_are_items_of_their_own():
    question = Question("m", "Which?", QuestionType.MULTI, ("Bus", "Car"))
    assert [(item.key, item.part) for item in question.items] == [("m#0", "Bus"), ("m#1", "Car")]


@pytest.mark.parametrize(
    ("bands", "labels"),
    [
        ((18, 30, 45), ("18-29", "30-44", "45+")),
        ((0, 1, 5), ("0", "1-4", "5+")),
        ((0, 0.5, 2), ("0-<0.5", "0.5-<2", "2+")),
    ],
)
def test_bands_are_labelled_by_the_numbers_in_them(bands, labels):
    assert band_labels(bands) == labels


def test_numbers_are_written_without_needless_digits():
    assert [format_number(x) for x in (57.0, 2.5, 0.1 + 0.2, -0.5)] == ["57", "2.5", "0.3", "-0.5"]
