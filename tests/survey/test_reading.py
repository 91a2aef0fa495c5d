import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FileError
from core.survey.reading import read_csv, read_survey_file


def test_every_cell_stays_the_text_it_was():
    table = read_csv(b"id,flies,zip,share\n1,Yes,01234,1.0\n2,NA,,null\n", "a.csv")
    assert table.columns.tolist() == ["id", "flies", "zip", "share"]
    assert table.loc[0].tolist() == ["1", "Yes", "01234", "1.0"]
    assert table.loc[1, "flies"] == "NA" and table.loc[1, "share"] == "null"
    assert table.isna().to_numpy().sum() == 1 and pd.isna(table.loc[1, "zip"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiter_and_byte_order_mark_are_recognised(delimiter, mark):
    content = mark + delimiter.join(["id", "q", "w"]).encode() + b"\r\n" + delimiter.join("1é2").encode()
    assert read_csv(content, "a.csv").to_dict("records") == [{"id": "1", "q": "é", "w": "2"}]


def test_quoted_commas_quotes_and_line_breaks_are_kept():
    table = read_csv(b'id,why\n1,"So, ""he"" said\nyes"\n\n2,no\n', "a.csv")
    assert table["why"].tolist() == ['So, "he" said\nyes', "no"]


def test_a_header_without_a_name_is_numbered_and_an_empty_column_dropped():
    assert read_csv(b",q,\n1,a,\n2,b,\n", "a.csv").columns.tolist() == ["column 1", "q"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"\xef\xbb\xbf\n", "The file is empty"),
        (b"PK\x03\x04rest", "The file is damaged"),
        (b"\x89PNG\r\n", "a picture, not a survey file"),
        (b"a,b\n1,\x00\n", "binary data"),
        (b"<!DOCTYPE html><p>no", "web page"),
        (b'{"title": "x", "questions": []}', "looks like JSON"),
        (b"only\n1\n2\n", "only one column.*Got: only"),
        (b"a,b\n", "header but no respondents"),
        (b"a,b\n1,2\n3\n", r"A row has 1 cells, but the header has 2.*row 3 \(line 3\)"),
        (b"a,b\n1,2,3\n", r"A row has 3 cells.*Got: 1,2,3"),
        (b'a,b\n1,"2\n3,4\n', "cannot be read as CSV"),
    ],
)
def test_what_is_no_survey_table_is_refused_with_a_reason(content, message):
    with pytest.raises(FileError, match=f"(?s){message}.*What to do"):
        read_csv(content, "a.csv")
    with pytest.raises(FileError, match=f"(?s){message}.*What to do"):
        read_survey_file(content, "a.csv")


def test_other_encodings_are_read_and_named():
    text = "a,b\n1,2\n3,größer\n"
    for encoding, title in (("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("mac_roman", "Mac OS Roman")):
        file = read_survey_file(text.encode(encoding), "a.csv")
        assert file.table["b"].tolist() == ["2", "größer"]
        assert title in file.decisions[0].text


def test_a_repeated_header_is_numbered_and_said():
    file = read_survey_file(b"a,b,a\n1,2,3\n", "a.csv")
    assert file.table.columns.tolist() == ["a", "b", "a (2)"]
    assert [d.text for d in file.decisions] == ['Repeated column names are numbered: "a (2)".']


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells).filter(any), min_size=1, max_size=8))
def test_any_table_of_text_survives(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([("a", "b", "c"), *rows])
    table = read_csv(buffer.getvalue().encode(), "a.csv")
    assert table.shape == (len(rows), 3)
    assert [tuple(row) for row in table.fillna("").to_numpy()] == rows


@given(st.binary(max_size=60))
def test_any_bytes_give_a_table_or_a_sentence(content):
    try:
        assert len(read_csv(content, "a.csv")) >= 1
    except FileError as error:
        assert error.what and error.fix
