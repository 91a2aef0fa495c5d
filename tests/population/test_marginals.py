import json

import pandas as pd
import pytest

from core.errors import CodebookError, MarginalsError
from core.population.marginals import Marginals, survey_marginals
from core.population.target_files import from_json
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


def test_names_can_be_checked_later():
    loose = from_json({"Gender": {"Male": 1.0}})
    assert loose.checked(CODEBOOK).shares == {"sex": {"Female": 0.0, "Male": 1.0}}
    with pytest.raises(CodebookError, match="no such demographic.*country"):
        from_json({"country": {"UK": 100}}).checked(CODEBOOK)


def test_marginals_that_do_not_add_up_cannot_be_made():
    with pytest.raises(MarginalsError, match="90.0 %"):
        Marginals({"sex": {"Male": 0.4, "Female": 0.5}})


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
