import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook, Demographic, Item, Question, QuestionType

CODEBOOK = Codebook(
    "t",
    (Demographic("area", "sex", ("City",)), Demographic("sex", "Gender", ("f", "m"))),
    (Question("uses", "What for?", QuestionType.MULTI, ("Work", "Leisure")),),
)


@pytest.mark.parametrize(("name", "column"), [("area", "area"), ("Gender", "sex"), ("sex", "sex")])
def test_a_demographic_is_found_by_its_column_before_any_label(name, column):
    assert CODEBOOK.demographic(name).column == column


def test_an_unknown_demographic_is_named_with_where_it_was_asked_for():
    message = r'no such demographic.*Where: filter.*Got: sexx.*Did you mean "sex"\? Use one of: area, sex'
    with pytest.raises(CodebookError, match=message):
        CODEBOOK.demographic("sexx", "filter")


def test_the_selected_answer_of_an_option_is_yes_and_counts_1():
    for item in CODEBOOK.items:
        assert [item.answers[i] for i in (Item.SELECTED, Item.NOT_SELECTED)] == ["Yes", "No"]
        assert [item.values[i] for i in (Item.SELECTED, Item.NOT_SELECTED)] == [1.0, 0.0]
