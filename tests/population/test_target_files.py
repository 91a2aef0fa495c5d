import json
import math

import pytest

from core.errors import CodebookError, FileError, MarginalsError
from core.population.mapping import apply_maps, suggest_maps
from core.population.marginals import survey_marginals
from core.population.target_files import from_json, read_csv_source
from core.population.totals import Unit
from tests.comparison.survey_factory import small_survey

DATA = small_survey()
CODEBOOK = DATA.codebook
OWN = survey_marginals(DATA)


@pytest.mark.parametrize(
    "numbers", [{"Female": 0.6, "Male": 0.4}, {"Female": 60, "Male": 40}, {"Female": 600, "Male": 400}]
)
def test_json_may_hold_shares_percentages_or_counts(numbers):
    for source in ({"sex": numbers}, json.dumps({"marginals": {"Gender": numbers}})):
        assert from_json(source, CODEBOOK).shares["sex"] == pytest.approx({"Female": 0.6, "Male": 0.4})


def test_a_stated_unit_overrules_the_guess():
    """Unstated, 30 and 10 are counts, 0.6 and 0.4 are shares, and 1.5 and 0.4 are nothing at all."""
    numbers = {
        unit: {"unit": unit, "sex": {"Female": 30, "Male": 10}} for unit in ("count", "percent", "share")
    }
    assert from_json(numbers["count"], CODEBOOK).shares["sex"] == {"Female": 0.75, "Male": 0.25}
    assert from_json(numbers["count"], CODEBOOK).notes == ()  # nothing had to be guessed
    for unit in ("percent", "share"):
        with pytest.raises(MarginalsError, match="do not add up to 100 %"):
            from_json(numbers[unit], CODEBOOK)
    with pytest.raises(MarginalsError, match="do not add up to 100 %.*1.0 %"):
        from_json({"unit": "percent", "sex": {"Female": 0.6, "Male": 0.4}}, CODEBOOK)
    found = from_json({"unit": "count", "sex": {"Female": 1.5, "Male": 0.5}}, CODEBOOK)
    assert found.shares["sex"] == {"Female": 0.75, "Male": 0.25}
    with pytest.raises(MarginalsError, match="do not add up to 100 %"):
        from_json({"sex": {"Female": 1.5, "Male": 0.5}}, CODEBOOK)


def test_json_round_trip():
    own = survey_marginals(DATA)
    assert from_json(json.dumps(own.to_dict()), CODEBOOK).shares["age"] == pytest.approx(own.shares["age"])


def test_small_rounding_is_evened_out_and_a_category_that_is_not_named_gets_nothing():
    found = from_json({"unit": "percent", "age": {"18-34": 33.3, "35-54": 66.5}}, CODEBOOK).shares["age"]
    assert math.fsum(found.values()) == pytest.approx(1)
    assert found["55+"] == 0


@pytest.mark.parametrize(
    ("percent", "message"),
    [
        ({"sex": {"Female": 60, "Male": 50}}, r"do not add up to 100 %.*sex.*110.0 %.*scale"),
        ({"sex": {"Female": 0, "Male": 0}}, r"do not add up.*0.0 %"),
        ({"sex": {"Female": -10, "Male": 110}}, r"negative.*sex: Female.*-10"),
        ({"sex": {"Female": None, "Male": 100}}, r"missing.*sex: Female"),
        ({"sex": {"Female": "half", "Male": 50}}, r"not a number.*sex: Female.*half"),
        ({"sex": {"Femal": 50, "Male": 50}}, r'no such category.*sex.*Femal.*Did you mean "Female"'),
        ({"sex": {"Male": 100}, "Gender": {"Male": 100}}, r"demographic is listed twice"),
    ],
)
def test_wrong_targets_are_named(percent, message):
    with pytest.raises(MarginalsError, match=message):
        from_json({"unit": "percent", **percent}, CODEBOOK)


def test_an_unknown_demographic_is_named_with_the_closest():
    message = r'no such demographic.*marginals.*sexx.*Did you mean "sex".*Use one of: sex, age, area'
    with pytest.raises(CodebookError, match=message):
        from_json({"sexx": {"Female": 50}}, CODEBOOK)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{", "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "no targets"),
        ('{"sex": 5}', "one number per category.*sex"),
        ('{"unit": "heads", "sex": {"Male": 1}}', "unit is unknown.*heads"),
        ('{"sex": {"Male": 0.7, "Female": 0.7}}', "140.0 %"),
        ('{"sex": {"Male": 70.5, "Female": 70}}', "140.5 %"),
        ('{"sex": {"Male": NaN, "Female": 70}}', "missing.*sex: Male"),
    ],
)
def test_wrong_json_is_named(source, message):
    with pytest.raises(MarginalsError, match=message):
        from_json(source, CODEBOOK)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"columns": ["age"]}, "need two columns"),
        ({"columns": ["age", "age"], "shares": {"18-34": {"18-34": 1}}}, "one demographic twice"),
        ({"columns": ["age", "sex"], "shares": {"18-34": {"Mal": 1}}}, 'no such category.*"Male"'),
    ],
)
def test_wrong_interlocking_targets_are_named(entry, message):
    with pytest.raises(MarginalsError, match=message):
        from_json({"joint": [entry]}, CODEBOOK)


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
