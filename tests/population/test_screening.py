from dataclasses import replace

import numpy as np
import pytest

from core.errors import MarginalsError
from core.population.building import build_population
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener
from tests.comparison.survey_factory import small_survey

DATA = small_survey(500, weighted=True)
NAMED = replace(DATA, profiles=DATA.profiles.assign(who=np.arange(500).astype(str)))


def answers(column):
    item = next(i for i in DATA.items if i.key == column)
    return np.array([None if c < 0 else item.answers[c] for c in DATA.answers[column]], dtype=object)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"age": ("18-34", "35-54")}, lambda: DATA.profiles["age"].isin(["18-34", "35-54"])),
        ({"Gender": ("Female",)}, lambda: DATA.profiles["sex"] == "Female"),
        ({"car": ("Yes",)}, lambda: answers("car") == "Yes"),
        ({"uses": ("Work",)}, lambda: answers("uses#0") == "Yes"),
        ({"liking": ("60..",)}, lambda: DATA.answers["liking"] >= 60),
        ({"liking": ("10..20", "50")}, lambda: DATA.answers["liking"].isin([*range(10, 21), 50])),
        (
            {"car": ("Yes",), "age": ("55+",)},
            lambda: (answers("car") == "Yes") & (DATA.profiles["age"] == "55+"),
        ),
    ],
)
def test_all_conditions_must_hold(conditions, expected):
    assert (Screener(conditions).qualified(DATA) == np.asarray(expected(), dtype=bool)).all()


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"shoes": ("Yes",)}, "no such column.*shoes.*Use one of: sex"),
        ({"car": ("Maybe",)}, "does not exist.*screener, car.*Maybe.*Yes, No"),
        ({"car": ()}, "No answer is accepted"),
        ({"liking": ("200..300",)}, "No respondent qualifies.*liking: 200..300"),
    ],
)
def test_wrong_screeners_are_named(conditions, message):
    with pytest.raises(MarginalsError, match=message):
        Screener(conditions).qualified(DATA)


def test_targets_for_everybody_leave_the_qualified_their_own_shares():
    screener = Screener({"car": ("Yes",)})
    found = build_population(NAMED, PopulationPlan(None, 400, 0, screener=screener))
    passing = answers("car") == "Yes"
    assert found.figures.incidence == pytest.approx(
        DATA.weights[passing].sum() / DATA.weights.sum(), abs=0.02
    )
    assert passing[found.people["who"].astype(int)].all()
    assert found.figures.respondents == passing.sum()
    women = next(r for r in found.figures.achieved if r.option == "Female")
    qualified_women = passing & (DATA.profiles["sex"] == "Female").to_numpy()
    assert women.asked == pytest.approx(
        DATA.weights[qualified_women].sum() / DATA.weights[passing].sum(), abs=0.02
    )
    assert found.figures.worst_margin_error < 0.5


def test_targets_may_describe_only_the_qualified():
    screener = Screener({"car": ("Yes",)}, Frame.QUALIFIED)
    asked = Marginals({"sex": {"Female": 0.8, "Male": 0.2}})
    found = build_population(NAMED, PopulationPlan(asked, 200, 0, screener=screener))
    assert found.people["sex"].value_counts().to_dict() == {"Female": 160, "Male": 40}
    assert (answers("car") == "Yes")[found.people["who"].astype(int)].all()
    share = DATA.weights[answers("car") == "Yes"].sum() / DATA.weights.sum()
    assert found.figures.incidence == pytest.approx(share)
