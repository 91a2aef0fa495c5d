"""The options of one column: another order, marks off the scale, and counts that add up."""

import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from core.survey.option_order import answer_counts, orderable_columns, with_options

ROWS = [("old", "young", "young")[i % 3] + f",{('Yes', 'No', 'Perhaps')[i % 3]},{20 + i}" for i in range(30)]
BOOK = {
    "title": "T",
    "wave": 2,
    "demographics": [{"column": "age", "label": "Age", "options": ["young", "old"]}],
    "questions": [
        {"column": "q", "text": "Do you?", "type": "ordinal", "options": ["No", "Perhaps", "Yes", "Never"]},
        {"column": "n", "text": "How many?", "type": "numeric", "range": [0, 100]},
    ],
}


@pytest.fixture
def draft():
    return draft_survey("\n".join(["age,q,n", *ROWS]).encode(), "t.csv", BOOK)


def test_only_options_can_be_ordered_and_scales_come_first(draft):
    assert orderable_columns(draft.codebook) == {"q": "Do you?", "age": "Age"}


def test_counts_follow_the_options(draft):
    assert answer_counts(draft.table, draft.codebook, "q") == [10, 10, 10, 0]
    assert answer_counts(draft.table, draft.codebook, "age") == [20, 10]


def test_another_order_changes_ranks_and_nothing_else(draft):
    book = with_options(draft.codebook, "q", ["Yes", "No", "Perhaps"], ["Perhaps"])
    assert book.question("q").options == ("Yes", "No", "Perhaps")
    assert book.items[0].values[:2] == (0.0, 1.0) and book.items[0].values[2] != book.items[0].values[2]
    assert with_options(book, "q", BOOK["questions"][0]["options"], []) == draft.codebook
    assert build_survey(draft, book).answers["q"].tolist()[:3] == [0, 1, 2]
    assert Codebook.from_dict(book.to_dict()) == book and book.extra["wave"] == 2


@pytest.mark.parametrize(
    ("options", "message"), [(["Yes", " "], "An option is empty"), (["Yes", "Yes"], "same option twice")]
)
def test_options_that_make_no_sense_are_refused(draft, options, message):
    with pytest.raises(CodebookError, match=message):
        with_options(draft.codebook, "q", options, [])


def test_leaving_out_an_option_that_was_given_is_refused_when_the_answers_are_read(draft):
    book = with_options(draft.codebook, "q", ["Yes", "No"], [])
    with pytest.raises(CodebookError, match="'Perhaps' .10 times, first in row 4"):
        answer_counts(draft.table, book, "q")
