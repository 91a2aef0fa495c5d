import pytest

from core.errors import FileError
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.recorded import record_reading, recorded_choices
from core.survey.reading import read_survey_file

CONTENT = "id;kg\n1;3,5\n2;4\n".encode("cp1252")


def test_the_file_itself_is_read_as_it_was_and_another_keeps_only_columns_and_rows():
    file = read_survey_file(CONTENT, "a.csv", ReadingChoices(keep=("kg",), remove=("spam",)))
    record = record_reading(file)
    assert recorded_choices(record, CONTENT, "a.csv", None) == file.recognised
    assert file.recognised.delimiter == ";"
    other = recorded_choices(record, CONTENT + b"3;5\n", "b.csv", None)
    assert other == ReadingChoices(keep=("kg",), remove=("spam",))


def test_without_a_record_everything_is_recognised():
    assert recorded_choices(None, CONTENT, "a.csv", None) == ReadingChoices()


def test_a_file_that_was_read_with_a_questionnaire_asks_for_it():
    record = record_reading(read_survey_file(CONTENT, "a.csv")) | {"companion": "0" * 64}
    with pytest.raises(FileError, match=r"together with a Qualtrics questionnaire.*Where: a\.csv"):
        recorded_choices(record, CONTENT, "a.csv", None)
    assert recorded_choices(record, CONTENT, "a.csv", b"{}").format == "csv"
