import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CodebookError, SurveyError
from core.survey.codebook import Codebook, QuestionType
from core.survey.codebook_table import codebook_from_table, codebook_table
from core.survey.column_guess import choose_bands, guess_column
from core.survey.importing import build_survey, draft_survey
from core.survey.inference import guess_codebook, readable
from core.survey.roles import is_background_header, is_id_header, reason_to_leave_out


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


def test_a_whole_survey():
    rows = 60
    table = pd.DataFrame(
        {
            "ResponseId": [f"R_{i}" for i in range(rows)],
            "email": ["a@b.c"] * rows,
            "Age": [str(18 + i) for i in range(rows)],
            "gender": ["Female", "Male"] * 30,
            "q1": ["Often", "Never", "Sometimes"] * 20,
            "wgt": [f"{0.5 + (i % 10) / 9:.3f}" for i in range(rows)],
            "split": ["train", "test", "val"] * 20,
        },
        dtype="str",
    )
    book = guess_codebook(table, "T")
    assert (book.id_column, book.weight_column, book.split_column) == ("ResponseId", "wgt", "split")
    assert [d.column for d in book.demographics] == ["Age", "gender"]
    assert book.demographics[0].options == ("18-29", "30-44", "45-59", "60-74", "75+")
    assert book.question("q1").options == ("Never", "Sometimes", "Often")
    assert book.extra["ignored"] == [{"column": "email", "reason": "looks like personal data"}]


def test_a_column_of_row_numbers_without_header_is_the_identifier():
    draft = draft_survey(b",age,q\n1,young,Yes\n2,old,No\n3,old,Yes\n", "t.csv")
    assert draft.codebook.id_column == "column 1"


def test_body_weight_is_no_design_weight():
    table = pd.DataFrame({"age": ["1", "2"], "weight": ["80", "64"], "q": ["Yes", "No"]}, dtype="str")
    assert guess_codebook(table, "T").weight_column is None


def test_a_file_without_background_uses_the_first_column_and_says_so():
    draft = draft_survey(b"q1,q2\nYes,Often\nNo,Never\nYes,Rarely\n", "t.csv")
    assert [d.column for d in draft.codebook.demographics] == ["q1"]
    assert any("No background fields were recognised" in warning for warning in draft.warnings)


def test_a_file_without_closed_questions_is_refused():
    with pytest.raises(CodebookError, match="no two columns"):
        draft_survey(b"id,name,q\n1,Ann,Yes\n2,Bo,No\n", "t.csv")


def test_bands_of_ages_and_of_other_numbers():
    ages = guess([str(age) for age in range(15, 95)], "age")
    assert choose_bands(ages) == (10, 18, 30, 45, 60, 75)
    kilometres = guess([str(100 * i) for i in range(1, 51)], "km")
    # a fifth of the people up to 1,000, 2,000, ... ; steps of 500
    assert choose_bands(kilometres) == (0, 1000, 2000, 3000, 4000)


@pytest.mark.parametrize(
    "header",
    [
        "age",
        "Gender",
        "HouseholdIncome",
        "age_group",
        "father_education",
        "children_under_18",
        "is_student",
        "What is your age?",
        "How old are you?",
        "Which state do you live in?",
        "Geschlecht",
        "Alter",
        "Familienstand",
        "In welchem Bundesland wohnen Sie?",
        "sexo",
        "Edad",
        "¿Cuál es su nivel de estudios?",
        "Estado civil",
        "What is your present religion, if any?",
        "works_in_retail",
    ],
)
def test_background_headers(header):
    assert is_background_header(header)


@pytest.mark.parametrize(
    "header",
    [
        "Q5",
        "work_advantage",
        "job_loss",
        "health_tax",
        "kids_table_age",
        "rude_unruly_kids",
        "pay_on_date",
        "Is it rude to bring a baby on a plane?",
        "How satisfied are you with your job?",
        "confidence_business",
    ],
)
def test_question_headers(header):
    assert not is_background_header(header)


def test_other_headers():
    assert is_id_header("respondent_id") and is_id_header("CASE ID") and not is_id_header("idea")
    assert reason_to_leave_out("IPAddress") and reason_to_leave_out("StartDate")
    assert not reason_to_leave_out("pay_on_date") and not reason_to_leave_out("rename")


def test_headers_as_labels():
    assert readable("age_group") == "Age group"
    assert readable("What is your age?") == "What is your age?"


texts = st.sampled_from(
    [
        "Yes",
        "No",
        "",
        " ",
        "Never",
        "1",
        "2.5",
        "nan",
        "A | B",
        "A;B",
        "B;C",
        "Don't know",
        "18-29",
        "é\u00a0",
        "-3",
        "1e9",
        "(none selected)",
        "|",
        ";",
        "0",
    ]
)
headers = st.sampled_from(["age", "id", "weight", "split", "q1", "q2", "What?", "gender", "email"])


@settings(max_examples=300)
@given(st.data())
def test_any_small_table_is_imported_whole_or_refused_with_a_sentence(data):
    names = data.draw(st.lists(headers, min_size=2, max_size=5, unique=True))
    rows = data.draw(
        st.lists(st.lists(texts, min_size=len(names), max_size=len(names)), min_size=1, max_size=9)
    )
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    try:
        draft = draft_survey(buffer.getvalue().encode(), "t.csv")
    except SurveyError as error:
        assert error.what
        return
    survey = build_survey(draft)
    assert len(survey) == len(rows)
    assert Codebook.from_dict(draft.codebook.to_dict()) == draft.codebook


def test_multi_selects_may_have_different_separators():
    pets = ["Cat;Dog", "Dog", "Cat", "Cat;Dog;Fish", "Fish", "Dog;Fish"]
    news = ["Paper | Radio", "Radio", "Paper", "Paper | Web", "Web | Radio", "Web"]
    more = ["A;B", "B", "A", "A;C", "C;B", "C"]
    rows = [f"{'young' if i % 2 else 'old'},{pets[i % 6]},{news[i % 6]},{more[i % 6]}" for i in range(24)]
    draft = draft_survey("\n".join(["age,pets,news,more", *rows]).encode(), "t.csv")
    assert draft.codebook.multi_separator == ";"
    assert {q.column: q.separator for q in draft.codebook.questions} == {
        "pets": "",
        "news": " | ",
        "more": "",
    }
    again = Codebook.from_dict(draft.codebook.to_dict())
    assert again == draft.codebook
    data = build_survey(draft, codebook_from_table(codebook_table(again, draft.table), again, draft.table))
    news_items = {item.part: data.answers[item.key].tolist()[:2] for item in again.question("news").items}
    assert news_items == {"Paper": [0, 1], "Radio": [0, 0], "Web": [1, 1]}
