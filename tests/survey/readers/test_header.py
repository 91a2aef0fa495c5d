import pytest

from core.survey.readers import qualtrics, surveymonkey
from core.survey.readers.choices import ReadingChoices
from core.survey.reading import read_survey_file
from tests.survey.readers.header_rows import SURVEYMONKEY, as_csv


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "q", "r"], ["1", "Response", "a"], ["2", "No", "b"]],
        [["", "q"], ["1", "a"], ["2", "b"]],
        [["StartDate", "EndDate", "Finished"], ["2024-01-01", "2024-01-02", "1"]],
        [["a", "b"]],
    ],
)
def test_a_table_with_one_header_row_is_not_taken_for_a_platforms(rows):
    assert qualtrics.find_header(rows) is None and surveymonkey.find_header(rows) is None


def test_the_header_rows_can_be_overridden_both_ways():
    plain = [["a", "b"], ["First", "Second"], ["1", "2"], ["3", "4"]]
    assert (
        len(read_survey_file(as_csv(plain), "a.csv", choices=ReadingChoices(format="qualtrics")).table) == 2
    )
    file = read_survey_file(as_csv(plain), "a.csv", choices=ReadingChoices(format="surveymonkey"))
    assert file.table.columns.tolist() == ["a", "b"] and len(file.table) == 2
    assert (
        len(read_survey_file(as_csv(SURVEYMONKEY), "s.csv", choices=ReadingChoices(format="csv")).table) == 4
    )
