import pandas as pd

from core.survey.quality.flag import Action, FlagKind
from core.survey.quality.weighting import find_weight_flags
from tests.survey.quality.small_tables import book, column, scale


def test_weights_that_cannot_be_used_are_counted_each_kind_apart():
    table = pd.DataFrame({"w": column("w", "1", "-2", None, "heavy", None), "q": list("ababa")})
    flags = list(find_weight_flags(table, book(scale("q", ["a", "b"], "single"), weight_column="w")))
    assert [(flag.rows, flag.suggested) for flag in flags] == [
        ((2, 4), Action.EXCLUDE_COLUMN),
        ((3,), Action.EXCLUDE_COLUMN),
        ((1,), Action.EXCLUDE_COLUMN),
    ]
    assert "2 of 5 weights are missing" in flags[0].sentence


def test_extreme_weights_and_kish_efficiency():
    # nine ones and one 9: 18 ** 2 / (10 * 90) = 36 %
    table = pd.DataFrame({"w": column("w", *["1"] * 9, "9"), "q": list("ab") * 5})
    flags = list(find_weight_flags(table, book(scale("q", ["a", "b"], "single"), weight_column="w")))
    assert [flag.kind for flag in flags] == [FlagKind.WEIGHTING_EFFICIENCY]  # 9 is exactly 5 times 1.8
    assert "effective base of 36% of the respondents (4 of 10" in flags[0].sentence
    heavier = table.assign(w=["1"] * 9 + ["10"])  # mean 1.9, 10 is 5.3 times it
    assert list(find_weight_flags(heavier, book(scale("q"), weight_column="w")))[1].rows == (9,)


def test_a_weight_column_that_was_taken_for_a_question_is_pointed_out():
    table = pd.DataFrame({"weight": column("weight", *["0.5", "1.5", "-1", "0.8"] * 5)})
    question = {"column": "weight", "type": "numeric", "range": [-1, 2]}
    (flag,) = find_weight_flags(table, book(question))
    assert "5 of 20 weights are negative" in flag.sentence
