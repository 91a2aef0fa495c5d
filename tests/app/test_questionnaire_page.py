"""Questionnaire page: toplines of the real respondents, weights included."""

import numpy as np
import pandas as pd
import pytest

from app.session import Key, View
from app.widgets.topline import question_list, topline
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

pytest_plugins = ("tests.app.app_fixtures",)

BOOK = Codebook.from_dict(
    {
        "title": "Four people",
        "demographics": [{"column": "sex", "options": ["W", "M"]}],
        "questions": [
            {"column": "q", "text": "Which?", "type": "single", "options": ["a", "b"]},
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


@pytest.fixture
def four_people():
    answers = pd.DataFrame(
        {"q": [0, 0, 1, -1], "m#0": [0, 1, 1, 0], "m#1": [1, 1, 1, 1], "n": [0, 99, 100, 101]}
    )
    return SurveyData(
        codebook=BOOK,
        ids=np.array(list("1234"), dtype=object),
        profiles=pd.DataFrame({"sex": ["W", "M", "W", "M"]}),
        answers=answers.astype("int16"),
        weights=np.array([1.0, 1.0, 2.0, 4.0]),
        split=np.array(["train"] * 4, dtype=object),
    )


def test_shares_are_weighted_over_those_who_answered(four_people):
    # a: weights 1 + 1, b: weight 2, nobody else answered: 2 of 4 and 2 of 4
    table = topline(four_people, BOOK.question("q"))
    assert table["Share"].tolist() == [50.0, 50.0]
    assert table["Respondents"].tolist() == [2, 1]


def test_select_all_that_apply_shows_who_selected_each_option(four_people):
    # x: weights 1 + 4 of 8; y: nobody
    table = topline(four_people, BOOK.question("m"))
    assert table["Answer"].tolist() == ["x", "y"]
    assert table["Share"].tolist() == [62.5, 0.0]


def test_numbers_are_grouped_and_refusals_stay_apart(four_people):
    table = topline(four_people, BOOK.question("n")).set_index("Answer")
    assert table["Respondents"].sum() == 4
    assert table["Share"].sum() == pytest.approx(100)
    assert table.index[0] == "0 to 9"
    assert table.loc["90 to 100", "Respondents"] == 2
    assert table.loc["Don't know", "Share"] == 50.0


def test_the_list_uses_plain_words_for_types(four_people):
    table = question_list(four_people)
    assert table["Type"].tolist() == ["Choose one", "Select all that apply", "Number"]
    assert table["Base (n)"].tolist() == [3, 4, 4]


def test_another_question_shows_its_own_topline(example, open_page):
    app = open_page(View.QUESTIONNAIRE)
    first = app.dataframe[0].value["Answer"].tolist()
    app.selectbox(key=Key.QUESTIONNAIRE_QUESTION.of(example.id)).set_value(1).run()
    assert not app.exception
    assert app.dataframe[0].value["Answer"].tolist() != first
