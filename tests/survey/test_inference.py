import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CodebookError, SurveyError
from core.survey.codebook import Codebook
from core.survey.codebook_table import codebook_from_table, codebook_table
from core.survey.importing import build_survey, draft_survey
from core.survey.inference import guess_codebook, readable

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


def test_a_file_without_demographics_uses_the_first_column_and_says_so():
    draft = draft_survey(b"q1,q2\nYes,Often\nNo,Never\nYes,Rarely\n", "t.csv")
    assert [d.column for d in draft.codebook.demographics] == ["q1"]
    assert any("No background fields were recognised" in warning for warning in draft.warnings)


def test_a_file_without_closed_questions_is_refused():
    with pytest.raises(CodebookError, match="no two columns"):
        draft_survey(b"id,name,q\n1,Ann,Yes\n2,Bo,No\n", "t.csv")


def test_headers_as_labels():
    assert readable("age_group") == "Age group"
    assert readable("What is your age?") == "What is your age?"


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
