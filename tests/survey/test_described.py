import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.column_guess import guess_column
from core.survey.described import describe_guess
from core.survey.readers.file_format import FileFormat
from core.survey.readers.survey_file import SurveyFile


def described(cells, **notes):
    column = pd.Series(cells, name="q", dtype="str")
    file = SurveyFile("a.sav", FileFormat.SPSS, column.to_frame(), **{k: {"q": v} for k, v in notes.items()})
    return describe_guess(guess_column(column), column, file)


def test_a_file_that_says_nothing_leaves_the_guess():
    column = pd.Series(["Yes", "No"], name="q", dtype="str")
    assert described(["Yes", "No"]) == guess_column(column)


def test_options_stand_as_the_file_lists_them_and_strangers_behind():
    found = described(["Maybe", "No", "Refused"], options=("Yes", "No"), wording="Do you?")
    assert found.options == ("Yes", "No", "Maybe", "Refused") and found.refusals == ("Refused",)
    assert (found.wording, found.type) == ("Do you?", QuestionType.SINGLE)


def test_listed_options_that_are_a_scale_are_ordinal_unless_the_file_says_otherwise():
    options = ("Never", "Sometimes", "Always")
    assert described(["Never", "Always"], options=options).type is QuestionType.ORDINAL
    named = described(["Never", "Always"], options=options, types=QuestionType.SINGLE)
    assert named.type is QuestionType.SINGLE


def test_numbers_declared_missing_are_no_numbers_of_the_range():
    found = described([str(i) for i in range(20, 90)] + ["999"], refusals=("999",))
    assert (found.type, found.range, found.refusals) == (QuestionType.NUMERIC, (20, 100), ("999",))


def test_a_multi_select_has_the_listed_options_and_those_found_in_its_cells():
    found = described(["Bus | Car", "Tram", None], options=("Car", "Bus"), types=QuestionType.MULTI)
    assert found.options == ("Car", "Bus", "Tram") and found.type is QuestionType.MULTI
