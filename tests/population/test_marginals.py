import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import CodebookError, MarginalsError
from core.population.marginals import Marginals, survey_marginals
from core.population.target_files import from_json
from core.population.totals import rounded
from tests.comparison.survey_factory import small_survey

DATA = small_survey()
CODEBOOK = DATA.codebook


def test_survey_marginals_are_weighted_and_leave_out_missing():
    data = small_survey(4)
    data.profiles["sex"] = pd.Series(["Female", "Male", "Male", None], dtype="str")
    data.weights[:] = [2, 1, 1, 5]
    assert survey_marginals(data).shares["sex"] == {"Female": 0.5, "Male": 0.5}


def test_a_demographic_nobody_gave_has_no_target():
    data = small_survey(10)
    data.profiles["sex"] = pd.Series([None] * 10, dtype="str")
    assert set(survey_marginals(data).shares) == {"age", "area"}


@pytest.mark.parametrize(
    "numbers", [{"Female": 0.6, "Male": 0.4}, {"Female": 60, "Male": 40}, {"Female": 600, "Male": 400}]
)
def test_json_may_hold_shares_percentages_or_counts(numbers):
    for source in ({"sex": numbers}, json.dumps({"marginals": {"Gender": numbers}})):
        assert from_json(source, CODEBOOK).shares["sex"] == pytest.approx({"Female": 0.6, "Male": 0.4})


def test_a_stated_unit_overrules_the_guess():
    """Unstated, 30 and 10 are counts, 0.6 and 0.4 are shares, and 1.5 and 0.4 are nothing at all."""
    numbers = {
        unit: {"unit": unit, "sex": {"Female": 30, "Male": 10}} for unit in ("count", "percent", "share")
    }
    assert from_json(numbers["count"], CODEBOOK).shares["sex"] == {"Female": 0.75, "Male": 0.25}
    assert from_json(numbers["count"], CODEBOOK).notes == ()  # nothing had to be guessed
    for unit in ("percent", "share"):
        with pytest.raises(MarginalsError, match="do not add up to 100 %"):
            from_json(numbers[unit], CODEBOOK)
    with pytest.raises(MarginalsError, match="do not add up to 100 %.*1.0 %"):
        from_json({"unit": "percent", "sex": {"Female": 0.6, "Male": 0.4}}, CODEBOOK)
    found = from_json({"unit": "count", "sex": {"Female": 1.5, "Male": 0.5}}, CODEBOOK)
    assert found.shares["sex"] == {"Female": 0.75, "Male": 0.25}
    with pytest.raises(MarginalsError, match="do not add up to 100 %"):
        from_json({"sex": {"Female": 1.5, "Male": 0.5}}, CODEBOOK)


def test_json_round_trip():
    own = survey_marginals(DATA)
    assert from_json(json.dumps(own.to_dict()), CODEBOOK).shares["age"] == pytest.approx(own.shares["age"])


def test_small_rounding_is_evened_out_and_a_category_that_is_not_named_gets_nothing():
    found = from_json({"unit": "percent", "age": {"18-34": 33.3, "35-54": 66.5}}, CODEBOOK).shares["age"]
    assert math.fsum(found.values()) == pytest.approx(1)
    assert found["55+"] == 0


@pytest.mark.parametrize(
    ("percent", "message"),
    [
        ({"sex": {"Female": 60, "Male": 50}}, r"do not add up to 100 %.*sex.*110.0 %.*scale"),
        ({"sex": {"Female": 0, "Male": 0}}, r"do not add up.*0.0 %"),
        ({"sex": {"Female": -10, "Male": 110}}, r"negative.*sex: Female.*-10"),
        ({"sex": {"Female": None, "Male": 100}}, r"missing.*sex: Female"),
        ({"sex": {"Female": "half", "Male": 50}}, r"not a number.*sex: Female.*half"),
        ({"sex": {"Femal": 50, "Male": 50}}, r'no such category.*sex.*Femal.*Did you mean "Female"'),
        ({"sex": {"Male": 100}, "Gender": {"Male": 100}}, r"demographic is listed twice"),
    ],
)
def test_wrong_targets_are_named(percent, message):
    with pytest.raises(MarginalsError, match=message):
        from_json({"unit": "percent", **percent}, CODEBOOK)


