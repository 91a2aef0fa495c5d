import datetime
import io
import zipfile

import openpyxl
import pytest

from core.errors import FileError
from core.survey.readers.choices import ReadingChoices
from core.survey.reading import read_survey_file


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


ROWS = [
    ["id", "flies", "zip", "share", "day", "yes"],
    [12390574951, "Yes", "01234", 0.25, datetime.datetime(2024, 1, 2), True],
    [2, "No", None, 1, datetime.datetime(2024, 1, 2, 10, 30), False],
]


def test_cells_arrive_as_excel_shows_them():
    file = read_survey_file(workbook(Answers=ROWS), "a.xlsx")
    assert file.format.label == "Excel workbook with one header row"
    assert file.table.loc[0].tolist() == ["12390574951", "Yes", "01234", "0.25", "2024-01-02", "TRUE"]
    assert file.table["zip"].isna().tolist() == [False, True]
    assert file.decisions[0].text == 'Sheet "Answers" of the Excel workbook is read.'


def test_the_first_sheet_with_a_table_is_read_and_the_others_are_named():
    content = workbook(Cover=[["Our survey"]], Empty=[], Data=ROWS, Notes=ROWS)
    file = read_survey_file(content, "a.xlsx")
    assert len(file.table) == 2
    assert file.decisions[0].text == 'Sheet "Data" of the Excel workbook is read; not Cover, Empty, Notes.'


def test_empty_rows_and_columns_around_the_table_are_no_answers():
    rows = [[*row, None, None] for row in ROWS]
    assert read_survey_file(workbook(S=[*rows, [None] * 8, [""]]), "a.xlsx").table.shape == (2, 6)


def test_header_rows_of_a_platform_are_recognised_in_a_workbook_too():
    rows = [
        ["Status", "q"],
        ["Status", "Do you?"],
        ['{"ImportId":"status"}', '{"ImportId":"QID1"}'],
        [0, "Yes"],
        [1, "No"],
    ]
    file = read_survey_file(workbook(S=rows), "a.xlsx")
    assert file.format == "qualtrics" and file.wording["q"] == "Do you?" and len(file.removable) == 1
    assert read_survey_file(
        workbook(S=rows), "a.xlsx", choices=ReadingChoices(format="excel")
    ).table.shape == (4, 2)


def test_what_is_no_workbook_gets_a_sentence():
    content = workbook(S=ROWS)
    with pytest.raises(FileError, match="damaged"):
        read_survey_file(content[:300], "a.xlsx")
    with pytest.raises(FileError, match=r"No sheet.*Got: Cover"):
        read_survey_file(workbook(Cover=[["Our survey"]]), "a.xlsx")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("survey.csv", "a,b\n1,2\n")
    with pytest.raises(FileError, match="zip archive, not an Excel workbook"):
        read_survey_file(buffer.getvalue(), "a.zip")
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    with pytest.raises(FileError, match="Excel workbook cannot be read"):
        read_survey_file(buffer.getvalue(), "a.xlsx")
