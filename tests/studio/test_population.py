"""Populations are built, stored as versions and built again; targets come from files, surveys and figures."""

import pandas as pd
import pytest

from core.errors import MarginalsError
from core.population.mapping import TargetSource
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener
from core.studio import population as populations
from core.studio import surveys

JSON = b'{"sex": {"Female": 30, "Male": 10}}'
CSV = b"variable,category,count\nSex,Female,30\nSex,Male,10\n"


def test_a_population_meets_its_targets(workspace, tea):
    asked = Marginals({"sex": {"Female": 0.8, "Male": 0.2}})
    record = populations.build(workspace, tea.id, asked, size=50, seed=3)
    people = populations.people(workspace, record.id)
    assert people["sex"].value_counts().to_dict() == {"Female": 40, "Male": 10}  # 80 and 20 % of 50
    assert record.figures["worst_margin_error"] == pytest.approx(0)
    assert populations.list_populations(workspace, tea.id) == [record]


def test_a_population_without_targets_follows_the_survey(workspace, tea):
    record = populations.build(workspace, tea.id, size=50)
    assert record.marginals["sex"] == {"Female": 0.5, "Male": 0.5}
    assert record.name == "Like the respondents"


@pytest.mark.parametrize("frame", list(Frame))
def test_a_stored_plan_builds_the_same_people_again_as_the_next_version(workspace, tea, frame):
    plan = PopulationPlan(size=40, seed=3, screener=Screener({"sex": ("Female",)}, frame))
    first = populations.build_from_plan(workspace, tea.id, plan, "Women")
    again = populations.plan(workspace, first.id)
    second = populations.build_from_plan(workspace, tea.id, again, "Women")
    assert (first.version, second.version) == (1, 2)
    people = [populations.people(workspace, record.id) for record in (first, second)]
    pd.testing.assert_frame_equal(*people)
    populations.delete(workspace, first.id)
    assert populations.list_populations(workspace, tea.id) == [second]


def test_a_target_for_an_unknown_category_stores_nothing(workspace, tea):
    with pytest.raises(MarginalsError, match="Other"):
        populations.build(workspace, tea.id, Marginals({"sex": {"Female": 0.5, "Other": 0.5}}))
    assert populations.list_populations(workspace) == []


@pytest.mark.parametrize(("content", "name"), [(JSON, "t.JSON"), (CSV, "t.csv")])
def test_a_file_of_targets_gives_shares_in_the_surveys_names(workspace, tea, content, name):
    found = populations.read_targets(workspace, tea.id, content, name)
    assert found.shares == {"sex": {"Female": 0.75, "Male": 0.25}}


def test_a_csv_is_read_under_its_own_names_and_a_json_file_in_the_surveys(workspace, tea):
    codebook = surveys.load(workspace, tea.id).codebook
    source = populations.read_target_file(CSV, "t.csv", codebook)
    assert isinstance(source, TargetSource) and source.names == ("Sex",)
    assert populations.read_target_file(JSON, "t.json", codebook).shares["sex"]["Female"] == 0.75
    with pytest.raises(MarginalsError, match="Other"):
        populations.read_target_file(JSON.replace(b"Male", b"Other"), "t.json", codebook)


def test_every_published_set_is_found_by_its_key():
    found = populations.list_public()
    assert len({each.key for each in found}) == len(found) > 0
    assert all(populations.public_source(each.key) == each.targets for each in found)


def test_another_survey_is_a_source_under_its_labels_and_says_that_it_has_no_weights(workspace, tea):
    source = populations.survey_source(workspace, tea.id)
    assert source.name == "Tea (unweighted)"
    assert source.variables == {"Sex": {"Female": 0.5, "Male": 0.5}}