def test_an_unknown_demographic_is_named_with_the_closest():
    message = r'no such demographic.*marginals.*sexx.*Did you mean "sex".*Use one of: sex, age, area'
    with pytest.raises(CodebookError, match=message):
        from_json({"sexx": {"Female": 50}}, CODEBOOK)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "no targets"),
        ('{"sex": 5}', "one number per category.*sex"),
        ('{"unit": "heads", "sex": {"Male": 1}}', "unit is unknown.*heads"),
        ('{"sex": {"Male": 0.7, "Female": 0.7}}', "140.0 %"),
        ('{"sex": {"Male": 70.5, "Female": 70}}', "140.5 %"),
        ('{"sex": {"Male": NaN, "Female": 70}}', "missing.*sex: Male"),
    ],
)
def test_wrong_json_is_named(source, message):
    with pytest.raises(MarginalsError, match=message):
        from_json(source, CODEBOOK)


def test_names_can_be_checked_later():
    loose = from_json({"Gender": {"Male": 1.0}})
    assert loose.checked(CODEBOOK).shares == {"sex": {"Female": 0.0, "Male": 1.0}}
    with pytest.raises(CodebookError, match="no such demographic.*country"):
        from_json({"country": {"UK": 100}}).checked(CODEBOOK)


def test_marginals_that_do_not_add_up_cannot_be_made():
    with pytest.raises(MarginalsError, match="90.0 %"):
        Marginals({"sex": {"Male": 0.4, "Female": 0.5}})


@given(st.lists(st.floats(0, 500), min_size=1, max_size=9).filter(lambda v: sum(v) > 1e-3), st.integers(0, 3))
def test_rounded_decimals_always_add_up(values, decimals):
    exact = 100 * np.array(values) / sum(values)
    found = rounded(exact, decimals)
    assert round(found.sum(), 6) == 100
    assert (found >= 0).all()
    assert np.abs(found - exact).max() <= 10.0**-decimals + 1e-9


JOINT = {("18-34", "Female"): 0.2, ("18-34", "Male"): 0.3, ("35-54", "Female"): 0.5}


def test_interlocking_targets_imply_those_of_both_demographics():
    asked = Marginals({"area": {"City": 0.5, "Country": 0.5}}, {("age", "Gender"): JOINT}).checked(CODEBOOK)
    assert asked.columns == ("area", "age", "sex")
    assert asked.of("sex") == pytest.approx({"Female": 0.7, "Male": 0.3})
    assert asked.joint["age", "sex"]["55+", "Male"] == 0


def test_targets_that_agree_with_interlocking_ones_are_taken_as_said_twice():
    asked = Marginals({"sex": {"Female": 0.7, "Male": 0.3}}, {("age", "sex"): JOINT}).checked(CODEBOOK)
    assert asked.shares == {}


def test_targets_that_contradict_interlocking_ones_are_named():
    with pytest.raises(
        MarginalsError, match="contradict.*sex: Female.*60.0 % alone, 70.0 % within age × sex"
    ):
        Marginals({"sex": {"Female": 0.6, "Male": 0.4}}, {("age", "sex"): JOINT}).checked(CODEBOOK)


def test_interlocking_targets_go_through_json():
    asked = Marginals({}, {("age", "sex"): JOINT})
    back = from_json(json.dumps(asked.to_dict()), CODEBOOK)
    assert {k: v for k, v in back.joint["age", "sex"].items() if v} == pytest.approx(JOINT)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"columns": ["age"]}, "need two columns"),
        ({"columns": ["age", "age"], "shares": {"18-34": {"18-34": 1}}}, "one demographic twice"),
        ({"columns": ["age", "sex"], "shares": {"18-34": {"Mal": 1}}}, 'no such category.*"Male"'),
    ],
)
def test_wrong_interlocking_targets_are_named(entry, message):
    with pytest.raises(MarginalsError, match=message):
        from_json({"joint": [entry]}, CODEBOOK)


@pytest.mark.parametrize(
    ("numbers", "note"),
    [
        ({"Female": 55, "Male": 55}, "sex adds up to 110: read as counts and divided by their total."),
        ({"Female": 49.5, "Male": 48.5}, "sex adds up to 98: scaled to 100 %."),
        ({"Female": 0.5, "Male": 0.48}, "sex adds up to 98.0 %: scaled to 100 %."),
        ({"Female": 50, "Male": 50}, None),
    ],
)
def test_what_a_total_was_taken_for_is_said(numbers, note):
    found = from_json({"sex": numbers}, CODEBOOK)
    assert found.notes == ((note,) if note else ())
    assert sum(found.shares["sex"].values()) == pytest.approx(1)
