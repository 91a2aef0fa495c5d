import pytest

from core.errors import ModelError
from core.prompts.template import (
    Template,
    answer_codes,
    labelled,
    profile_lines,
    prompt_text,
    question_segment,
    shown_fields,
)
from core.survey.codebook import Codebook, Demographic, Question, QuestionType

CHOICE = Question("q", "Which  one\nfits?", QuestionType.SINGLE, ("Tea", "Coffee"))
NUMBER = Question("n", "How much?", QuestionType.NUMERIC, range=(0, 3), non_substantive=("Don't know",))
MULTI = Question("m", "Which apply?", QuestionType.MULTI, ("Bus", "Car"))


def test_question_first_prompt_reads_as_written():
    text = prompt_text(Template(), CHOICE.items[0], {"Age": "18-29", "Area": "City"})
    assert text == "Question: Which one fits?\nA: Tea\nB: Coffee\nAge: 18-29\nArea: City\nAnswer:"


def test_profile_first_puts_the_profile_in_front():
    text = prompt_text(Template(order="profile_first"), CHOICE.items[0], {"Age": "18-29"})
    assert text == "Age: 18-29\nQuestion: Which one fits?\nA: Tea\nB: Coffee\nAnswer:"


def test_numbers_are_answered_by_the_number_itself():
    item = NUMBER.items[0]
    assert answer_codes(item) == ("0", "1", "2", "3", "Don't know")
    assert question_segment(item) == "Question: How much?\nA number from 0 to 3\n"


def test_each_option_of_a_multi_select_is_a_yes_no_item():
    assert [i.part for i in MULTI.items] == ["Bus", "Car"]
    assert question_segment(MULTI.items[1]) == "Question: Which apply?\nOption: Car\nA: Yes\nB: No\n"


def test_more_options_than_letters_are_numbered():
    many = Question("q", "?", QuestionType.SINGLE, tuple(f"o{i}" for i in range(30)))
    assert answer_codes(many.items[0])[-1] == "30"


def test_missing_demographics_are_left_out():
    fields = (Demographic("a", "Age", ("x",)), Demographic("b", "Area", ("y",)))
    codebook = Codebook("t", fields, (CHOICE,))
    assert labelled(codebook, {"a": None, "b": "y"}) == {"Area": "y"}
    assert profile_lines({"Area": "a\n b"}) == ["Area: a b\n"]


def test_demographics_with_few_options_are_shown_first_under_short_labels():
    long = "Which of the following best describes the area where you (currently) live?"
    fields = (Demographic("a", long, ("x", "y", "z")), Demographic("b", "Sex", ("f", "m")))
    assert shown_fields(Codebook("t", fields, (CHOICE,))) == {
        "b": "Sex",
        "a": "describes the area where you live?",
    }


def test_labels_that_would_become_equal_stay_whole():
    same = "of the last time you went there?"
    fields = tuple(Demographic(c, f"{c} What do you remember {same}", ("x", "y")) for c in "ab")
    assert list(shown_fields(Codebook("t", fields, (CHOICE,))).values()) == [f.label for f in fields]


def test_an_unknown_template_version_is_refused():
    assert Template.from_dict(Template(order="profile_first").to_dict()) == Template(order="profile_first")
    with pytest.raises(ModelError, match="another prompt template"):
        Template.from_dict({"version": "99"})
