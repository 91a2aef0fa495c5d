import math

import pytest

from core.survey.labels import find_label, label_key, match_labels, parse_number


@pytest.mark.parametrize("text", ["Don\u2019t  know", " Don't know\n", "Don\u00b4t\u00a0know", "Don't know"])
def test_spaces_quotes_and_letter_encoding_are_not_seen(text):
    assert label_key(text) == "Don't know"


def test_an_accent_of_its_own_is_the_same_letter():
    assert label_key("Me\u0301xico") == label_key("M\u00e9xico") != label_key("Mexico")


@pytest.mark.parametrize(("text", "number"), [("57", 57), (" -.5 ", -0.5), ("1e3", 1000), ("+2.", 2)])
def test_numbers(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "nan", "inf", "1,5", "1_000", "5 km", "0x10", "1e999", "٣ x"])
def test_what_is_no_number(text):
    assert math.isnan(parse_number(text))


def test_a_label_is_found_by_itself_before_any_lookalike():
    positions = match_labels(("Yes", "Yes ", "No"))
    assert [find_label(text, positions) for text in ("Yes", "Yes ", "No ")] == [0, 1, 2]
    assert find_label("Yes", match_labels((" Yes", "Yes ", "No"))) is None  # two lookalikes: it is neither


def test_a_decimal_finds_the_whole_number():
    assert find_label("1.0", match_labels(("0", "1"))) == 1
    assert find_label("1.5", match_labels(("0", "1"))) is None
