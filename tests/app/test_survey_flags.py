"""Survey page: flags before the survey is stored, one click each, and a way back."""

import json

import pytest

from app import cached
from app.session import Key, View
from core.studio import surveys

HEADER = "email,weight_class,sex,tea,coffee\n"
ROWS = [
    f"p{i}@example.org,{group},{'WM'[i % 2]},{tea},{'YN'[i % 3 > 0]}"
    for i in range(120)
    for group, tea in [("", "No") if i < 30 else ("AB"[i % 2], "Yes")]
]
BOOK = {
    "title": "Tea",
    "demographics": [
        {"column": "weight_class", "label": "Class", "options": ["A", "B"]},
        {"column": "sex", "label": "Sex", "options": ["W", "M"]},
    ],
    "questions": [
        {"column": "tea", "text": "Do you drink tea?", "type": "single", "options": ["Yes", "No"]},
        {"column": "coffee", "text": "And coffee?", "type": "single", "options": ["Y", "N", "Maybe"]},
    ],
}


@pytest.fixture
def uploaded(open_page):
    app = open_page(View.SURVEY)
    content = (HEADER + "\n".join(ROWS)).encode()
    app.file_uploader(key=Key.SURVEY_FILE).set_value(("tea.csv", content, "text/csv"))
    book = ("codebook.json", json.dumps(BOOK).encode(), "application/json")
    app.file_uploader(key=Key.SURVEY_CODEBOOK).set_value(book)
    return app.run()


def button(app, label):
    return next(b for b in app.button if b.label == label)


def text(app):
    return "\n".join(element.value for element in app.main.markdown)


def test_a_leak_is_left_out_with_one_click_and_comes_back(uploaded):
    assert not uploaded.exception
    assert "**Leak.** 30 respondents have no answer" in text(uploaded)
    app = button(uploaded, "Leave out this column").click().run()
    assert not app.exception
    assert "**Left out.**" in text(app)
    table = app.dataframe[0].value.set_index("column")
    assert table.loc["weight_class", "role"] == "ignore"
    app = button(app, "Undo").click().run()
    assert app.dataframe[0].value.set_index("column").loc["weight_class", "role"] == "demographic"


def test_what_was_decided_is_what_is_stored(uploaded):
    app = button(uploaded, "Leave out this column").click().run()
    app.button(key=Key.SURVEY_SAVE).click().run()
    assert not app.exception
    (record,) = surveys.list_surveys(cached.workspace())
    data = surveys.load(cached.workspace(), record.id)
    assert [d.column for d in data.codebook.demographics] == ["sex"]
    assert any("Left out (leak)" in warning for warning in record.warnings)


def test_a_flag_can_be_kept_and_is_then_settled(uploaded):
    app = button(uploaded, "Keep as it is").click().run()
    assert "**Kept.**" in text(app) and not any(b.label == "Leave out this column" for b in app.button)


def test_options_nobody_chose_are_told_without_a_button(uploaded):
    assert "Options nobody chose: 'Maybe'" in text(uploaded).replace("\\", "")
