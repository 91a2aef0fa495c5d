import pandas as pd
import pytest

from core.survey.readers.checkboxes import combine_checkboxes
from core.survey.readers.survey_file import ColumnNotes


def combine(columns, wording=None, **options):
    table = pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in columns.items()})
    return combine_checkboxes(table, ColumnNotes(wording=wording or {}), **options)


def cells(combined, column):
    return combined.table[column].fillna("").tolist()


def test_label_or_blank():
    combined = combine({
        "id": ["1", "2", "3"],
        "Sides? - Corn": ["Corn", None, None],
        "Sides? - Green beans": [None, "Green beans", None],
        "Sides? - Nobody's": [None, None, None],
    })  # fmt: skip
    assert combined.table.columns.tolist() == ["id", "Sides?"]
    assert cells(combined, "Sides?") == ["Corn", "Green beans", ""]  # a blank may be "not asked"
    assert combined.notes.options["Sides?"] == ("Corn", "Green beans", "Nobody's")
    assert combined.sources["Sides?"] == ("Sides? - Corn", "Sides? - Green beans", "Sides? - Nobody's")
    assert combined.decisions[0].text.startswith('3 checkbox columns are combined into "Sides?"')


@pytest.mark.parametrize(
    ("yes", "no"), [("1", "0"), ("TRUE", "FALSE"), ("Checked", "Unchecked"), ("1.0", "0.0")]
)
def test_a_tick_and_its_absence_written_out(yes, no):
    combined = combine({"Q5_1": [yes, no, no, None], "Q5_2": [yes, yes, no, None]})
    assert cells(combined, "Q5") == ["Q5_1 | Q5_2", "Q5_2", "(none selected)", ""]


def test_options_come_from_the_wording_where_the_name_is_a_code():
    wording = {"Q5_1": "Which? - Tea - green", "Q5_2": "Which? - Coffee"}
    combined = combine({"Q5_1": ["1", None], "Q5_2": ["1", "1"]}, wording)
    assert cells(combined, "Q5") == ["Tea - green | Coffee", "Coffee"]
    assert combined.notes.wording["Q5"] == "Which?"


def test_a_label_beside_not_selected_and_na():
    combined = combine({
        "q0004_0001": ["Father", "Not selected", "NA", "Not selected"],
        "q0004_0002": ["Mother", "Mother", "NA", "Not selected"],
    })  # fmt: skip
    assert cells(combined, "q0004") == ["Father | Mother", "Mother", "", "(none selected)"]


def test_options_with_dashes_are_recognised_by_their_cells():
    combined = combine({
        "8. NoSQL - column store.": ["NoSQL - column store.", None],
        "8. NoSQL - documents": [None, "NoSQL - documents."],
        "9. Text": ["Text", None],
        "9. Images": ["Images", "Images"],
    })  # fmt: skip
    assert combined.table.columns.tolist() == ["8", "9"]
    assert cells(combined, "8") == ["NoSQL - column store.", "NoSQL - documents."]


@pytest.mark.parametrize(
    "columns",
    [
        {"flies_1": ["Yes", "No"], "flies_2": ["No", "Yes"]},  # two yes/no questions
        {"is_student": ["1", "0"], "is_parent": ["0", "1"]},  # no question code before the dash
        {"Q5_1": ["3", "2"], "Q5_2": ["1", "5"]},  # ratings
        {"Rank_1": ["3", None], "Rank_2": ["4", None]},  # a rank hardly anyone gave
        {"Q5_1": ["1"], "Q5_2": ["1"]},  # one respondent: could be anything
        {"Q5_1": ["a", None], "x": ["1", "2"], "Q5_2": [None, "b"]},  # not neighbours
        {"Q5_1": ["a", None], "Q6_1": [None, "b"]},
    ],
)
def test_other_columns_are_left_alone(columns):
    combined = combine(columns)
    assert combined.table.columns.tolist() == list(columns) and combined.decisions == ()


def test_columns_can_be_kept():
    columns = {"Q5_1": ["1", "0"], "Q5_2": ["1", "1"], "Q6_1": ["1", "0"], "Q6_2": ["0", "1"]}
    assert combine(columns, keep=["Q5_2"]).table.columns.tolist() == ["Q5_1", "Q5_2", "Q6"]


def test_a_name_that_is_taken_is_not_taken_twice():
    combined = combine({"Q5": ["why", "so"], "Q5_1": ["1", "0"], "Q5_2": ["1", "1"]})
    assert combined.table.columns.tolist() == ["Q5", "Q5 (all that apply)"]


def test_an_option_that_contains_the_separator_is_rewritten():
    combined = combine({"Q - a | b": ["a | b", None], "Q - c": ["c", "c"]})
    assert cells(combined, "Q") == ["a / b | c", "c"]
