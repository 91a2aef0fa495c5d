import pandas as pd
import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook, QuestionType
from core.survey.codebook_table import (
    COLUMNS,
    codebook_from_table,
    codebook_table,
    join_options,
    split_options,
)
from core.survey.example import example_survey
from core.survey.importing import build_survey, draft_survey

CSV = b"id,age,area,comment,q1,q2,n\n" + b"".join(
    b"%d,%d,%s,free %d,%s,%s,%d\n"
    % (
        i,
        20 + i,
        (b"City", b"Rural")[i % 2],
        i,
        (b"Low", b"High", b"Medium")[i % 3],
        (b"A", b"B", b"C")[i % 3],
        i,
    )
    for i in range(50)
)


@pytest.fixture
def draft():
    return draft_survey(CSV, "t.csv")


def edit(table: pd.DataFrame, column: str, **cells) -> pd.DataFrame:
    table = table.copy()
    for key, value in cells.items():
        table.loc[table["column"] == column, key] = value
    return table


def test_an_unedited_table_gives_the_codebook_back(draft):
    for codebook in (draft.codebook, example_survey()[1]):
        assert codebook_from_table(codebook_table(codebook), codebook) == codebook
    assert codebook_from_table(codebook_table(draft.codebook, draft.table), draft.codebook) == draft.codebook


def test_the_table_has_a_row_per_column_in_the_files_order(draft):
    table = codebook_table(draft.codebook, draft.table)
    assert table["column"].tolist() == ["id", "age", "area", "comment", "q1", "q2", "n"]
    assert table["role"].tolist() == ["id", *["demographic"] * 2, "ignore", *["question"] * 3]
    assert tuple(table.columns) == COLUMNS
    assert table.loc[1, "bands"] == "18 | 30 | 45 | 60"
    assert table.loc[4, "options"] == "Low | Medium | High"


def test_roles_wording_types_and_order_can_be_changed(draft):
    table = codebook_table(draft.codebook, draft.table)
    table = edit(table, "area", role="question", label="Where do you live?")
    table = edit(table, "q2", type="ordinal", options="C | B | A")
    table = edit(table, "q1", role="demographic")
    edited = codebook_from_table(table, draft.codebook)
    assert [d.column for d in edited.demographics] == ["age", "q1"] and edited.demographics[1].ordinal
    assert edited.question("area").text == "Where do you live?"
    assert edited.question("q2").type is QuestionType.ORDINAL
    assert build_survey(draft, edited).answers["q2"].tolist()[:3] == [2, 1, 0]


def test_a_column_left_out_can_be_brought_in(draft):
    table = edit(codebook_table(draft.codebook), "q2", role="ignore")
    without = codebook_from_table(table, draft.codebook)
    assert [q.column for q in without.questions] == ["q1", "n"]
    again = edit(codebook_table(without, draft.table), "q2", role="question", type="single")
    assert codebook_from_table(again, without, draft.table).question("q2").options == ("A", "B", "C")
    with pytest.raises(CodebookError, match=r"too few options.*q2"):
        codebook_from_table(again, without)


def test_a_number_can_become_a_scale_and_back(draft):
    table = edit(codebook_table(draft.codebook), "n", type="ordinal")
    with pytest.raises(CodebookError, match="too few options"):
        codebook_from_table(table, draft.codebook)
    table = edit(codebook_table(draft.codebook), "n", low=float("nan"), high=float("nan"))
    filled = codebook_from_table(table, draft.codebook, draft.table)
    assert filled.question("n").range == (0, 50)
    with pytest.raises(CodebookError, match="numeric question needs a range"):
        codebook_from_table(table, draft.codebook)


def test_bands_can_be_moved(draft):
    table = edit(codebook_table(draft.codebook), "age", bands="0 | 40")
    edited = codebook_from_table(table, draft.codebook)
    assert edited.demographics[0].options == ("0-39", "40+")
    with pytest.raises(CodebookError, match=r"lower bounds.*age.*40 \| 0"):
        codebook_from_table(edit(table, "age", bands="40 | 0"), draft.codebook)


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("q1", {"role": "boss"}, 'role of a column is unknown.*"q1".*boss'),
        ("q1", {"type": ""}, "type of a column is unknown.*nothing"),
        ("area", {"role": "id"}, 'Two columns have the role "id"'),
        ("area", {"type": "multi"}, "one answer per respondent"),
        ("q2", {"options": "A | A"}, "same option twice"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_with_a_reason(draft, column, cells, message):
    table = edit(codebook_table(draft.codebook), column, **cells)
    with pytest.raises(CodebookError, match=message):
        codebook_from_table(table, draft.codebook)


def test_cells_an_editor_left_empty_are_empty_text(draft):
    table = edit(codebook_table(draft.codebook).astype(object), "q1", non_substantive=None, low=None)
    assert codebook_from_table(table, draft.codebook) == draft.codebook


def test_further_keys_are_kept():
    base = example_survey()[1]
    base = Codebook.from_dict(
        {**base.to_dict(), "questions": [{**q, "note": q["column"]} for q in base.to_dict()["questions"]]}
    )
    edited = codebook_from_table(codebook_table(base), base)
    assert edited.extra["generated"] is True and edited.questions[0].extra == {"note": "test_drive"}


def test_an_option_may_contain_a_bar():
    for options in (["A | B", "C"], ["A|B", "C"], ["Yes", "No"]):
        assert split_options(join_options(options)) == options
