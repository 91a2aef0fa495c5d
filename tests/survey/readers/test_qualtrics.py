import json

from core.survey.readers.file_format import FileFormat
from core.survey.reading import read_survey_file
from tests.survey.readers.header_rows import as_csv


def ids(*names):
    return [json.dumps({"ImportId": name}) for name in names]


QUALTRICS = [
    ["StartDate", "Status", "Finished", "ResponseId", "Q1", "Q2_1", "Q2_2", "Q3_TEXT"],
    ["Start Date", "Response Type", "Finished", "Response ID", "How\nold?", "Which? - Selected Choice - Tea",
     "Which? - Selected Choice - Coffee, black", "Why? - Other - Text"],
    ids("startDate", "status", "finished", "_recordId", "QID1", "QID2_1", "QID2_2", "QID3_TEXT"),
    ["2024-01-01", "IP Address", "True", "R_1", "20", "Tea", "", ""],
    ["2024-01-01", "Survey Preview", "True", "R_2", "30", "Tea", "Coffee, black", "x"],
    ["2024-01-02", "Survey Test", "True", "R_3", "40", "", "Coffee, black", ""],
    ["2024-01-02", "IP Address", "False", "R_4", "50", "", "", ""],
    ["2024-01-02", "Spam", "False", "R_5", "50", "", "", ""],
]  # fmt: skip


def test_qualtrics_three_header_rows():
    file = read_survey_file(as_csv(QUALTRICS), "q.csv")
    assert file.format is FileFormat.QUALTRICS and file.format.label == "Qualtrics export"
    assert file.table["ResponseId"].tolist() == ["R_1", "R_2", "R_3", "R_4", "R_5"]
    assert file.wording["Q1"] == "How old?" and file.wording["Q3_TEXT"] == "Why? - Other - Text"
    assert file.options["Q2"] == ("Tea", "Coffee, black") and file.combined == {"Q2": ("Q2_1", "Q2_2")}
    assert file.wording["Q2"] == "Which?"
    assert file.table["Q2"].fillna("").tolist() == ["Tea", "Tea | Coffee, black", "Coffee, black", "", ""]


def test_previews_tests_spam_and_partials_are_offered_and_each_row_once():
    removable = read_survey_file(as_csv(QUALTRICS), "q.csv").removable
    assert {str(offer.kind): offer.rows.tolist() for offer in removable} == {
        "preview": [1],
        "test": [2],
        "spam": [4],
        "partial": [3],
    }
    assert removable[-1].reason == "interviews that were not finished (1)."


def test_partials_show_by_progress_where_finished_was_not_exported():
    rows = [["Progress", "q"], ["Progress", "Do you?"], ids("progress", "QID1"), ["100", "a"], ["40", "b"]]
    offers = read_survey_file(as_csv(rows), "q.csv").removable
    assert [(str(offer.kind), offer.rows.tolist()) for offer in offers] == [("partial", [1])]


def test_a_file_whose_label_row_was_deleted_is_still_qualtrics():
    file = read_survey_file(as_csv([QUALTRICS[0], *QUALTRICS[2:]]), "q.csv")
    assert file.format == "qualtrics" and len(file.table) == 5
    assert "first 2 rows" in file.decisions[0].text


def test_a_file_whose_id_row_was_deleted_is_still_qualtrics():
    rows = [["StartDate", "EndDate", "ResponseId", "Q1"], ["Start", "End", "Response ID", "Why?"]]
    file = read_survey_file(as_csv([*rows, ["2024-01-01", "2024-01-01", "R_1", "a"]]), "q.csv")
    assert file.format == "qualtrics" and len(file.table) == 1 and file.wording["Q1"] == "Why?"


def test_the_legacy_format_names_its_own_columns():
    rows = [
        ["V1", "V4", "V8", "V10", "Q1", ""],
        ["ResponseID", "ExternalDataReference", "StartDate", "Finished", "Why?", ""],
        ["R_1", "", "2017-07-18", "1", "a", ""],
        ["R_2", "", "2017-07-18", "0", "b", ""],
    ]
    file = read_survey_file(b"\xef\xbb\xbf" + as_csv(rows), "q.csv")
    assert file.format == "qualtrics_legacy"
    assert file.table.columns.tolist() == [
        "ResponseID",
        "ExternalDataReference",
        "StartDate",
        "Finished",
        "Q1",
    ]
    assert file.table["ResponseID"].tolist() == ["R_1", "R_2"]
    assert [offer.rows.tolist() for offer in file.removable] == [[1]]
