import numpy as np
import pandas as pd
import pytest

from core.errors import CodebookError
from core.population.marginals import Marginals
from core.population.raking_margins import code_margins, worst_error

PEOPLE = pd.DataFrame({"sex": ["m", "f", None, "x"], "age": ["old", "young", "old", "old"]}, dtype="str")


def test_categories_are_numbered_as_the_targets_name_them():
    (margin,) = code_margins(PEOPLE, Marginals({"sex": {"f": 0.6, "m": 0.4}}))
    assert margin.options == (("f",), ("m",), ("x",))  # asked for, then those nobody asked for
    assert margin.targets.tolist() == [0.6, 0.4, 0.0]
    assert margin.codes.tolist() == [1, 0, 3, 2]  # 3 lacks it
    assert margin.totals(np.array([1.0, 2, 5, 1])).tolist() == [2, 1, 1]
    assert margin.achieved(np.array([1.0, 2, 5, 1])).tolist() == [0.5, 0.25, 0.25]
    assert worst_error([margin], np.array([1.0, 2, 5, 1])) == pytest.approx(0.25)
    assert worst_error([], np.ones(4)) == 0


def test_a_pair_has_a_category_per_combination():
    joint = {("young", "f"): 0.7, ("old", "m"): 0.3}
    (margin,) = code_margins(PEOPLE, Marginals({}, {("age", "sex"): joint}))
    assert margin.options == (("young", "f"), ("old", "m"), ("old", "x"))
    assert margin.codes.tolist() == [1, 0, 3, 2]
    assert margin.name(0) == "age: young and sex: f"


def test_an_unknown_demographic_is_named():
    with pytest.raises(CodebookError, match="region"):
        code_margins(PEOPLE, Marginals({"region": {"N": 1.0}}))
