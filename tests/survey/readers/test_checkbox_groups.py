import pandas as pd
import pytest

from core.survey.readers.checkbox_groups import find_checkboxes
from core.survey.readers.survey_file import ColumnGroup


def table(**columns):
    return pd.DataFrame({name: list(cells) for name, cells in columns.items()}, dtype="str")


def found(frame, wording=None, known=()):
    groups = [boxes.group for boxes in find_checkboxes(frame, wording or {}, known)]
    return [(group.wording, group.columns, group.labels) for group in groups]


def test_neighbours_with_one_beginning_are_one_question():
    frame = table(**{"id": "12", "Sides? - Corn": "10", "Sides? - Peas": "01", "Pet_1": "10", "Pet_2": "01"})
    assert found(frame) == [
        ("Sides?", ("Sides? - Corn", "Sides? - Peas"), ("Corn", "Peas")),
        ("Pet", ("Pet_1", "Pet_2"), ("Pet_1", "Pet_2")),
    ]


def test_the_longest_beginning_wins_where_stretches_are_equally_long():
    frame = table(**{"A: B: x": "10", "A: B: y": "01"})
    assert found(frame)[0][0] == "A: B"


def test_a_column_of_another_kind_between_them_ends_a_question():
    assert found(table(**{"Q - a": "10", "age": "37", "Q - b": "01"})) == []


def test_options_come_from_the_wording():
    wording = {"Q1_1": "Which? - Apple", "Q1_2": "Which? - Pear"}
    assert found(table(Q1_1="10", Q1_2="01"), wording) == [("Which?", ("Q1_1", "Q1_2"), ("Apple", "Pear"))]


@pytest.mark.parametrize(("cells", "is_one"), [("10", True), ("13", False)])
def test_a_declared_group_needs_ticks(cells, is_one):
    group = ColumnGroup("m", "Which?", ("a", "b"), ("Bus | Tram", "Car"))
    expected = [("Which?", ("a", "b"), ("Bus / Tram", "Car"))] if is_one else []
    assert found(table(a=cells, b="01"), known=(group,)) == expected


def test_ticks_of_everybody_prove_no_question():
    assert found(table(**{"Q - a": "11", "Q - b": "11"})) == []
