import numpy as np
import pandas as pd

from core.survey.quality.carelessness import find_batteries, find_speeders, find_straight_lining
from core.survey.quality.flag import Action
from tests.survey.quality.small_tables import book, column, scale


def test_straight_lining_counts_complete_respondents_with_one_answer():
    codebook = book(*[scale(f"q{i}") for i in range(5)], scale("other", ["a", "b", "c"]))
    assert [len(battery) for battery in find_batteries(codebook)] == [5]
    answers = pd.DataFrame(
        [[1, 1, 1, 1, 1, 0], [0, 1, 2, 1, 0, 0], [2, 2, 2, 2, -1, 0], *[[0, 1, 0, 1, 2, 2]] * 5],
        columns=[q.column for q in codebook.questions],
    )
    (flag,) = find_straight_lining(codebook, answers)
    assert (flag.rows, flag.suggested) == ((0,), Action.DROP_ROWS)
    assert "1 of 7 respondents gave the same answer to all 5 items" in flag.sentence


def test_a_battery_most_people_straight_line_is_kept_by_default():
    codebook = book(*[scale(f"q{i}") for i in range(5)])
    answers = pd.DataFrame(np.zeros((4, 5), dtype=int), columns=[q.column for q in codebook.questions])
    (flag,) = find_straight_lining(codebook, answers)
    assert flag.suggested is Action.KEEP and "go together" in flag.sentence


def test_speeders_took_less_than_a_third_of_the_median():
    table = pd.DataFrame({"Duration (in seconds)": column("d", "90", "89", "270", "300", "270", None, "x")})
    (flag,) = find_speeders(table)  # the median of 90, 89, 270, 300, 270 is 270, a third is 90
    assert flag.rows == (1,)
    assert "1 of 5 respondents" in flag.sentence and "270" in flag.sentence
    assert not list(find_speeders(table.rename(columns=lambda _: "q1")))
