import numpy as np
import pandas as pd
import pytest

from core.errors import CodebookError
from core.survey.codebook import Codebook
from core.survey.coding import code_answers, code_profiles, split_selections
from core.survey.labels import match_labels


def codebook(question=None, demographic=None, **more):
    question = {"column": "q", "type": "single", "options": ["Yes", "No"], **(question or {})}
    demographic = {"column": "d", "options": ["a", "b"], **(demographic or {})}
    return Codebook.from_dict({"questions": [question], "demographics": [demographic], **more})


def answers(cells, question=None, **more):
    table = pd.DataFrame({"q": pd.Series(cells, dtype="str")})
    return code_answers(table, codebook(question, **more))


def profiles(cells, demographic=None):
    table = pd.DataFrame({"d": pd.Series(cells, dtype="str")})
    return code_profiles(table, codebook(demographic=demographic))["d"].tolist()


def test_single_answers_become_positions_and_blanks_minus_one():
    assert answers(["No", None, "Yes", "  "])["q"].tolist() == [1, -1, 0, -1]


def test_differences_nobody_can_see_are_forgiven_and_others_are_not():
    options = {"options": ["Don't know", "yes", "Yes"]}
    assert answers(["Don\u2019t\u00a0know ", "Yes", " yes"], options)["q"].tolist() == [0, 2, 1]
    with pytest.raises(CodebookError, match=r"\"q\": 'YES' \(2 times, first in row 3\)"):
        answers(["Yes", "YES", "YES"], options)


def test_a_number_written_as_a_decimal_finds_its_option():
    assert answers(["1.0", "5"], {"options": ["1", "5"]})["q"].tolist() == [0, 1]


def test_numbers_go_to_the_nearest_step_of_the_range():
    question = {"type": "numeric", "range": [0, 100], "options": None, "non_substantive_options": ["DK"]}
    coded = answers(["0", "100", "57.4", "DK", None], question)["q"]
    assert coded.tolist() == [0, 100, 57, 101, -1]
    assert coded.dtype == np.int16


@pytest.mark.parametrize("cell", ["101", "-1", "nan", "about 5", "1,5"])
def test_a_number_outside_the_range_is_an_error(cell):
    with pytest.raises(CodebookError, match="does not list|do not list"):
        answers([cell], {"type": "numeric", "range": [0, 100], "options": None})


def test_multi_select_tells_ticked_nothing_from_not_asked():
    question = {"type": "multi", "options": ["A", "B", "C"]}
    coded = answers(["A | C", "(none selected)", None, "B"], question)
    assert coded.columns.tolist() == ["q#0", "q#1", "q#2"]
    # 0 is "Yes" (ticked), 1 is "No", -1 not asked
    assert coded.to_numpy().tolist() == [[0, 1, 0], [1, 1, 1], [-1, -1, -1], [1, 0, 1]]


def test_an_option_may_contain_the_separator():
    options = match_labels(("Price", "Range; or size", "Range"))
    assert split_selections("Range; or size; Price", options, ";") == ["Range; or size", "Price"]
    coded = answers(
        ["Price; Range; or size"],
        {"type": "multi", "options": ["Price", "Range; or size", "Range"]},
        multi_separator=";",
    )
    assert coded.to_numpy().tolist() == [[0, 0, 1]]


def test_an_unlisted_selection_is_an_error():
    with pytest.raises(CodebookError, match="'D' .1 times, first in row 2"):
        answers(["A | D"], {"type": "multi", "options": ["A", "B"]})


def test_all_columns_with_unlisted_answers_are_reported_at_once():
    book = Codebook.from_dict(
        {
            "demographics": [{"column": "d", "options": ["a"]}],
            "questions": [
                {"column": c, "text": c, "type": "single", "options": ["1", "2"]} for c in ("q", "r")
            ],
        }
    )
    with pytest.raises(CodebookError, match='column "q", "r"'):
        code_answers(pd.DataFrame({"q": ["3"], "r": ["4"]}, dtype="str"), book)


def test_profiles_keep_option_texts_and_missing_stays_missing():
    found = profiles(["b", None, " a"])
    assert found[0] == "b" and pd.isna(found[1]) and found[2] == "a"


def test_numbers_fall_into_the_band_that_starts_at_or_below_them():
    bands = {"options": [], "bands": [18, 30, 45]}
    assert profiles(["18", "29", "30", "44.9", "99"], bands) == ["18-29", "18-29", "30-44", "30-44", "45+"]


def test_a_number_below_the_first_band_is_an_error():
    with pytest.raises(CodebookError, match="'17'"):
        profiles(["17"], {"options": [], "bands": [18, 30]})


def test_bands_may_have_own_names_and_a_refusal():
    demographic = {
        "bands": [0, 65],
        "options": ["young", "old", "Refused"],
        "non_substantive_options": ["Refused"],
    }
    assert profiles(["3", "70", "Refused"], demographic) == ["young", "old", "Refused"]
    with pytest.raises(CodebookError, match="2 lower bounds, 1 options"):
        profiles(["3"], {"bands": [0, 65], "options": ["young"]})
