"""Questionnaire page: toplines of the real respondents, weights included."""

import numpy as np
import pandas as pd
import pytest

from app import cached
from app.session import Key, View
from app.widgets.topline import bases_sentence, question_list, topline_table, unanswered_sentence
from core.studio import surveys as studio_surveys
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData
from core.survey.topline import Topline, ToplineRow, question_topline, toplines
from tests.generated_study import PLAIN

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
    table = topline_table(question_topline(four_people, BOOK.question("q")))
    assert table["Share"].tolist() == [50.0, 50.0]
    assert table["Respondents"].tolist() == [2, 1]


def test_select_all_that_apply_shows_who_selected_each_option(four_people):
    # x: weights 1 + 4 of 8; y: nobody
    table = topline_table(question_topline(four_people, BOOK.question("m")))
    assert table["Answer"].tolist() == ["x", "y"]
    assert table["Share"].tolist() == [62.5, 0.0]


def test_numbers_are_grouped_and_refusals_stay_apart(four_people):
    table = topline_table(question_topline(four_people, BOOK.question("n"))).set_index("Answer")
    assert table["Respondents"].sum() == 4
    assert table["Share"].sum() == pytest.approx(100)
    assert table.index[0] == "0 to 9"
    assert table.loc["90 to 100", "Respondents"] == 2
    assert table.loc["Don't know", "Share"] == 50.0


def test_the_list_uses_plain_words_for_types(four_people):
    table = question_list(toplines(four_people))
    assert table["Type"].tolist() == ["Choose one", "Select all that apply", "Number"]
    assert table["Base (n)"].tolist() == [3, 4, 4]
    assert table["No answer"].tolist() == [1, 0, 0]


def test_no_margin_is_shown_for_four_people(four_people):
    assert "Margin" not in topline_table(question_topline(four_people, BOOK.question("q")))


def test_margins_bases_and_who_was_not_asked_are_in_words():
    line = Topline(
        question=BOOK.question("q"),
        n=800,
        weighted_base=805.4,
        effective_base=640.0,
        n_missing=12,
        n_not_asked=188,
        filters=('"Never" to "Do you fly?"',),
        rows=(ToplineRow("a", 400, 0.5, 0.0387), ToplineRow("b", 400, 0.5, 0.0387)),
    )
    assert topline_table(line)["Margin"].round(2).tolist() == [3.87, 3.87]
    assert bases_sentence(line, weighted=True) == (
        "Base: 800 respondents who answered. Shares are weighted: weighted base 805, effective base 640, "
        "design effect 1.25."
    )
    assert unanswered_sentence(line) == 'Not asked: 188, judging by "Never" to "Do you fly?". No answer: 12.'


@pytest.mark.parametrize(
    ("study", "question", "not_asked"),
    [(PLAIN, "car_satisfaction", 42), ("masculinity_2018", "work_advantage", 732)],
    indirect=["study"],
)
def test_real_respondents_have_margins_on_the_page(open_page, study, question, not_asked):
    book = (study / "codebook.json").read_bytes()
    draft = studio_surveys.draft_survey((study / "clean.csv").read_bytes(), "clean.csv", book)
    record = studio_surveys.save(cached.workspace(), draft)
    app = open_page(View.QUESTIONNAIRE)
    assert not app.exception
    assert app.dataframe[0].value["Margin"].between(0.1, 6).all()
    assert "design effect" in app.caption[0].value
    columns = [q.column for q in draft.codebook.questions]
    chosen = app.selectbox(key=Key.QUESTIONNAIRE_QUESTION.of(record.id))
    app = chosen.set_value(columns.index(question)).run()
    assert f"{not_asked}, judging by" in app.caption[1].value


def test_another_question_shows_its_own_topline(example, open_page):
    app = open_page(View.QUESTIONNAIRE)
    first = app.dataframe[0].value["Answer"].tolist()
    app.selectbox(key=Key.QUESTIONNAIRE_QUESTION.of(example.id)).set_value(1).run()
    assert not app.exception
    assert app.dataframe[0].value["Answer"].tolist() != first
