import pandas as pd
import pytest

from core.survey.readers.decimals import read_decimal_commas


def table(*cells):
    return pd.DataFrame({"x": list(cells), "q": ["a,b"] * len(cells)}, dtype="str")


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("3,5", None, "-4"), ["3.5", None, "-4"]),
        (("1,500", "0,25"), ["1.500", "0.25"]),  # 0,25 is no thousands, so 1,500 is none either
    ],
)
def test_numbers_get_a_decimal_point(cells, read):
    found, (decision,) = read_decimal_commas(table(*cells))
    assert found["x"].astype(object).where(found["x"].notna(), None).tolist() == read
    assert found["q"].tolist() == ["a,b"] * len(cells)
    assert decision.text == 'Decimal commas are read as decimal points in "x".'
    assert read_decimal_commas(table(*cells), decision.keep)[1] == ()


@pytest.mark.parametrize("cells", [("1,500", "12,000,000"), ("3,5", "none"), ("3", "4"), ("1.5", "2,5")])
def test_thousands_texts_and_plain_numbers_stay(cells):
    assert read_decimal_commas(table(*cells))[0]["x"].tolist() == list(cells)
