"""Survey data page: upload, guesses, confirmation, and files that cannot be used."""

import json

import pytest

from app import cached
from app.session import Key, View
from core.studio import surveys

CSV = (
    "age_group,gender,next_car\n"
    + "18-29,Woman,Electric\n30-49,Man,Petrol\n50+,Woman,Electric\n30-49,Woman,Hybrid\n" * 30
).encode()
CODEBOOK = {
    "title": "Next car",
    "demographics": [
        {"column": "age_group", "label": "Age", "options": ["18-29", "30-49", "50+"], "ordinal": True},
        {"column": "gender", "label": "Gender", "options": ["Woman", "Man"]},
    ],
    "questions": [
        {
            "column": "next_car",
            "text": "What will your next car run on?",
            "type": "single",
            "options": ["Electric", "Hybrid", "Petrol"],
        }
    ],
}


def upload(app, content=CSV, codebook=None, name="cars.csv"):
    app.file_uploader(key=Key.SURVEY_FILE).set_value((name, content, "text/csv"))
    if codebook is not None:
        content = codebook if isinstance(codebook, bytes) else json.dumps(codebook).encode()
        app.file_uploader(key=Key.SURVEY_CODEBOOK).set_value(("codebook.json", content, "application/json"))
    return app.run()


def stored():
    return surveys.list_surveys(cached.workspace())


def test_a_file_with_its_codebook_is_stored_once_confirmed(open_page):
    app = upload(open_page(View.SURVEY), codebook=CODEBOOK)
    assert not app.error
    assert not stored()
    app.button(key=Key.SURVEY_SAVE).click().run()
    assert not app.exception
    (record,) = stored()
    assert (record.name, record.n_respondents, record.n_questions) == ("Next car", 120, 1)
    assert app.title[0].value == "Questionnaire"


def test_guesses_are_announced_and_shown_in_a_table(open_page):
    app = upload(open_page(View.SURVEY))
    assert not app.exception
    assert "guesses" in app.info[0].value
    table = app.dataframe[0].value
    assert list(table["column"]) == ["age_group", "gender", "next_car"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"only,a,header\n",
        b"one\n1\n2\n",
        b"a,a\n1,2\n",
        b"a,b\n1,2,3\n",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"\xff\xfe\x00",
    ],
    ids=["empty", "header only", "one column", "duplicate header", "ragged", "binary", "not UTF-8"],
)
def test_an_unusable_file_gets_one_sentence_and_nothing_is_stored(open_page, content):
    app = upload(open_page(View.SURVEY), content)
    assert not app.exception
    assert len(app.error) == 1
    assert "What to do" in app.error[0].value
    assert not stored()


@pytest.mark.parametrize(
    "codebook",
    [
        b"{not json",
        b"[]",
        {**CODEBOOK, "questions": [{**CODEBOOK["questions"][0], "column": "car"}]},
        {**CODEBOOK, "questions": [{**CODEBOOK["questions"][0], "options": ["Electric", "Petrol"]}]},
    ],
    ids=["not JSON", "not an object", "missing column", "missing option"],
)
def test_a_codebook_that_does_not_fit_is_explained(open_page, codebook):
    app = upload(open_page(View.SURVEY), codebook=codebook)
    assert not app.exception
    assert len(app.error) == 1
    assert not stored()


def test_survey_text_is_never_markup(open_page):
    book = {**CODEBOOK, "title": "**bold** <b>x</b> :red[y]"}
    app = upload(open_page(View.SURVEY), codebook=book)
    app.button(key=Key.SURVEY_SAVE).click().run()
    app = open_page(View.HOME, app)
    app = app.switch_page(View.HOME).run()
    assert any(r"\*\*bold\*\*" in element.value for element in app.main.markdown)


def test_deleting_asks_first_and_leaves_an_empty_workspace(example, open_page):
    app = open_page(View.SURVEY)
    app.button(key=Key.SURVEY_DELETE).click().run()
    assert not app.exception
    assert not stored()
