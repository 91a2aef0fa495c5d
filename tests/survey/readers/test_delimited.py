import pytest

from core.errors import FileError
from core.survey.readers.delimited import DELIMITERS, read_grid
from core.survey.reading import read_survey_file


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_every_delimiter_is_recognised(delimiter):
    rows = [["id", "Wie oft, wenn überhaupt; sagen Sie es", "x"], ["1", "a", "2"], ["2", "b|c", "3"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    grid, found = read_grid(text, "a.csv")
    assert (grid.head, found) == (rows, delimiter)


def test_a_header_full_of_semicolons_is_still_cut_at_commas():
    text = 'id,"Which: a; b; c; d; e",q\n1,a,yes\n2,b,no\n'
    assert read_grid(text, "a.csv")[1] == ","


def test_decimal_commas_do_not_make_commas_the_delimiter():
    file = read_survey_file(b"id;w;q\n1;0,5;Ja\n2;1,5;Nein\n", "a.csv")
    assert file.table["w"].tolist() == ["0.5", "1.5"]
    assert [decision.text for decision in file.decisions] == [
        "Cells are separated by a semicolon.",
        'Decimal commas are read as decimal points in "w".',
    ]


def test_a_thousands_separator_and_a_list_of_codes_are_no_decimals():
    file = read_survey_file(b"id;euro;codes\n1;1,500;1,2,3\n2;12,000;2\n", "a.csv")
    assert file.table["euro"].tolist() == ["1,500", "12,000"]
    assert file.table["codes"].tolist() == ["1,2,3", "2"]


def test_excels_separator_line_is_obeyed():
    grid, delimiter = read_grid("sep=|\na|b,c\n1|2,3\n", "a.csv")
    assert (grid.head, delimiter) == ([["a", "b,c"], ["1", "2,3"]], "|")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a;b\n1;2\n3\n", r"A row has 1 cells, but the header has 2.*row 3 \(line 3\)"),
        ('a,b\n1,"2\n3,4\n', "cannot be read as CSV.*near line"),
        ("only\n1\n", "only one column.*Got: only"),
        ("sep=;\n", "only one column"),
        ("\n \n", "only one column"),
    ],
)
def test_what_cannot_be_cut_into_equal_rows_is_refused(text, message):
    with pytest.raises(FileError, match=f"(?s){message}"):
        read_grid(text, "a.csv")
