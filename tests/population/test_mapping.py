"""Targets of another source in the survey's categories, with every step said."""

import pytest

from core.errors import FileError, MarginalsError, NotFoundError
from core.population.mapping import CategoryMap, TargetSource, apply_maps, suggest_map, suggest_maps
from core.population.marginals import Marginals, survey_marginals
from core.population.public import PUBLIC_MARGINALS, public_marginals
from core.population.target_files import read_csv_source
from core.population.totals import Unit
from core.survey.codebook import Demographic
from tests.comparison.survey_factory import small_survey
from tests.generated_study import PLAIN
from tests.shared_surveys import published_data

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


@pytest.mark.parametrize(
    ("header", "unit"), [("share", Unit.SHARE), ("Count", Unit.COUNT), ("value", Unit.AUTO)]
)
def test_a_csv_says_in_its_header_what_the_numbers_are(header, unit):
    found = read_csv_source(f"Variable;category;{header}\nsex;Male;0,5\n".encode(), "t.csv")
    assert found.unit is unit
    assert list(found.variables) == ["sex"]


def test_a_csv_may_hold_pairs():
    content = b"variable,category,variable2,category2,count\nage,18-34,sex,Male,3\narea,City,,,7\n"
    found = read_csv_source(content, "t.csv")
    assert found.pairs == {("age", "sex"): {("18-34", "Male"): 3}}
    assert found.variables == {"area": {"City": 7}}


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"a,b\n1,2\n", MarginalsError, "lacks a column.*t.csv.*variable, category"),
        (b"variable,category,count\nsex,m,1\nsex,m,2\n", MarginalsError, "listed twice.*sex.*m"),
        (b"", FileError, "t.csv"),
    ],
)
def test_wrong_csv_files_are_named(content, error, message):
    with pytest.raises(error, match=message):
        read_csv_source(content, "t.csv")


def test_a_cell_that_is_no_number_is_named():
    source = read_csv_source(b"variable,category,count\nsex,Male,many\nsex,Female,2\n", "t.csv")
    with pytest.raises(MarginalsError, match="missing.*sex: Male"):
        apply_maps(source, suggest_maps(source, DATA.codebook), OWN)


def test_public_counts_add_up_to_the_published_totals():
    def total(key):
        targets = public_marginals(key).targets
        return {sum(numbers.values()) for numbers in [*targets.variables.values(), *targets.pairs.values()]}

    assert total("us-2020-age-sex") == total("us-2020-age") == total("us-2020-sex") == {258_343_281}
    divisions = list(public_marginals("us-2020-division").targets.variables["Region"].values())
    parts = {
        "Northeast": divisions[:2],
        "Midwest": divisions[2:4],
        "South": divisions[4:7],
        "West": divisions[7:],
    }
    regions = public_marginals("us-2020-region").targets.variables["Region"]
    assert regions == {region: sum(counts) for region, counts in parts.items()}
    assert total("us-2020-region") == total("us-2020-division") == {331_449_281}
    assert total("ew-2021-sex") == total("ew-2021-region") == {59_597_542}
    assert all(str(found.year) in found.targets.name for found in PUBLIC_MARGINALS)
    with pytest.raises(NotFoundError, match="us-2020-age"):
        public_marginals("mars-2050")


def test_five_year_groups_fall_into_the_bands_of_a_survey():
    age = Demographic("age", "Age", ("18-29", "30-44", "45-60", "> 60"))
    groups = public_marginals("us-2020-age").targets.categories("Age")
    found = suggest_map("Age", groups, age).to
    assert [found[g] for g in ("18-19", "25-29", "30-34", "55-59", "60-64", "85 and over")] == [
        ("18-29",), ("18-29",), ("30-44",), ("45-60",), ("> 60",), ("> 60",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("study", "keys"),
    [
        (PLAIN, ("us-2020-sex", "us-2020-age")),
        ("comma_2014", ("us-2020-sex", "us-2020-age", "us-2020-division")),
        ("religion_2016", ("us-2020-sex", "us-2020-age", "us-2020-division")),
    ],
    indirect=["study"],
)
def test_public_marginals_fit_whole_surveys(study, keys):
    data = published_data(study)
    own = survey_marginals(data)
    for key in keys:
        source = public_marginals(key).targets
        maps = suggest_maps(source, data.codebook)
        found = apply_maps(source, maps, own)
        assert len(found.shares) == 1
        assert all(to for to in maps[0].to.values())
