import pytest

from core.errors import NotFoundError
from core.population.mapping import apply_maps, suggest_map, suggest_maps
from core.population.marginals import survey_marginals
from core.population.public import PUBLIC_MARGINALS, public_marginals
from core.survey.codebook import Demographic
from tests.generated_study import PLAIN
from tests.shared_surveys import published_data


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
