"""Survey page: the reader is named, every choice can be overridden and undone, and a copy can be reopened."""

import json

import pytest

from app import cached
from app.session import Key, View
from core.studio import surveys
from tests.survey.test_rebuilding import EXPORT, QSF

FILES = (
    ("export.csv", EXPORT, "text/csv", Key.SURVEY_FILE),
    ("export.qsf", QSF, "application/octet-stream", Key.SURVEY_QSF),
)


@pytest.fixture
def uploaded(open_page):
    app = open_page(View.SURVEY)
    for name, content, kind, key in FILES:
        app.file_uploader(key=key).set_value((name, content, kind))
    app = app.run()
    assert not app.exception and not app.error
    return app


def button(app, label):
    return next(b for b in app.button if b.label == label)


def text(app):
    return "\n".join(element.value for element in app.main.markdown).replace("\\", "")


def columns(app):
    return list(app.dataframe[0].value["column"])


def choice(app, name):
    return next(box for box in app.selectbox if box.key.endswith("." + name))


def test_the_reader_is_named_and_the_questionnaire_gives_the_wording(uploaded):
    assert "#### Qualtrics export" in text(uploaded)
    assert "40 respondents · 5 columns · export.csv" in text(uploaded)
    assert "up to 200 MB" in uploaded.file_uploader(key=Key.SURVEY_FILE).label
    table = uploaded.dataframe[0].value.set_index("column")
    assert table.loc["q", "label"] == "Do you agree?"
    assert table.loc["age", "options"] == "Under 40 | 40 or over"


def test_rows_are_taken_out_and_brought_back_with_one_click(uploaded):
    assert "Previews of the questionnaire, not respondents (1)." in text(uploaded)
    app = button(uploaded, "Take out this row").click().run()
    assert "40 respondents, 1 of them taken out" in text(app)
    app = next(b for b in app.button if b.label == "Undo" and ".rows." in b.key).click().run()
    assert "40 respondents ·" in text(app)


def test_combined_checkboxes_are_taken_apart_and_combined_again(uploaded):
    assert "Pet" in columns(uploaded)
    combined = next(i for i, d in enumerate(decisions(uploaded)) if "checkbox columns" in d)
    undo = [b for b in uploaded.button if b.key.endswith(f".undo.{combined}")]
    app = undo[0].click().run()
    assert {"Pet_1", "Pet_2"} <= set(columns(app)) and "**Undone.**" in text(app)
    app = button(app, "Do it again").click().run()
    assert "Pet" in columns(app) and "**Undone.**" not in text(app)


def decisions(app):
    file = surveys.read_file(EXPORT, "export.csv", companion=QSF)
    return [decision.text for decision in file.decisions]


def test_the_format_is_overridden_and_one_button_leads_back(uploaded):
    app = choice(uploaded, "format").set_value("csv").run()
    assert not app.exception
    assert "42 respondents" in text(app) and "#### Table with one header row" in text(app)
    app = button(app, "Undo all").click().run()
    assert "40 respondents" in text(app) and choice(app, "format").value is None


def test_a_choice_that_does_not_work_is_explained_and_can_be_undone(uploaded):
    app = choice(uploaded, "encoding").set_value("utf-8").run()
    assert not app.exception and "is not valid UTF" in app.error[0].value
    app = button(app, "Undo all").click().run()
    assert not app.error and "40 respondents" in text(app)


def test_what_was_chosen_is_what_is_stored_and_a_copy_can_be_changed(uploaded):
    app = button(uploaded, "Take out this row").click().run()
    app = app.button(key=Key.SURVEY_SAVE).click().run()
    assert not app.exception
    (record,) = surveys.list_surveys(cached.workspace())
    assert record.n_respondents == 39
    app = app.switch_page(View.SURVEY).run()
    app = app.button(key=Key.SURVEY_REOPEN).click().run()
    assert not app.exception and "40 respondents, 1 of them taken out" in text(app)
    app = app.button(key=Key.SURVEY_SAVE).click().run()
    both = surveys.list_surveys(cached.workspace())
    assert len(both) == 2
    data = [surveys.load(cached.workspace(), survey.id) for survey in both]
    assert data[0].codebook == data[1].codebook and data[0].answers.equals(data[1].answers)


def test_a_downloaded_codebook_is_read_back_unchanged(uploaded):
    book = surveys.draft_survey(EXPORT, "export.csv", companion=QSF).codebook
    again = surveys.draft_survey(EXPORT, "export.csv", json.dumps(book.to_dict()).encode(), companion=QSF)
    assert again.codebook == book and not again.guessed


def test_a_file_too_small_to_guess_from_still_says_how_it_was_read(open_page):
    app = open_page(View.SURVEY)
    content = EXPORT.decode("utf-16").splitlines()
    content = "\n".join(content[:4]).encode()
    app.file_uploader(key=Key.SURVEY_FILE).set_value(("one.csv", content, "text/csv"))
    app = app.run()
    assert not app.exception
    assert "#### Qualtrics export" in text(app) and "1 respondent" in text(app)
    assert "only one respondent" in app.error[0].value
