import numpy as np
import pandas as pd
import pytest

from core.errors import CodebookError, MarginalsError
from core.population.building import build_population
from core.population.marginals import Marginals
from core.population.new_variables import NewVariable
from core.population.plan import PopulationPlan
from tests.comparison.survey_factory import small_survey

BIKES = NewVariable("bikes", {"None": 0.25, "Some": 0.75})


def test_an_independent_variable_meets_its_shares_and_says_what_it_assumes():
    found = build_population(small_survey(200), PopulationPlan(None, 400, 0, new=(BIKES,)))
    assert found.people["bikes"].value_counts().to_dict() == {"Some": 300, "None": 100}
    assert "No respondent has bikes: it is dealt independently of everything else." in found.figures.notes
    record = next(r for r in found.figures.achieved if r.option == "Some")
    assert (record.asked, record.achieved, record.respondents) == (0.75, 0.75, 0)


def test_a_variable_can_follow_a_demographic():
    within = {"Female": {"Yes": 0.9, "No": 0.1}, "Male": {"Yes": 0.2, "No": 0.8}}
    asked = Marginals({"sex": {"Female": 0.5, "Male": 0.5}})
    plan = PopulationPlan(asked, 200, 0, new=(NewVariable("club", given="sex", within=within),))
    found = build_population(small_survey(200), plan)
    table = pd.crosstab(found.people["sex"], found.people["club"])
    assert table.loc["Female"].to_dict() == {"No": 10, "Yes": 90}
    assert table.loc["Male"].to_dict() == {"No": 80, "Yes": 20}
    assert "follows sex as you gave it" in found.figures.notes[0]


def test_a_demographic_nobody_gave_is_dealt_independently():
    data = small_survey(100)
    data.profiles["area"] = pd.Series([None] * 100, dtype="str")
    found = build_population(data, PopulationPlan(Marginals({"area": {"City": 0.7, "Country": 0.3}}), 100, 0))
    assert found.people["area"].value_counts().to_dict() == {"City": 70, "Country": 30}
    assert "No respondent has area" in found.figures.notes[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NewVariable("bikes", {"None": 0.5}), "do not add up.*bikes.*50.0 %"),
        (
            lambda: NewVariable("club", given="sex", within={"Female": {"Yes": 0.5}}),
            "do not add up.*club, sex: Female",
        ),
        (
            lambda: NewVariable("club", given="sex", within={"Female": {"Yes": 1.0}}).draw(
                pd.DataFrame({"sex": ["Female", "Male"]}), np.random.default_rng(0)
            ),
            "no shares for a new variable.*club, sex.*Male",
        ),
        (
            lambda: NewVariable("club", given="six", within={"F": {"Yes": 1.0}}).draw(
                pd.DataFrame({"sex": ["F"]}), np.random.default_rng(0)
            ),
            "no such demographic.*six.*sex",
        ),
        (
            lambda: BIKES.draw(pd.DataFrame({"bikes": ["x"]}, dtype="str"), np.random.default_rng(0)),
            "exists already",
        ),
    ],
)
def test_wrong_variables_are_named(make, message):
    with pytest.raises((CodebookError, MarginalsError), match=message):
        make()
