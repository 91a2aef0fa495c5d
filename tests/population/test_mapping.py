"""Targets of another source in the survey's categories, with every step said."""

import pytest

from core.errors import MarginalsError
from core.population.mapping import CategoryMap, TargetSource, apply_maps, suggest_maps
from core.population.marginals import Marginals, survey_marginals
from tests.comparison.survey_factory import small_survey

DATA = small_survey()
OWN = survey_marginals(DATA)


def test_a_census_table_is_matched_by_words_and_by_the_numbers_in_bands():
    source = TargetSource(
        "Census 2021",
        {"Sex": {"Men": 48, "Women": 52}, "Age group": {"18-24": 10, "25-34": 20, "35 - 54": 30, "55+": 40}},
    )
    sex, age = suggest_maps(source, DATA.codebook)
    assert (sex.column, dict(sex.to)) == ("sex", {"Men": ("Male",), "Women": ("Female",)})
    assert age.column == "age"
    assert [age.to[c] for c in ("18-24", "25-34", "35 - 54", "55+")] == [
        ("18-34",),
        ("18-34",),
        ("35-54",),
        ("55+",),
    ]
    found = apply_maps(source, (sex, age), OWN)
    assert found.shares == {
        "sex": pytest.approx({"Male": 0.48, "Female": 0.52}),
        "age": pytest.approx({"18-34": 0.3, "35-54": 0.3, "55+": 0.4}),
    }
    assert "Targets from Census 2021." in found.notes
    assert "Age group: 18-24, 25-34 merged into 18-34." in found.notes


def test_a_category_that_covers_several_is_shared_out_as_in_the_survey():
    source = TargetSource("Register", {"age": {"18-54": 50, "55+": 50}})
    own = Marginals({"age": {"18-34": 0.3, "35-54": 0.1, "55+": 0.6}})
    maps = (CategoryMap("age", "age", {"18-54": ("18-34", "35-54"), "55+": ("55+",)}),)
    found = apply_maps(source, maps, own)
    assert found.shares["age"] == pytest.approx({"18-34": 0.375, "35-54": 0.125, "55+": 0.5})
    assert any("18-54 covers 18-34 and 35-54" in note for note in found.notes)


def test_a_category_left_out_is_named_with_its_share():
    source = TargetSource("Register", {"sex": {"Female": 40, "Male": 40, "Not stated": 20}})
    found = apply_maps(source, suggest_maps(source, DATA.codebook), OWN)
    assert found.shares["sex"] == pytest.approx({"Female": 0.5, "Male": 0.5})
    assert "sex: Not stated left out (20.0 % of the source; the rest is scaled to 100 %)." in found.notes


def test_counts_with_different_totals_are_explained():
    source = TargetSource("Tables", {"sex": {"Female": 50, "Male": 50}, "area": {"City": 55, "Country": 55}})
    found = apply_maps(source, suggest_maps(source, DATA.codebook), OWN)
    assert found.shares["area"] == {"City": 0.5, "Country": 0.5}
    assert (
        "The counts have different totals (sex 100, area 110); each was divided by its own, to give shares."
        in found.notes
    )


def test_interlocking_targets_of_a_source_are_mapped_on_both_sides():
    source = TargetSource("Census", {}, {("Age", "Sex"): {("18-34", "Men"): 1, ("35+", "Women"): 3}})
    age = CategoryMap("Age", "age", {"18-34": ("18-34",), "35+": ("35-54", "55+")})
    sex = CategoryMap("Sex", "sex", {"Men": ("Male",), "Women": ("Female",)})
    own = Marginals({"age": {"18-34": 0.2, "35-54": 0.2, "55+": 0.6}})
    found = apply_maps(source, (age, sex), own).joint["age", "sex"]
    assert found == pytest.approx(
        {("18-34", "Male"): 0.25, ("35-54", "Female"): 0.1875, ("55+", "Female"): 0.5625}
    )


def test_a_source_that_matches_nothing_says_so():
    source = TargetSource("Register", {"Shoe size": {"40": 1}})
    with pytest.raises(MarginalsError, match="No variable.*matched.*Register.*Shoe size"):
        apply_maps(source, suggest_maps(source, DATA.codebook), OWN)
    source = TargetSource("Register", {"sex": {"A": 1, "B": 2}})
    with pytest.raises(MarginalsError, match="No category.*matched.*sex.*A, B"):
        apply_maps(source, suggest_maps(source, DATA.codebook), OWN)
