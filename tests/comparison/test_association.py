import numpy as np
import pytest

from core.comparison.association import associations, compare_associations, real_variables
from tests.comparison.fitted_methods import ITEMS, TEST


def test_associations_of_weighted_respondents():
    variables = real_variables(TEST, ITEMS)
    found = associations(variables, TEST.weights, corrected=False)
    names = list(variables.names)
    table = np.zeros((2, 2))
    areas, said = TEST.profiles["area"].to_numpy(), TEST.answers["car"].to_numpy()
    for area, answer, weight in zip(areas, said, TEST.weights, strict=True):
        table[int(area == "Country"), answer] += weight
    expected = table.sum(1)[:, None] * table.sum(0) / table.sum()
    by_hand = np.sqrt(((table - expected) ** 2 / expected).sum() / table.sum())
    assert found[names.index("area"), names.index("car")] == pytest.approx(by_hand)
    assert np.isnan(found[names.index("sex"), names.index("age")])  # demographics are not compared
    assert np.isnan(found[names.index("uses#0"), names.index("uses#1")])  # nor parts of one question
    same = compare_associations(found, found, variables.demographic).questions
    assert (same.difference, same.rank_agreement) == (0, pytest.approx(1))
