import numpy as np
import pandas as pd

from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

CODEBOOK = Codebook.from_dict(
    {
        "title": "Téa",
        "demographics": [{"column": "id", "options": ["a", "b"]}],
        "questions": [{"column": "weight", "type": "single", "options": ["x", "y"]}],
    }
)  # columns named like those of the table


def survey():
    return SurveyData(
        CODEBOOK,
        ids=np.array(["1", "2", "3", "4"], dtype=object),
        profiles=pd.DataFrame({"id": pd.Series(["a", None, "b", "a"], dtype="str")}),
        answers=pd.DataFrame({"weight": np.array([0, 1, -1, 1], dtype=np.int16)}),
        weights=np.array([0.5, 1.5, 1.0, 1.0]),
        split=np.array(["train", "test", "train", "validation"], dtype=object),
    )


def assert_equal(one, other):
    assert one.codebook == other.codebook
    assert one.ids.tolist() == other.ids.tolist() and one.split.tolist() == other.split.tolist()
    assert one.weights.tobytes() == other.weights.tobytes()
    pd.testing.assert_frame_equal(one.profiles, other.profiles)
    pd.testing.assert_frame_equal(one.answers, other.answers)


def test_a_table_of_respondents_gives_them_back():
    frame = survey().to_frame()
    assert frame.columns.tolist() == ["id", "weight", "split", "profile:id", "answer:weight"]
    assert_equal(SurveyData.from_frame(CODEBOOK, frame), survey())


def test_a_folder_gives_them_back(tmp_path):
    survey().write(tmp_path / "inputs")
    assert_equal(SurveyData.read(tmp_path / "inputs"), survey())


def test_splits_and_rows_are_taken_with_everything_that_belongs_to_them():
    part = survey().part("train", "validation")
    assert part.ids.tolist() == ["1", "3", "4"] and part.weights.tolist() == [0.5, 1.0, 1.0]
    assert part.answers["weight"].tolist() == [0, -1, 1] and part.answers.index.tolist() == [0, 1, 2]
    assert_equal(survey().take(np.array([3, 0])), survey().take(np.array([3, 1, 0])).take(np.array([0, 2])))
