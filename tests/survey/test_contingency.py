import math

import numpy as np
import pytest
from scipy.stats.contingency import association

from core.survey.contingency import cramers_v


def test_bias_corrected_v_by_hand():
    # [[30, 20], [10, 40]]: chi-square 100 (30*40 - 20*10)^2 / (50*50*40*60) = 16.667, phi2 = 0.16667
    # corrected: phi2 - 1/99 = 0.156566; r = c = 2 - 1/99, minus 1: 0.989899; root of the ratio
    v = cramers_v(np.array([[30, 20], [10, 40]]), 100)
    assert v == pytest.approx(np.sqrt(0.156566 / 0.989899), abs=1e-5)


def test_exact_shares_have_scipys_v():
    table = np.random.default_rng(0).integers(5, 40, (4, 3))
    assert cramers_v(table, math.inf) == pytest.approx(association(table, method="cramer"))


def test_the_base_is_the_respondents_not_the_scale_of_the_table():
    table = np.array([[30, 20], [10, 40]])
    assert cramers_v(table / 100, 50) == pytest.approx(cramers_v(7 * table, 50))
    assert cramers_v(table, 20) < cramers_v(table, 50) < cramers_v(table, math.inf)


def test_perfect_association_is_1_and_independence_is_0():
    assert cramers_v(np.array([[50, 0], [0, 50]]), 100) == 1
    assert cramers_v(np.array([[25, 25], [25, 25]]), 100) == 0


def test_the_correction_takes_chance_out_of_independent_answers():
    rng, found = np.random.default_rng(0), []
    for _ in range(200):
        a, b = rng.integers(0, 4, 60), rng.integers(0, 5, 60)
        table = np.zeros((4, 5))
        np.add.at(table, (a, b), 1)
        found.append((cramers_v(table, 60), cramers_v(table, math.inf)))
    corrected, plain = np.mean(found, axis=0)
    assert corrected < 0.1 and plain > 0.2


@pytest.mark.parametrize("base", [31, 20, 1, 0, 2])
def test_as_many_categories_as_respondents_have_no_v(base):
    assert math.isnan(cramers_v(np.eye(31), base))


@pytest.mark.parametrize("table", [[[5, 0], [0, 0]], [[1]], [[3, 4]], [[0, 0], [0, 0]]])
def test_a_table_with_one_row_or_column_has_no_v(table):
    assert math.isnan(cramers_v(np.array(table), 40))
