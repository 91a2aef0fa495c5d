from dataclasses import replace

import pandas as pd
import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook
from core.survey.fitting import (
    check_codebook,
    described_columns,
    match_columns,
    name_identifier,
    read_codebook,
)

BOOK = Codebook.from_dict(
    {
        "demographics": [{"column": "age", "options": ["18-29", "30+"]}],
        "questions": [{"column": "Don't you?", "type": "single", "options": ["Yes", "No"]}],
        "weight_column": "w",
    }
)


def table(*columns, rows=2):
    return pd.DataFrame({column: [str(i) for i in range(rows)] for column in columns}, dtype="str")


@pytest.mark.parametrize("content", ["\ufeff{}".encode(), "{", "[" * 100_000, b"\xff\xfe", "[]", "3"])
def test_what_is_no_codebook_is_refused_with_a_sentence(content):
    with pytest.raises(CodebookError):
        read_codebook(content)


def test_columns_that_differ_in_spaces_or_quotes_are_named_as_in_the_codebook():
    found = match_columns(table("age ", "Don\u2019t  you?", "w"), BOOK)
    assert found.columns.tolist() == ["age", "Don't you?", "w"]
    check_codebook(found, BOOK)


def test_a_name_that_two_columns_could_have_is_given_to_neither():
    assert match_columns(table("age ", " age", "w"), BOOK).columns.tolist() == ["age ", " age", "w"]


def test_a_column_with_two_roles_is_refused():
    with pytest.raises(CodebookError, match="two roles.*Got: age"):
        check_codebook(table("age", "Don't you?"), replace(BOOK, weight_column="age"))


def test_the_identifier_is_a_column_of_its_own_with_distinct_cells():
    file = table("age", "w", "case_id", "RespondentID")
    assert name_identifier(file, BOOK).id_column == "case_id"
    assert name_identifier(file.assign(case_id="1"), BOOK).id_column == "RespondentID"
    assert name_identifier(file, replace(BOOK, id_column="age")).id_column == "age"
    assert name_identifier(file, replace(BOOK, weight_column="case_id")).id_column == "RespondentID"
    assert name_identifier(table("age", "w"), BOOK).id_column is None


def test_described_columns_are_those_with_a_role():
    assert described_columns(BOOK) == {"age", "Don't you?", "w"}
