"""The workbook as openpyxl reads it back: every number is the table's, and no text becomes a formula."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from core.comparison.banner import TableRow
from core.comparison.stub import RowKind
from core.report.excel import tables_workbook
from core.report.table_notes import TableSource
from tests.report.report_factory import made_banner, survey

SOURCE = TableSource("=1+1 cars", "24 November 2026", "200 respondents", "the same people", weighted=True)


def opened(banner, source=SOURCE):
    return openpyxl.load_workbook(io.BytesIO(tables_workbook(banner, source)))


@pytest.fixture(scope="module")
def banner():
    return made_banner()


@pytest.fixture(scope="module")
def book(banner):
    return opened(banner)


def cells(sheet):
    return {
        cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
    }


def test_a_promoter_score_is_in_points_with_a_sign_and_its_margin_without_one(banner):
    count = len(banner.columns)
    values = (np.full(count, value) for value in (12.3, -4.0, 6.5))
    row = TableRow(RowKind.NPS, "Net Promoter Score", *values, letters=("",) * count)
    book = opened(replace(banner, tables=(replace(banner.tables[0], rows=(row,)),)))
    cells = book["Toplines"][3][1:5]
    assert [cell.value for cell in cells] == pytest.approx([12.3, 6.5, -4.0, -16.3])
    formats = ["+0.0;-0.0;0.0", "± 0.0", "+0.0;-0.0;0.0", "+0.0;-0.0;0.0"]
    assert [cell.number_format for cell in cells] == formats


def test_there_is_a_sheet_per_table_and_the_contents_link_to_each(book, banner):
    tables = [f"T{i + 1}" for i in range(len(banner.tables))]
    assert book.sheetnames == ["Contents", "Toplines", *tables, "Notes"]
    contents = book["Contents"]
    links = {
        cell.value: cell.hyperlink.location for row in contents.iter_rows() for cell in row if cell.hyperlink
    }
    assert [links[name] for name in tables] == [f"'{name}'!A1" for name in tables]
    assert links["How to read these tables"] == "'Notes'!A1"
    for i, table in enumerate(banner.tables):
        place = contents.cell(8 + i, 4).hyperlink.location
        title = book["Toplines"][place.split("!")[1]].value
        assert title == f"{i + 1}. {table.question.text}"


def test_a_table_holds_the_figures_letters_and_bases(book, banner):
    sheet, table = book["T2"], banner.tables[1]
    grid = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert grid[3][3] == "Age"
    assert [grid[4][i] for i in (1, 3, 6)] == ["Total", "18-34 (A)", "35+ (B)"]
    assert grid[5][1:] == ["Real", "Simulated", *["Real", None, "Simulated"] * 2]
    bases = {row[0]: [row[i] for i in (1, 3, 6)] for row in grid[6:9]}
    assert bases["Base: respondents who answered (unweighted)"] == table.n.tolist()
    assert bases["Effective base"] == pytest.approx(table.effective.tolist())
    assert [grid[9][i] for i in (2, 5, 8)] == table.people.tolist()
    for line, row in zip(table.rows, grid[11:], strict=True):
        assert row[0] == line.label
        assert [row[i] for i in (1, 3, 6)] == pytest.approx(line.real.tolist())
        assert [row[i] for i in (2, 5, 8)] == pytest.approx(line.simulated.tolist())
        assert [row[i] or "" for i in (4, 7)] == list(line.letters[1:])
    assert sheet["B12"].number_format == "0%"
    assert sheet.freeze_panes == "B7"


def test_toplines_hold_margins_and_differences(book, banner):
    rows = {cell[0].value: [c.value for c in cell] for cell in book["Toplines"].iter_rows()}
    line = banner.table("rude").rows[1]
    assert rows[line.label][1:5] == pytest.approx(
        [line.real[0], line.margin[0], line.simulated[0], line.simulated[0] - line.real[0]]
    )
    assert rows["5. Asked of few"][1] == "n <30"
    assert rows["A"][1:5] == ["*", None, "*", "*"]


def test_simulated_columns_are_said_to_have_no_margins(book):
    notes = " ".join(cells(book["Notes"]).values())
    assert "Simulated columns have no margin of error and no significance letters" in notes
    assert "Simulated figures have no margin of error" in " ".join(map(str, cells(book["Contents"]).values()))


def test_small_bases_are_not_told(book):
    sheet = book["T5"]
    assert [sheet.cell(7, column).value for column in (2, 4, 7)] == ["<30"] * 3
    assert [sheet.cell(10, column).value for column in (3, 6, 9)] == ["<30"] * 3  # the same ten people
    assert {sheet.cell(12, column).value for column in (2, 3, 4, 6, 7, 9)} == {"*"}


def test_text_of_the_survey_never_becomes_a_formula_or_a_link():
    data = survey()
    question = replace(
        data.codebook.questions[0],
        text='=HYPERLINK("http://x","y")',
        options=("=cmd|' /C calc'!A0", "@SUM(1+1)"),
    )
    book = replace(data.codebook, questions=(question, *data.codebook.questions[1:]))
    content = tables_workbook(made_banner(data=replace(data, codebook=book)), SOURCE)
    found = openpyxl.load_workbook(io.BytesIO(content))
    assert found["Contents"]["A1"].value == "=1+1 cars"
    for sheet in found:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert not cell.hyperlink or cell.hyperlink.location
    assert found["T1"]["A12"].value == "=cmd|' /C calc'!A0"
    assert found["T1"]["A12"].quotePrefix
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
        assert not any("externalLink" in name for name in parts.namelist())


def test_without_a_banner_there_are_toplines_only():
    assert opened(made_banner(by=())).sheetnames == ["Contents", "Toplines", "Notes"]


def test_generated_respondents_have_no_margins_and_the_file_says_so():
    book = opened(made_banner(tested=False), replace(SOURCE, generated=True))
    assert "not real people" in book["Contents"]["A5"].value
    assert all(book["Toplines"].cell(row, 3).value is None for row in range(2, 40))
    assert "no significance letters" in " ".join(cells(book["Notes"]).values())
