"""Bases, shares and margins of error, worked by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData
from core.survey.topline import margin_of_error, question_topline, toplines

BOOK = Codebook.from_dict(
    {
        "demographics": [{"column": "sex", "options": ["W", "M"]}],
        "questions": [
            {"column": "q", "text": "Which?", "type": "single", "options": ["a", "b"]},
            {
                "column": "o",
                "text": "How good?",
                "type": "ordinal",
                "options": ["bad", "so so", "good", "Don't know"],
                "non_substantive_options": ["Don't know"],
            },
            {"column": "m", "text": "Which of these?", "type": "multi", "options": ["x", "y"]},
            {
                "column": "n",
                "text": "How much?",
                "type": "numeric",
                "range": [0, 100],
                "non_substantive_options": ["Don't know"],
            },
        ],
    }
)


def survey(weights=None, **answers):
    n = 100
    columns = {"q": [0] * n, "o": [0] * n, "m#0": [1] * n, "m#1": [1] * n, "n": [0] * n} | answers
    return SurveyData(
        codebook=BOOK,
        ids=np.arange(n).astype(str),
        profiles=pd.DataFrame({"sex": ["W", "M"] * (n // 2)}),
        answers=pd.DataFrame(columns).astype("int16"),
        weights=np.ones(n) if weights is None else np.array(weights, dtype=float),
        split=np.array(["train"] * n),
    )


def test_shares_bases_and_margins_without_weights():
    line = question_topline(survey(q=[0] * 20 + [1] * 60 + [-1] * 20), BOOK.question("q"))
    assert (line.n, line.weighted_base, line.effective_base, line.n_missing) == (
        80,
        80.0,
        pytest.approx(80),
        20,
    )
    assert [(row.answer, row.n, row.share) for row in line.rows] == [("a", 20, 0.25), ("b", 60, 0.75)]
    # 1.96 * sqrt(0.25 * 0.75 / 80) = 0.0949
    assert line.rows[0].margin == pytest.approx(0.0949, abs=1e-4)


def test_weights_move_the_shares_and_widen_the_margin():
    # 50 people with weight 0.5 say a, 50 with weight 1.5 say b: a 25 of 100; effective base 100 / 1.25 = 80
    line = question_topline(
        survey(weights=[0.5] * 50 + [1.5] * 50, q=[0] * 50 + [1] * 50), BOOK.question("q")
    )
    assert line.rows[0].share == pytest.approx(0.25) and line.rows[0].n == 50
    assert line.effective_base == pytest.approx(80) and line.design_effect == pytest.approx(1.25)
    assert line.rows[0].margin == pytest.approx(1.959964 * math.sqrt(0.25 * 0.75 / 80))


def test_no_margin_for_generated_people_or_a_small_base():
    data = survey(q=[0, 1] * 50)
    generated = replace(data, codebook=replace(BOOK, extra={"generated": True}))
    assert [row.margin for row in question_topline(generated, BOOK.question("q")).rows] == [None, None]
    small = question_topline(survey(q=[0] * 29 + [-1] * 71), BOOK.question("q"))
    assert small.rows[0].margin is None


def test_select_all_that_apply_gives_the_share_that_ticked():
    ticked = {"m#0": [0] * 40 + [1] * 40 + [-1] * 20, "m#1": [1] * 80 + [-1] * 20}
    line = question_topline(survey(**ticked), BOOK.question("m"))
    assert [(row.answer, row.n, row.share) for row in line.rows] == [("x", 40, 0.5), ("y", 0, 0.0)]
    assert line.n == 80
    assert line.rows[1].margin == pytest.approx(3 / 80)


def test_numbers_are_stepped_with_a_mean_of_those_on_the_scale():
    line = question_topline(survey(n=[10] * 50 + [90] * 40 + [101] * 10), BOOK.question("n"))
    rows = {row.answer: row for row in line.rows}
    assert rows["10 to 19"].share == pytest.approx(0.5) and rows["90 to 100"].n == 40
    assert rows["Don't know"].share == pytest.approx(0.1)
    assert line.mean == pytest.approx((50 * 10 + 40 * 90) / 90)
    assert line.mean_margin == pytest.approx(1.959964 * math.sqrt(80**2 * (5 / 9) * (4 / 9) / 90))


def test_the_mean_of_a_scale_counts_ranks_from_one_and_leaves_out_dont_know():
    line = question_topline(survey(o=[0] * 30 + [2] * 30 + [3] * 40), BOOK.question("o"))
    assert line.mean == pytest.approx(2.0)
    assert question_topline(survey(), BOOK.question("q")).mean is None


def test_nobody_answered():
    line = question_topline(survey(q=[-1] * 100), BOOK.question("q"))
    assert (line.n, line.effective_base, line.n_missing) == (0, 0.0, 100)
    assert all(math.isnan(row.share) and row.margin is None for row in line.rows)


def test_all_toplines_come_in_questionnaire_order():
    assert [line.question.column for line in toplines(survey())] == ["q", "o", "m", "n"]


@given(st.floats(0.001, 0.999), st.floats(30, 1e6))
def test_a_margin_is_positive_symmetric_and_shrinks_with_the_base(share, base):
    assert 0 < margin_of_error(share, base) <= 1
    assert margin_of_error(share, base) == pytest.approx(margin_of_error(1 - share, base), rel=1e-3, abs=1e-6)
    assert margin_of_error(share, 4 * base) <= margin_of_error(share, base)
