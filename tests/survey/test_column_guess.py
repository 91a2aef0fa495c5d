import pandas as pd
import pytest

from core.survey.codebook import QuestionType
from core.survey.column_guess import choose_bands, guess_column


def column(cells, name="q"):
    return pd.Series(cells, name=name, dtype="str")


def guess(cells, name="q"):
    return guess_column(column(cells, name))


def test_yes_and_no_stay_text_and_yes_comes_first():
    found = guess(["No", "No", "Yes", None])
    assert (found.type, found.options) == (QuestionType.SINGLE, ("Yes", "No"))


def test_single_options_stand_by_frequency_with_other_and_refusals_last():
    cells = ["Other"] * 9 + ["Don't know"] * 8 + ["Petrol"] * 2 + ["Diesel"] * 3
    found = guess(cells)
    assert found.options == ("Diesel", "Petrol", "Other", "Don't know")
    assert found.refusals == ("Don't know",)


def test_a_late_refusal_stays_a_legal_answer_of_a_numeric_question():
    found = guess([str(i % 97) for i in range(500)] + ["Refused"])
    assert (found.type, found.range, found.refusals) == (QuestionType.NUMERIC, (0, 100), ("Refused",))


@pytest.mark.parametrize(
    ("cells", "options"),
    [
        (["1", "5", "3", "2"], ("1", "2", "3", "4", "5")),
        (["0", "10", "7", "3"], tuple(str(i) for i in range(11))),
        (["0", "9", "5", "2"], tuple(str(i) for i in range(11))),
        (["1.0", "7.0", "4.0"], ("1", "2", "3", "4", "5", "6", "7")),
    ],
)
def test_a_short_scale_of_numbers_is_ordinal_with_its_gaps_filled(cells, options):
    found = guess(cells)
    assert (found.type, found.options) == (QuestionType.ORDINAL, options)


def test_zero_and_one_are_two_names():
    assert guess(["0", "1", "0"]).type is QuestionType.SINGLE


@pytest.mark.parametrize(
    ("low", "high", "limits"),
    [(0, 100, (0, 100)), (3, 88, (0, 100)), (0, 45, (0, 50)), (18, 130, (0, 150)), (-5, 40, (-10, 40))],
)
def test_numeric_limits_are_round_and_hold_every_answer(low, high, limits):
    assert guess([str(low), str(high), str((low + high) // 2), "12"]).range == limits


@pytest.mark.parametrize("separator", [" | ", "; ", ";"])
def test_select_all_that_apply_is_recognised_by_its_parts(separator):
    cells = [separator.join(parts) for parts in (["A", "B"], ["A"], ["B", "C"], ["C"], ["A", "B", "C"])]
    found = guess(cells + cells)
    assert found.type is QuestionType.MULTI and set(found.options) == {"A", "B", "C"}


def test_options_that_contain_a_semicolon_are_not_select_all_that_apply():
    found = guess(["Daily - heavy use; 3+ hours", "Daily - light use; less", "Weekly", "Monthly"] * 3)
    assert found.type is not QuestionType.MULTI


def test_free_text_and_constant_columns_are_left_out_with_a_reason():
    assert guess([f"my opinion {i}" for i in range(60)]).reason == "60 different answers"
    assert guess(["Yes", "Yes"]).reason == "the same answer everywhere"
    assert guess([None, None]).reason == "no answers"


def test_bands_of_ages_and_of_other_numbers():
    ages = guess([str(age) for age in range(15, 95)], "age")
    assert choose_bands(ages) == (10, 18, 30, 45, 60, 75)
    kilometres = guess([str(100 * i) for i in range(1, 51)], "km")
    # a fifth of the people up to 1,000, 2,000, ... ; steps of 500
    assert choose_bands(kilometres) == (0, 1000, 2000, 3000, 4000)
