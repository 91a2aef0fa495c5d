"""Figures of a population: typed inside the process, the same keys in the database and in what is printed."""

import json

import pytest

from core.population.building import build_population
from core.population.figures import PopulationFigures
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.studio.demo import PREPARED
from tests.comparison.survey_factory import small_survey

KEYS = (
    "worst_margin_error weighting_efficiency design_effect effective_base verdict explanation respondents "
    "incidence rounds converged trace capped excluded filled notes missing achieved joint exchanged "
    "unseen_people distinct_profiles associations"
).split()
JOINT = {("sex", "area"): {("Female", "City"): 0.5, ("Male", "City"): 0.2, ("Male", "Country"): 0.3}}


@pytest.fixture(scope="module")
def figures():
    asked = Marginals({"age": {"18-34": 0.6, "35-54": 0.3, "55+": 0.1}}, JOINT)
    return build_population(small_survey(600), PopulationPlan(asked, 500, 1)).figures


def test_what_is_stored_keeps_its_keys_and_is_read_back_as_it_was(figures):
    stored = json.loads(json.dumps(figures.to_dict(), allow_nan=False))
    assert list(stored) == KEYS
    shares = "column label option survey asked achieved respondents".split()
    assert list(stored["achieved"][0]) == shares
    assert stored["joint"][0]["columns"] == ["sex", "area"]
    assert set(stored["associations"][0]) == {"first", "second", "seed", "population"}
    assert stored["missing"] == []
    assert PopulationFigures.from_dict(stored) == figures


def test_shares_are_those_of_every_category(figures):
    assert figures.asked_shares["age"] == pytest.approx({"18-34": 0.6, "35-54": 0.3, "55+": 0.1})
    assert figures.asked_shares["sex"] == pytest.approx({"Female": 0.5, "Male": 0.5})
    assert figures.achieved_shares["area"] == pytest.approx({"City": 0.7, "Country": 0.3}, abs=0.002)
    assert figures.labels == {"age": "Age", "sex": "Gender", "area": "Area"}


def test_what_an_earlier_version_did_not_know_is_empty():
    """As of the first version of all: no verdict, no notes, no number of respondents per category."""
    row = {"column": "age", "label": "Age", "option": "18+", "survey": 1.0, "asked": 1.0, "achieved": 1.0}
    early = {"worst_margin_error": 0.5, "weighting_efficiency": 0.8, "design_effect": 1.25}
    found = PopulationFigures.from_dict(early | {"effective_base": 400.0, "achieved": [row]})
    assert (found.incidence, found.notes, found.associations, found.joint) == (1.0, (), (), ())
    assert found.achieved[0].respondents is None
    assert found.achieved_shares == {"age": {"18+": 1.0}}


def test_the_population_of_the_prepared_study_keeps_every_key():
    (context,) = PREPARED.glob("jobs/simulate-*/inputs/context.json")
    stored = json.loads(context.read_text())["population"]["figures"]
    found = PopulationFigures.from_dict(stored)
    assert json.loads(json.dumps(found.to_dict())) == stored
    assert found.worst_margin_error == pytest.approx(0.05, abs=0.001)
