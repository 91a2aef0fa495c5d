import json

import pytest

from core.errors import CodebookError, FileError
from core.survey.importing import build_survey, draft_survey
from core.survey.readers.choices import ReadingChoices

CSV = b"id,age,w,q,n\np1,young,1,Yes,3\np2,old,3,No,\np3,,2,,7\n"
BOOK = {
    "title": "Trial",
    "id_column": "id",
    "weight_column": "w",
    "demographics": [{"column": "age", "label": "Age", "options": ["young", "old"]}],
    "questions": [
        {"column": "q", "text": "Do you?", "type": "single", "options": ["Yes", "No"]},
        {"column": "n", "text": "How many?", "type": "numeric", "range": [0, 10]},
    ],
}


def book(**changes):
    return {**BOOK, **changes}


def test_a_survey_with_its_codebook():
    draft = draft_survey(CSV, "trial.csv", json.dumps(BOOK).encode())
    assert (draft.name, draft.guessed, draft.raw) == ("Trial", False, CSV)
    data = build_survey(draft)
    assert data.ids.tolist() == ["p1", "p2", "p3"]
    assert data.weights.tolist() == [0.5, 1.5, 1.0]
    assert data.answers.to_dict("list") == {"q": [0, 1, -1], "n": [3, -1, 7]}
    assert set(data.split) == {"train", "validation", "test"}
    assert draft.warnings[0].startswith("Only 3 respondents")


def test_the_codebook_may_be_text_or_an_object_and_the_name_ones_own():
    for given in (BOOK, json.dumps(BOOK), b"\xef\xbb\xbf" + json.dumps(BOOK).encode()):
        assert draft_survey(CSV, "trial.csv", given, name="Mine").name == "Mine"


def test_without_a_codebook_the_name_is_the_files():
    draft = draft_survey(CSV, "C:\\uploads\\my trial.csv")
    assert draft.guessed and draft.name == "my trial"
    assert [d.column for d in draft.codebook.demographics] == ["age"]


def test_a_header_that_differs_only_in_spaces_is_the_same_column():
    draft = draft_survey(CSV.replace(b"age", "a\u00a0ge ".encode()), "t.csv", book(demographics=[
        {"column": "a ge", "options": ["young", "old"]}]))  # fmt: skip
    assert build_survey(draft).profiles["a ge"].iloc[0] == "young"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"{", r"not valid JSON.*codebook\.json, line 1"),
        (b"\xff{}", "not encoded as UTF-8"),
        (b"[]", "not a JSON object"),
        (book(demographics=[]), "describes no background field"),
        (book(questions=[]), "describes no question"),
        (book(weight_column="gewicht"), "not in the file.*weight_column.*'gewicht'"),
        (
            book(demographics=[{"column": "aeg", "options": ["young"]}]),
            "not in the file.*demographics.*'aeg'.*mean \"age\"",
        ),
        (book(weight_column="age"), "One column has two roles.*age"),
        (book(demographics=[{"column": "age", "options": ["young"]}]), "'old' .1 times, first in row 3"),
        (
            book(questions=[{**BOOK["questions"][0], "non_substantive_options": ["DK"]}]),
            "non-substantive option is not among.*'DK'",
        ),
        (book(questions=[{"column": "n", "type": "numeric", "range": ["a", "b"]}]), "wrong kind"),
        (book(split_column="q", questions=BOOK["questions"][1:]), "value that is no split"),
    ],
)
def test_a_codebook_that_does_not_fit_is_refused_with_a_reason(given, message):
    with pytest.raises(CodebookError, match=f"(?s){message}"):
        draft_survey(CSV, "trial.csv", given)


def test_a_broken_file_is_a_file_error():
    with pytest.raises(FileError, match="only one column"):
        draft_survey(b"a\n1\n", "t.csv", BOOK)


def test_repeated_and_missing_identifiers_become_distinct():
    content = b"id,age,w,q,n\np1,old,1,Yes,3\np1,old,1,No,3\n,old,1,No,3\np1#2,old,1,No,3\n"
    draft = draft_survey(content, "t.csv", BOOK)
    assert build_survey(draft).ids.tolist() == ["p1", "p1#3", "row 4", "p1#2"]
    assert any("repeats 1 identifiers" in warning for warning in draft.warnings)


def test_the_seed_changes_the_drawn_split_only():
    rows = b"".join(b"p%d,old,1,Yes,3\n" % i for i in range(100))
    draft = draft_survey(b"id,age,w,q,n\n" + rows, "t.csv", BOOK)
    one, two = build_survey(draft, seed=1), build_survey(draft, seed=2)
    assert (one.split == build_survey(draft, seed=1).split).all()
    assert (one.split != two.split).any() and one.answers.equals(two.answers)


def test_warnings_name_unused_options_rounding_silence_and_uneven_weights():
    content = b"id,age,w,q,n\n" + b"p1,old,90,,\n" + b"".join(b"p%d,old,1,No,2.5\n" % i for i in range(9))
    warnings = "\n".join(draft_survey(content, "t.csv", BOOK).warnings)
    assert "1 of 10 respondents answered no question" in warnings
    assert "Options nobody chose: 'Yes' (q)" in warnings
    assert '9 answers to "n" are rounded to steps of 1' in warnings
    assert "effective base of 12%" in warnings  # 99 ** 2 / (10 * (8100 + 9)) = 0.121


