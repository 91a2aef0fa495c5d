import numpy as np
import pytest

from core.errors import MarginalsError
from core.population.building import build_population, diagnose
from core.population.diagnosis import Feasibility, explain, feasibility
from core.population.marginals import Marginals, survey_marginals
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener
from tests.comparison.survey_factory import small_survey
from tests.skewed_survey import skewed_survey

DATA = small_survey(400)


def without(data, first, second):
    """The survey without people who have both categories."""
    both = (data.profiles[first[0]] == first[1]) & (data.profiles[second[0]] == second[1])
    return data.take((~both).to_numpy())


def test_the_surveys_own_targets_are_good():
    found = diagnose(DATA, PopulationPlan())
    assert (found.problem, found.verdict, found.incidence) == (None, Feasibility.GOOD, 1.0)
    assert found.effective_base == pytest.approx(400, rel=0.01)
    assert found.missing == ()


def test_impossible_targets_are_a_finding_with_a_way_out_and_stop_the_build():
    data = without(DATA, ("age", "18-34"), ("area", "City"))
    own = survey_marginals(data).shares
    age, area = {"18-34": 0.7, "35-54": 0.2, "55+": 0.1}, {"City": 0.6, "Country": 0.4}
    plan = PopulationPlan(Marginals({**own, "age": age, "area": area}))
    found = diagnose(data, plan)
    assert found.verdict is Feasibility.IMPOSSIBLE
    assert 'Every respondent with "age: 18-34" also has "area: Country"' in found.problem.what
    assert found.changes
    with pytest.raises(MarginalsError, match="Every respondent with"):
        build_population(data, plan)


def test_missing_combinations_are_named_with_how_many_to_expect():
    data = without(DATA, ("age", "18-34"), ("area", "City"))
    own = survey_marginals(data)
    (found,) = diagnose(data, PopulationPlan()).missing
    assert (found.columns, found.options) == (("age", "area"), ("18-34", "City"))
    assert found.expected == pytest.approx(own.shares["age"]["18-34"] * own.shares["area"]["City"])


def test_costly_targets_are_poor_and_say_why():
    own = survey_marginals(DATA).shares
    age, sex = {"18-34": 0.94, "35-54": 0.03, "55+": 0.03}, {"Female": 0.05, "Male": 0.95}
    asked = Marginals({**own, "age": age, "sex": sex})
    found = diagnose(DATA, PopulationPlan(asked))
    assert found.verdict is Feasibility.POOR
    assert found.raking.efficiency < 0.5
    words = explain(found.raking.efficiency, found.effective_base, 400)
    assert "A few respondents stand for many people" in words


@pytest.mark.parametrize(
    ("efficiency", "base", "verdict"),
    [(0.75, 100, "good"), (0.74, 500, "fair"), (0.9, 99, "fair"), (0.49, 500, "poor"), (0.9, 49, "poor")],
)
def test_good_fair_and_poor(efficiency, base, verdict):
    assert feasibility(efficiency, base) == verdict
    assert explain(efficiency, base, 1000).lower().startswith(verdict)


def test_a_screener_shows_its_incidence():
    everybody = diagnose(DATA, PopulationPlan(screener=Screener({"sex": ("Female",)})))
    only = diagnose(DATA, PopulationPlan(screener=Screener({"sex": ("Female",)}, Frame.QUALIFIED)))
    women = (DATA.profiles["sex"] == "Female").mean()
    assert everybody.incidence == pytest.approx(women)
    assert only.incidence == pytest.approx(women)
    assert (
        everybody.sample.n_respondents
        == only.sample.n_respondents
        == (DATA.profiles["sex"] == "Female").sum()
    )


def test_a_plan_comes_back_as_it_was_kept():
    plan = PopulationPlan(None, 50, 3, 4.0, screener=Screener({"sex": ("Female",)}, Frame.QUALIFIED))
    assert PopulationPlan.from_dict(plan.to_dict(), None, 50, 3) == plan


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cap": 1}, "cap on weights is too low"),
        ({"unseen": 0.9}, "out of range"),
        ({"size": 0}, "size is out"),
    ],
)
def test_plans_out_of_range_are_named(settings, message):
    with pytest.raises(MarginalsError, match=message):
        PopulationPlan(**settings)


def test_invented_profiles_add_nothing_to_the_effective_base():
    """Old men of the West may exist, but nobody asked is one: no respondent stands behind their weight."""
    data = skewed_survey()
    profile = data.profiles[["sex", "age", "region"]].agg(" ".join, axis=1)
    data = data.take((profile != "Male 55+ West").to_numpy())
    found = diagnose(data, PopulationPlan(unseen=0.3))
    weights = found.raking.weights
    assert found.sample.profiles.iloc[len(data) :].agg(" ".join, axis=1).tolist() == ["Male 55+ West"]
    real = weights[: len(data)]
    assert found.effective_base == pytest.approx(real.sum() ** 2 / (real**2).sum())
    everybody = weights.sum() ** 2 / (weights**2).sum()
    assert abs(found.effective_base - everybody) > 10


def test_only_who_qualifies_is_in_the_effective_base():
    data = skewed_survey()
    found = diagnose(data, PopulationPlan(screener=Screener({"sex": ("Female",)})))
    women = data.weights[(data.profiles["sex"] == "Female").to_numpy()]
    assert found.effective_base == pytest.approx(women.sum() ** 2 / np.square(women).sum(), rel=1e-3)
