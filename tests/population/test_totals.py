import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.population.target_files import from_json
from core.population.totals import rounded
from tests.comparison.survey_factory import small_survey

DATA = small_survey()
CODEBOOK = DATA.codebook


@given(st.lists(st.floats(0, 500), min_size=1, max_size=9).filter(lambda v: sum(v) > 1e-3), st.integers(0, 3))
def test_rounded_decimals_always_add_up(values, decimals):
    exact = 100 * np.array(values) / sum(values)
    found = rounded(exact, decimals)
    assert round(found.sum(), 6) == 100
    assert (found >= 0).all()
    assert np.abs(found - exact).max() <= 10.0**-decimals + 1e-9


@pytest.mark.parametrize(
    ("numbers", "note"),
    [
        ({"Female": 55, "Male": 55}, "sex adds up to 110: read as counts and divided by their total."),
        ({"Female": 49.5, "Male": 48.5}, "sex adds up to 98: scaled to 100 %."),
        ({"Female": 0.5, "Male": 0.48}, "sex adds up to 98.0 %: scaled to 100 %."),
        ({"Female": 50, "Male": 50}, None),
    ],
)
def test_what_a_total_was_taken_for_is_said(numbers, note):
    found = from_json({"sex": numbers}, CODEBOOK)
    assert found.notes == ((note,) if note else ())
    assert sum(found.shares["sex"].values()) == pytest.approx(1)
