"""Published marginals to start from, each with its source and year.

Counts as published, so that anybody can check them against the source. Age by sex is for adults: the 18-19
year olds are those of 18 and over less those of 20 and over. Regions and divisions of the United States are
those of the redistricting file (api.census.gov/data/2020/dec/pl, variable P2_001N); divisions are the sums
of their states. Anything else comes as a CSV.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import NotFoundError
from core.population.mapping import TargetSource
from core.population.marginals import Pair


@dataclass(frozen=True)
class PublicMarginals:
    """Published set: `source` and `year` are shown wherever it is used."""

    key: str
    title: str
    source: str
    year: int
    frame: str
    targets: TargetSource


# 5-year groups from 18-19 on: everybody, men
_US_AGES = {
    "18-19": (258_343_281 - 249_254_717, 125_305_465 - 120_701_572),
    "20-24": (22_166_199, 11_265_350),
    "25-29": (22_301_254, 11_229_510),
    "30-34": (22_533_412, 11_241_831),
    "35-39": (21_874_944, 10_857_087),
    "40-44": (20_309_193, 10_028_183),
    "45-49": (20_145_294, 9_920_816),
    "50-54": (20_723_512, 10_176_612),
    "55-59": (22_120_489, 10_759_761),
    "60-64": (21_287_919, 10_223_302),
    "65-69": (18_288_727, 8_634_739),
    "70-74": (14_823_238, 6_881_732),
    "75-79": (9_955_322, 4_475_564),
    "80-84": (6_388_779, 2_721_048),
    "85 and over": (6_336_435, 2_286_037),
}
_US_DIVISIONS = {
    "New England": 15_116_205,
    "Middle Atlantic": 42_492_943,
    "East North Central": 47_368_533,
    "West North Central": 21_616_921,
    "South Atlantic": 66_089_734,
    "East South Central": 19_402_234,
    "West South Central": 40_774_139,
    "Mountain": 24_919_150,
    "Pacific": 53_669_422,
}
_US_REGIONS = {
    "Northeast": 57_609_148,
    "Midwest": 68_985_454,
    "South": 126_266_107,
    "West": 78_588_572,
}
_EW_REGIONS = {
    "North East": 2_647_013,
    "North West": 7_417_397,
    "Yorkshire and The Humber": 5_480_774,
    "East Midlands": 4_880_054,
    "West Midlands": 5_950_757,
    "East of England": 6_335_074,
    "London": 8_799_728,
    "South East": 9_278_065,
    "South West": 5_701_186,
    "Wales": 3_107_494,
}
_BUREAU, _ONS = "U.S. Census Bureau", "Office for National Statistics"
_US_AGE_SEX = {
    (age, sex): count
    for age, (everybody, men) in _US_AGES.items()
    for sex, count in (("Male", men), ("Female", everybody - men))
}


def _set(
    key: str,
    title: str,
    source: str,
    year: int,
    frame: str,
    *,
    variables: Mapping[str, Mapping[str, float]],
    pairs: Mapping[Pair, Mapping[Pair, float]] | None = None,
) -> PublicMarginals:
    name = f"{title}, {source} ({year}; {frame})"
    return PublicMarginals(key, title, source, year, frame, TargetSource(name, variables, pairs or {}))


PUBLIC_MARGINALS: tuple[PublicMarginals, ...] = (
    _set(
        "us-2020-age-sex", "United States: age by sex", f"2020 Census, {_BUREAU}, table DP1", 2020,
        "adults", variables={}, pairs={("Age", "Sex"): _US_AGE_SEX},
    ),
    _set(
        "us-2020-age", "United States: age", f"2020 Census, {_BUREAU}, table DP1", 2020, "adults",
        variables={"Age": {age: everybody for age, (everybody, _) in _US_AGES.items()}},
    ),
    _set(
        "us-2020-sex", "United States: sex", f"2020 Census, {_BUREAU}, table DP1", 2020, "adults",
        variables={"Sex": {"Male": 125_305_465, "Female": 258_343_281 - 125_305_465}},
    ),
    _set(
        "us-2020-region", "United States: census region", f"2020 Census, {_BUREAU}, table P2", 2020,
        "all ages", variables={"Region": _US_REGIONS},
    ),
    _set(
        "us-2020-division", "United States: census division", f"2020 Census, {_BUREAU}, table P2", 2020,
        "all ages", variables={"Region": _US_DIVISIONS},
    ),
    _set(
        "ew-2021-sex", "England and Wales: sex", f"Census 2021, {_ONS}", 2021, "all ages",
        variables={"Sex": {"Male": 29_177_340, "Female": 30_420_202}},
    ),
    _set(
        "ew-2021-region", "England and Wales: region", f"Census 2021, {_ONS}, table TS001", 2021, "all ages",
        variables={"Region": _EW_REGIONS},
    ),
)  # fmt: skip


def public_marginals(key: str) -> PublicMarginals:
    """Published set of that key.

    Raises
    ------
    NotFoundError
        If there is none; names those that exist.
    """
    for found in PUBLIC_MARGINALS:
        if found.key == key:
            return found
    known = ", ".join(found.key for found in PUBLIC_MARGINALS)
    raise NotFoundError("There are no such public marginals.", where="public", got=key, fix=f"Use: {known}.")
