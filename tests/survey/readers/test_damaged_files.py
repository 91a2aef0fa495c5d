"""Generated and damaged files: an error sentence or a correct import, never a traceback."""

import csv
import io
import json
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FileError, SurveyError
from core.survey.importing import draft_survey
from core.survey.readers.choices import ReadingChoices
from core.survey.readers.file_format import FileFormat
from core.survey.reading import read_survey_file

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=6)
WORDS = st.sampled_from(
    [
        "",
        "Yes",
        "No",
        "1",
        "0",
        "n/a",
        "Response",
        "3,5",
        "a | b",
        "Other",
        "Not selected",
        '{"ImportId":"QID1"}',
    ]
)
TITLES = st.sampled_from(
    [
        "",
        "id",
        "Q1_1",
        "Q1_2",
        "Q - a",
        "Q - b",
        "Status",
        "StartDate",
        "V1",
        "Timestamp",
        "weight",
        "ImportId",
    ]
)


def written(rows, delimiter=","):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue()


def check(content, name="a.csv", companion=None, **choices):
    """Read a file; what comes out must be usable or a sentence."""
    try:
        file = read_survey_file(content, name, ReadingChoices(**choices), companion)
    except FileError as error:
        assert error.what.endswith(".") and error.fix
        return None
    assert len(file.table) >= 1 and file.table.columns.is_unique
    assert all(str(dtype) == "str" for dtype in file.table.dtypes)
    assert not (file.table == "").to_numpy().any()
    assert all(decision.text.endswith(".") for decision in file.decisions)
    return file


@settings(max_examples=250)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(WORDS, TITLES), min_size=width, max_size=width), min_size=1, max_size=7
        )
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([None, *FileFormat]),
)
def test_tables_of_tricky_cells(rows, delimiter, encoding, form):
    check(written(rows, delimiter).encode(encoding), format=form)


@settings(max_examples=250)
@given(
    st.binary(max_size=80),
    st.sampled_from([b"", b"a,b\n1,2\n", b"PK\x03\x04", b"PAR1", b"\xff\xfe"]),
)
def test_any_bytes(content, start):
    check(start + content)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(CELL, CELL, CELL).filter(any), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_table_of_text_survives(rows, delimiter):
    content = written([("first", "second", "third"), *rows], delimiter).encode()
    table = read_survey_file(
        content, "a.csv", ReadingChoices(format="csv", delimiter=delimiter, keep=("first", "second", "third"))
    ).table
    expected = [tuple(cell for cell in row) for row in rows]
    assert [tuple(row) for row in table.fillna("").to_numpy()] == expected


SURVEY = [["id", "Age", "Q1_1", "Q1_2", "Often"]] + [
    [str(i), ("18-29", "30+")[i % 2], ("a", "")[i % 2], ("", "b")[i % 3 > 0], ("Never", "Often")[i % 2]]
    for i in range(9)
]


@pytest.fixture(scope="module")
def files():
    frame = pd.DataFrame(SURVEY[1:], columns=SURVEY[0])
    with tempfile.TemporaryDirectory() as folder:
        sav, dta = Path(folder) / "a.sav", Path(folder) / "a.dta"
        pyreadstat.write_sav(frame, sav)
        pyreadstat.write_dta(frame, dta)
        labelled = [sav.read_bytes(), dta.read_bytes()]
    parquet, workbook, book = io.BytesIO(), io.BytesIO(), openpyxl.Workbook()
    frame.to_parquet(parquet)
    for row in SURVEY:
        book.active.append(row)
    book.save(workbook)
    text = written(SURVEY)
    return [text.encode(), text.encode("utf-16"), *labelled, parquet.getvalue(), workbook.getvalue()]


def test_the_same_survey_from_every_kind_of_file(files):
    tables = [check(content).table for content in files]
    assert tables[0].columns.tolist() == ["id", "Age", "Q1", "Often"]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])


def damage(content, cuts):
    for place, length, inserted in cuts:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + length :]
    return content


CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=3)


@settings(max_examples=400)
@given(which=st.sampled_from([0, 1, 4, 5]), cuts=CUTS)
def test_damaged_files(files, which, cuts):
    check(damage(files[which], cuts))


@settings(max_examples=8)
@given(which=st.sampled_from([2, 3]), cuts=CUTS)
def test_damaged_labelled_files(files, which, cuts):
    check(damage(files[which], cuts))


def test_a_file_that_crashes_the_library_gives_a_sentence(files):
    """Number of cases, words per case and the like of the .sav header, set to nonsense."""
    for start in (64, 68, 72, 76, 80, 176, 180, 184):
        content = files[2][:start] + b"\xff\xff\xff\x7f" + files[2][start + 4 :]
        check(content, "a\0--.sav")


@settings(max_examples=60)
@given(st.lists(st.lists(st.one_of(WORDS, CELL), min_size=3, max_size=3), min_size=1, max_size=30))
def test_a_draft_is_made_or_refused_with_a_sentence(rows):
    try:
        draft = draft_survey(written([("Age", "Q1_1", "Q1_2"), *rows]).encode(), "a.csv")
    except SurveyError as error:
        assert error.what
    else:
        assert draft.codebook.questions and draft.codebook.demographics


LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 3), st.sampled_from(["", "1", "Q1_1", "QID1", "<b>x"])
)
KEYS = st.sampled_from(["Display", "1", "2", "Choices", "Answers", "QuestionText"])
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
PARTS = st.sampled_from(
    ["Choices", "ChoiceOrder", "Answers", "RecodeValues", "ChoiceDataExportTags", "QuestionText"]
)


@settings(max_examples=150)
@given(
    st.dictionaries(PARTS, JSON),
    st.sampled_from(["MC", "Matrix", "TE", "Slider"]),
    st.sampled_from(["SAVR", "MAVR", "Likert", None]),
)
def test_strange_questionnaires(more, kind, selector):
    payload = {
        "DataExportTag": "Q1",
        "QuestionID": "QID1",
        "QuestionType": kind,
        "Selector": selector,
        **more,
    }
    qsf = json.dumps({"SurveyElements": [{"Element": "SQ", "Payload": payload}]}).encode()
    check(written(SURVEY).encode(), companion=qsf)
