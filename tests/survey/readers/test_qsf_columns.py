import pandas as pd
import pytest

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.readers.header import HeadedTable
from core.survey.readers.qsf import QsfQuestion
from core.survey.readers.qsf_columns import apply_qsf
from core.survey.readers.survey_file import ColumnNotes

TEA = {"1": "Yes", "2": "No"}


def headed(ids=None, **columns):
    frame = pd.DataFrame({name: list(cells) for name, cells in columns.items()}, dtype="str")
    return HeadedTable(frame, ColumnNotes(), ids or {}, ())


def question(tag="Q1", options=TEA, rows=(), multiple=False):
    return QsfQuestion(tag, "QID1", "Tea?", options, dict(rows), multiple)


def test_codes_become_options_and_missing_stays_missing():
    found = apply_qsf(headed(Q1=["1", None, "2.0"]), (question(),), "a.csv")
    assert found.table["Q1"].fillna("-").tolist() == ["Yes", "-", "No"]
    assert found.notes.options["Q1"] == ("Yes", "No") and found.notes.wording["Q1"] == "Tea?"


def test_the_identifier_finds_a_renamed_column():
    found = apply_qsf(headed({"tea": "QID1"}, tea=["1", "2"]), (question(),), "a.csv")
    assert found.table["tea"].tolist() == ["Yes", "No"]


def test_an_unlisted_answer_leaves_the_column_and_is_said():
    found = apply_qsf(headed(Q1=["1", "7"]), (question(),), "a.csv")
    assert found.table["Q1"].tolist() == ["1", "7"] and "Q1" not in found.notes.options
    assert '1 columns hold answers the .qsf does not list and stay as they are: "Q1".' in found.decisions


def test_one_text_for_two_codes_is_made_distinct():
    found = apply_qsf(headed(Q1=["1", "2"]), (question(options={"1": "Other", "2": "Other"}),), "a.csv")
    assert found.table["Q1"].tolist() == ["Other (1)", "Other (2)"]


def test_a_multi_select_in_one_column_may_hold_codes_or_texts_with_commas():
    drinks = question(options={"1": "Tea", "2": "Coffee, black"}, multiple=True)
    for cells in (["1,2", "2"], ["Tea,Coffee, black", "Coffee, black"]):
        found = apply_qsf(headed(Q1=cells), (drinks,), "a.csv")
        assert found.table["Q1"].tolist() == ["Tea | Coffee, black", "Coffee, black"]
        assert found.notes.types["Q1"] is QuestionType.MULTI


def test_the_columns_of_a_multi_select_are_a_group_and_rows_of_a_matrix_are_scales():
    several = apply_qsf(headed(Q1_1="10", Q1_2="01"), (question(multiple=True),), "a.csv")
    (group,) = several.notes.groups
    assert (group.columns, group.labels) == (("Q1_1", "Q1_2"), ("Yes", "No"))
    matrix = question(rows=[("1", "Green tea"), ("2", "Black tea")])
    found = apply_qsf(headed(Q1_1="12", Q1_2="21"), (matrix,), "a.csv")
    assert found.notes.wording == {"Q1_1": "Tea? - Green tea", "Q1_2": "Tea? - Black tea"}
    assert set(found.notes.types.values()) == {QuestionType.ORDINAL}


def test_the_questionnaire_of_another_survey_is_refused():
    with pytest.raises(FileError, match=r"No column of the export.*Got: Q1"):
        apply_qsf(headed(other=["1"]), (question(),), "a.csv")
