"""Rows of a table by hand: value, unbiased variance, base and margin of error."""

import numpy as np
import pytest

from core.comparison.estimates import real_estimates, simulated_values
from core.comparison.stub import RowKind, stub
from core.survey.shares import Z_95
from tests.comparison.survey_factory import small_survey


def test_a_share_and_its_margin_by_hand():
    data = small_survey(100)
    data.answers["car"] = np.array([0] * 40 + [1] * 60, dtype="int16")
    yes = stub(data.codebook.question("car"))[0]
    counted = np.stack([np.ones(100), np.arange(100) < 20], axis=1)  # everybody, and twenty who say yes
    found = real_estimates(yes, data, counted)
    assert found.value == pytest.approx([0.4, 1.0])
    assert found.base == pytest.approx([100, 20])
    assert found.variance == pytest.approx([0.4 * 0.6 * 100 / 99, 0])
    margin, hidden = found.margins_of_error()
    assert margin == pytest.approx(Z_95 * np.sqrt(0.4 * 0.6 / 100))
    assert np.isnan(hidden)  # fewer than 30
    assert np.isnan(found.where(np.array([False, True])).value).tolist() == [True, False]


def test_a_mean_leaves_out_answers_off_the_scale():
    data = small_survey(40)
    data.answers["agree"] = np.array([0] * 10 + [2] * 20 + [3] * 5 + [-1] * 5, dtype="int16")
    (mean,) = (r for r in stub(data.codebook.question("agree")) if r.kind is RowKind.MEAN)
    found = real_estimates(mean, data, np.ones((40, 1)))
    assert (found.base[0], found.value[0]) == pytest.approx((30, (10 * 1 + 20 * 3) / 30))
    variance = (10 * (1 - 7 / 3) ** 2 + 20 * (3 - 7 / 3) ** 2) / 29
    assert found.variance[0] == pytest.approx(variance)
    assert found.margins_of_error()[0] == pytest.approx(Z_95 * np.sqrt(variance * 29) / 30)


def test_simulated_people_count_as_often_as_they_are():
    data = small_survey(1)
    yes = stub(data.codebook.question("car"))[0]
    probability, weights = np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[1.0, 1.0], [3.0, 0.0]])
    assert simulated_values(yes, probability, weights) == pytest.approx([(0.5 + 3) / 4, 0.5])
