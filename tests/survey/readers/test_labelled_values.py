import pandas as pd
import pyreadstat
import pytest

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.readers.labelled_values import label_values


def read(path, frame, **more):
    pyreadstat.write_sav(frame, path, **more)
    return label_values(*pyreadstat.read_sav(path, user_missing=True))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.sav"


def test_values_without_a_label_stand_between_the_labelled_ones_in_order(path):
    frame = pd.DataFrame({"q": [1.0, 2.0, 3.0, None], "age": [20.0, 31.5, 44.0, 50.0]})
    labels = {"q": {1: "Low", 3: "High"}}
    found = read(path, frame, variable_value_labels=labels, variable_measure={"q": "ordinal"})
    assert found.notes.options == {"q": ("Low", "2", "High")}
    assert found.notes.types == {"q": QuestionType.ORDINAL}
    assert found.table["q"].fillna("-").tolist() == ["Low", "2", "High", "-"]
    assert found.table["age"].tolist() == ["20", "31.5", "44", "50"]


def test_one_label_of_two_values_carries_the_value(path):
    frame = pd.DataFrame({"q": [1.0, 2.0], "id": [1.0, 2.0]})
    found = read(path, frame, variable_value_labels={"q": {1: "Other", 2: "Other", 3: "  No "}})
    assert found.table["q"].tolist() == ["Other (1)", "Other (2)"]
    assert found.notes.options["q"] == ("Other (1)", "Other (2)", "No")


def test_a_range_declared_missing_has_the_values_that_occur_or_are_labelled(path):
    frame = pd.DataFrame({"q": [1.0, 97.0, 2.0], "id": [1.0, 2.0, 3.0]})
    labels = {"q": {1: "Yes", 2: "No", 99: "Refused"}}
    ranges = {"q": [{"lo": 97, "hi": 99}]}
    found = read(path, frame, variable_value_labels=labels, missing_ranges=ranges)
    assert found.notes.refusals == {"q": ("97", "Refused")}
    assert found.notes.options["q"] == ("Yes", "No", "97", "Refused")


def test_a_number_with_labels_for_missing_values_only_stays_numeric(path):
    frame = pd.DataFrame({"age": [20.0, 999.0], "id": [1.0, 2.0]})
    labels = {"age": {999: "No answer"}}
    found = read(path, frame, variable_value_labels=labels, missing_ranges={"age": [999]})
    assert "age" not in found.notes.options and found.notes.refusals == {"age": ("No answer",)}


def test_a_file_without_two_variables_is_refused(path):
    with pytest.raises(FileError, match="Got: 2 rows, 1 variables"):
        read(path, pd.DataFrame({"q": [1.0, 2.0]}))
