import numpy as np
import pandas as pd
import pytest

from core.errors import MarginalsError
from core.population.starting_sample import fill_missing


def test_a_gap_is_filled_from_the_most_similar_respondent():
    profiles = pd.DataFrame(
        {"a": ["x", "x", "y"], "b": ["p", "p", "q"], "c": [None, "left", "right"]}, dtype="str"
    )
    filled, n = fill_missing(profiles, ["c"], np.ones(3), np.random.default_rng(0))
    assert (filled["c"].tolist(), n) == (["left", "left", "right"], 1)
    assert profiles["c"].isna().sum() == 1


def test_gaps_without_a_common_donor_are_filled_one_by_one():
    profiles = pd.DataFrame({"a": [None, "x", None], "b": [None, None, "q"]}, dtype="str")
    filled, _ = fill_missing(profiles, ["a", "b"], np.ones(3), np.random.default_rng(0))
    assert filled.loc[0].tolist() == ["x", "q"]


def test_a_demographic_nobody_gave_cannot_be_filled():
    profiles = pd.DataFrame({"a": ["x"], "b": [None]}, dtype="str")
    with pytest.raises(MarginalsError, match="Nobody gave.*b"):
        fill_missing(profiles, ["b"], np.ones(1), np.random.default_rng(0))