QUALTRICS = (
    b"Status,Finished,age,q\nStatus,Finished,How old?,Do you?\n"
    b'"{""ImportId"":""status""}","{""ImportId"":""finished""}","{""ImportId"":""QID1""}",'
    b'"{""ImportId"":""QID2""}"\n0,1,old,Yes\n1,1,old,No\n0,0,young,No\n0,1,young,Yes\n'
)


def test_the_header_rows_of_a_qualtrics_export_are_no_respondents():
    draft = draft_survey(QUALTRICS, "t.csv")
    assert draft.format == "qualtrics" and draft.raw == QUALTRICS
    assert len(build_survey(draft)) == 4
    assert draft.codebook.question("q").text == "Do you?"
    assert draft.decisions[0].text.startswith("Qualtrics export: the first 3 rows")
    assert [(str(rows.kind), rows.rows.tolist()) for rows in draft.removable] == [
        ("preview", [1]),
        ("partial", [2]),
    ]


THREE_HEADER_ROWS = {
    "title": "Trial",
    "demographics": [{"column": "age", "options": ["old", "young"]}],
    "questions": [{"column": "q", "type": "single", "options": ["Yes", "No"]}],
}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (
            {"questions": [{"column": "q", "type": "single", "options": ["Yes", "Maybe"]}]},
            "'No' .2 times.* in row 5",
        ),
        ({"demographics": [{"column": "age", "options": ["old"]}]}, "'young' .2 times, first in row 6"),
        ({"split_column": "Status"}, "no split.*4 rows, first: 4"),
    ],
)
def test_messages_count_every_header_row(change, where):
    with pytest.raises(CodebookError, match=where):
        draft_survey(QUALTRICS, "t.csv", {**THREE_HEADER_ROWS, **change})


def test_messages_count_rows_that_were_taken_out():
    """The preview in row 5 is gone; the other "No" still stands in row 6."""
    only_yes = {
        **THREE_HEADER_ROWS,
        "questions": [{"column": "q", "type": "single", "options": ["Yes", "Maybe"]}],
    }
    with pytest.raises(CodebookError, match="'No' .1 times, first in row 6"):
        draft_survey(QUALTRICS, "t.csv", only_yes, choices=ReadingChoices(remove=("preview",)))


def test_choices_add_to_those_of_the_codebook():
    first = draft_survey(QUALTRICS, "t.csv", choices=ReadingChoices(keep=("q",), remove=("preview",)))
    book = first.codebook.to_dict()
    more = draft_survey(QUALTRICS, "t.csv", book, choices=ReadingChoices(keep=("age",), remove=("partial",)))
    assert more.format == "qualtrics" and len(more.table) == 2  # neither the preview nor the partial
    assert more.codebook.extra["reading"]["keep"] == ["q", "age"]
    assert more.codebook.extra["reading"]["encoding"] == "utf-8"
    other = draft_survey(QUALTRICS, "t.csv", book, choices=ReadingChoices(encoding="cp1252"))
    reading = {"format": "qualtrics", "encoding": "cp1252", "remove": ["preview"]}
    assert other.codebook.extra["reading"].items() >= reading.items()


def test_rows_offered_for_removal_are_removed_on_request_only():
    draft = draft_survey(QUALTRICS, "t.csv", choices=ReadingChoices(remove=("preview",)))
    assert draft.table["q"].tolist() == ["Yes", "No", "Yes"] and draft.raw == QUALTRICS
    assert [rows.rows.tolist() for rows in draft.removable] == [[1]]  # the partial moved up
    assert draft.decisions[-1].text == "Removed: previews of the questionnaire, not respondents (1)."
    partials = QUALTRICS.replace(b"0,1,", b"0,0,")
    with pytest.raises(FileError, match="No respondents are left"):
        draft_survey(partials, "t.csv", choices=ReadingChoices(remove=("preview", "partial")))


def test_the_format_can_be_overridden():
    draft = draft_survey(QUALTRICS, "t.csv", choices=ReadingChoices(format="csv"))
    assert draft.format == "csv" and len(draft.table) == 6
    with pytest.raises(FileError, match="no such file format.*Got: sas.*Use: csv"):
        draft_survey(QUALTRICS, "t.csv", choices=ReadingChoices(format="sas"))
    with pytest.raises(FileError, match="cannot be read as: SPSS file"):
        draft_survey(QUALTRICS, "t.csv", choices=ReadingChoices(format="spss"))


def test_columns_a_codebook_names_are_left_as_they_are():
    content = b"age,Pet_1,Pet_2\nold,Cat,\nyoung,,Dog\nold,Cat,Dog\n"
    assert draft_survey(content, "t.csv").codebook.question("Pet").options == ("Cat", "Dog")
    given = {
        "title": "T",
        "demographics": [{"column": "age", "options": ["young", "old"]}],
        "questions": [{"column": "Pet_1", "type": "multi", "options": ["Cat"]}],
    }
    assert draft_survey(content, "t.csv", given).table.columns.tolist() == ["age", "Pet_1", "Pet_2"]
    combined = {**given, "questions": [{"column": "Pet", "type": "multi", "options": ["Cat", "Dog"]}]}
    data = build_survey(draft_survey(content, "t.csv", combined))
    assert data.answers["Pet#1"].tolist() == [1, 0, 0]
