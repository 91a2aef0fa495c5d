"""Tests between columns equal statsmodels; letters are worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from core.comparison.significance import (
    Correction,
    adjust,
    column_letter,
    letters,
    mean_p_values,
    proportion_p_values,
)

PAIRS = [(0, 1), (0, 2), (1, 2)]


@given(
    st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3),
    st.lists(st.floats(30, 5000), min_size=3, max_size=3),
)
def test_the_proportions_test_is_that_of_statsmodels(shares, bases):
    shares, bases = np.array(shares), np.array(bases)
    found = proportion_p_values(shares, bases)
    for i, j in PAIRS:
        expected = proportions_ztest((shares * bases)[[i, j]], bases[[i, j]])[1]
        assert found[i, j] == found[j, i] == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_a_share_of_nobody_or_everybody_is_not_tested():
    found = proportion_p_values(np.array([0.0, 0.4, 1.0, np.nan, 0.5]), np.array([100, 100, 100, 100, 100]))
    assert np.argwhere(np.isfinite(found)).tolist() == [[1, 4], [4, 1]]


@pytest.mark.parametrize("seed", range(5))
def test_the_test_of_means_is_that_of_statsmodels_with_weights_that_sum_to_the_effective_base(seed):
    rng = np.random.default_rng(seed)
    samples = []
    for _ in range(3):
        n = int(rng.integers(30, 120))
        weights = rng.uniform(0.2, 3, n)
        effective = weights.sum() ** 2 / (weights**2).sum()
        values = rng.normal(rng.normal(0, 0.3), rng.uniform(0.5, 2), n)
        samples.append(DescrStatsW(values, weights * effective / weights.sum(), ddof=1))
    found = mean_p_values(
        np.array([s.mean for s in samples]),
        np.array([s.var for s in samples]),
        np.array([s.sum_weights for s in samples]),
    )
    for i, j in PAIRS:
        expected = CompareMeans(samples[i], samples[j]).ttest_ind(usevar="unequal")[1]
        assert found[i, j] == found[j, i] == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_corrections_are_those_of_statsmodels(p_values):
    table = np.full((4, 4), np.nan)
    above = np.triu_indices(4, 1)
    table[above] = p_values
    for correction, name in ((Correction.BONFERRONI, "bonferroni"), (Correction.FDR, "fdr_bh")):
        expected = multipletests(p_values, method=name)[1]
        np.testing.assert_allclose(adjust(table, correction)[above], expected, atol=1e-12)
    np.testing.assert_array_equal(adjust(table, "none")[above], p_values)


def test_pairs_that_were_not_tested_do_not_count_in_the_correction():
    table = np.full((3, 3), np.nan)
    table[0, 1] = 0.04
    assert adjust(table, "bonferroni")[1, 0] == 0.04


def test_letters_stand_at_the_larger_column_upper_case_at_95_lower_case_at_90_percent():
    p = np.full((4, 4), np.nan)
    for i, j, value in ((0, 1, 0.049), (0, 2, 0.05), (0, 3, 0.1), (2, 3, 0.001)):
        p[i, j] = p[j, i] = value
    assert letters(np.array([0.6, 0.4, 0.5, 0.3]), p, ("A", "B", "C", "D")) == ("Bc", "", "D", "")


def test_letters_of_two_characters_are_kept_apart():
    p = np.array([[np.nan, 0.01, 0.06], [0.01, np.nan, 1], [0.06, 1, np.nan]])
    assert letters(np.array([3.0, 1.0, 2.0]), p, ("Z", "AA", "AB"))[0] == "AA ab"
    assert [column_letter(i) for i in (26, 51, 52, 701, 702)] == ["AA", "AZ", "BA", "ZZ", "AAA"]


def test_about_one_letter_in_twenty_is_a_false_alarm():
    rng = np.random.default_rng(0)
    found = [
        proportion_p_values(rng.binomial(200, 0.4, 2) / 200, np.array([200, 200]))[0, 1] for _ in range(4000)
    ]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 4000) ** 0.5)
