from core.survey.readers.file_format import FileFormat
from core.survey.reading import read_survey_file
from tests.survey.readers.header_rows import SURVEYMONKEY, as_csv


def test_surveymonkey_two_header_rows():
    file = read_survey_file(as_csv(SURVEYMONKEY), "s.csv")
    assert file.format is FileFormat.SURVEYMONKEY and len(file.table) == 3
    assert file.table.columns.tolist() == [
        "Respondent ID",
        "Do you drive?",
        "Which colours?",
        "Which colours? - Other (please specify)",
        "Rate these - Comfort",
        "Rate these - Price",
        "Why?",
    ]
    assert file.options["Which colours?"] == ("Red", "Blue", "Other (please specify)")
    assert file.table["Which colours?"].tolist() == [
        "Red | Blue",
        "Blue | Other (please specify)",
        "Other (please specify)",
    ]
    assert file.table["Which colours? - Other (please specify)"].tolist()[1:] == ["pink", "mauve"]


def test_a_surveymonkey_matrix_answered_by_one_person_is_no_multi_select():
    rows = [["Respondent ID", "Rate these", ""], ["", "Comfort", "Price"], ["1", "3", "3"]]
    file = read_survey_file(as_csv(rows), "s.csv")
    assert file.table.columns.tolist() == ["Respondent ID", "Rate these - Comfort", "Rate these - Price"]
