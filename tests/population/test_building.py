import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MarginalsError
from core.population.building import build_population
from core.population.figures import PopulationFigures
from core.population.marginals import Marginals, survey_marginals
from core.population.new_variables import NewVariable
from core.population.plan import PopulationPlan
from tests.comparison.survey_factory import small_survey
from tests.generated_study import NAMES
from tests.shared_surveys import SHARED_NAMES, published_data

YOUNGER = {"18-34": 0.6, "35-54": 0.3, "55+": 0.1}


def test_targets_are_met_to_a_person_and_the_same_seed_gives_the_same_people():
    data = small_survey(600, weighted=True)
    asked = Marginals({**survey_marginals(data).shares, "age": YOUNGER})
    found = build_population(data, PopulationPlan(asked, 1000, 7))
    assert len(found.people) == 1000
    assert found.figures.worst_margin_error <= 0.2
    shares = found.people["age"].value_counts(normalize=True)
    assert shares.to_dict() == pytest.approx(YOUNGER, abs=0.002)
    again = build_population(data, PopulationPlan(asked, 1000, 7))
    pd.testing.assert_frame_equal(found.people, again.people)
    assert not found.people.equals(build_population(data, PopulationPlan(asked, 1000, 8)).people)
    told = json.dumps(found.figures.to_dict(), allow_nan=False)
    assert PopulationFigures.from_dict(json.loads(told)) == found.figures


def test_correlations_survive_new_marginals():
    data = small_survey(2000, seed=3)
    asked = Marginals({**survey_marginals(data).shares, "age": YOUNGER})
    people = build_population(data, PopulationPlan(asked, 4000, 0)).people

    def odds_ratio(frame):
        table = pd.crosstab(frame["age"], frame["area"]).loc[["18-34", "55+"], ["City", "Country"]].to_numpy()
        return np.log(table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]))

    assert odds_ratio(people) == pytest.approx(odds_ratio(data.profiles.dropna()), abs=0.15)


def test_people_are_whole_profiles_of_respondents():
    data = small_survey(300)
    named = replace(data, profiles=data.profiles.assign(who=np.arange(300).astype(str)))
    found = build_population(named, PopulationPlan(None, 500, 1))
    people = found.people[data.profiles.columns]
    source = data.profiles.iloc[found.people["who"].astype(int)].reset_index(drop=True)
    same = (people == source) | source.isna()
    assert same.all().all()
    assert people.notna().all().all()
    assert found.figures.filled == data.profiles.isna().any(axis=1).sum()


def test_achieved_lists_every_category():
    data = small_survey(300)
    records = build_population(data, PopulationPlan(None, 100, 0)).figures.achieved
    assert [r.option for r in records] == [o for d in data.codebook.demographics for o in d.options]
    assert sum(r.achieved for r in records) == pytest.approx(3)


def test_a_demographic_without_a_target_keeps_its_gaps():
    data = small_survey(300)
    found = build_population(data, PopulationPlan(Marginals({"sex": {"Female": 0.5, "Male": 0.5}}), 300, 0))
    assert found.people["age"].isna().any()
    assert found.people["sex"].value_counts().to_dict() == {"Female": 150, "Male": 150}


@pytest.mark.parametrize("size", [0, -5, 10_000_000])
def test_sizes_out_of_range_are_named(size):
    with pytest.raises(MarginalsError, match=f"size is out of range.*{size}"):
        build_population(small_survey(20), PopulationPlan(None, size, 0))


def test_unknown_names_are_found_before_anything_is_drawn():
    with pytest.raises(MarginalsError, match="no such category.*Other"):
        build_population(small_survey(50), PopulationPlan(Marginals({"sex": {"Other": 1.0}}), 10, 0))


@settings(max_examples=10)
@given(st.integers(1, 3000), st.integers(0, 99))
def test_any_size_is_drawn_exactly(size, seed):
    found = build_population(small_survey(200), PopulationPlan(None, size, seed))
    assert len(found.people) == size


@pytest.mark.parametrize("study", [*NAMES, *SHARED_NAMES], indirect=True)
def test_whole_surveys_meet_their_marginals_within_half_a_point(study):
    figures = build_population(published_data(study), PopulationPlan(None, 1000, 0)).figures
    assert figures.worst_margin_error < 0.5
    assert figures.weighting_efficiency > 0.9


def test_a_category_of_a_new_variable_that_nobody_got_is_achieved_by_none():
    bikes = NewVariable("bikes", {"None": 0.999, "Some": 0.001})
    found = build_population(small_survey(60), PopulationPlan(None, 100, 0, new=(bikes,)))
    achieved = {r.option: r.achieved for r in found.figures.achieved if r.column == "bikes"}
    assert achieved == {"None": 1.0, "Some": 0.0}
