"""Design of profiles: its columns by hand, its axes as a rotation."""

import numpy as np
import pytest

from core.survey.codebook import Codebook, Demographic
from core.tuning.profile_design import COMMON, PRODUCT, ProfileDesign

CODEBOOK = Codebook(
    "t",
    (Demographic("g", "Gender", ("f", "m")), Demographic("a", "Age", ("18", "30", "50"), ordinal=True)),
    (),
)
# 30 women of 18, 30 men of 50, 10 men of 30, 10 women whose age is not known
CODES = np.repeat([[0, 0], [1, 2], [1, 1], [0, -1]], [30, 30, 10, 10], axis=0)


def design(products: bool) -> ProfileDesign:
    return ProfileDesign.of(CODES, np.ones(len(CODES)), CODEBOOK, products=products)


def test_columns_by_hand():
    found = design(products=True)
    # gender 2, age 3, age missing, place on the scale of age; women of 18 and men of 50 are common pairs
    assert found.missing.tolist() == [1] and found.ordered.tolist() == [1]
    assert found.pairs.tolist() == [[0, 2], [1, 4]]
    mean = (30 * 0 + 30 * 1 + 10 * 0.5) / 70
    assert found.columns(np.array([[1, 2], [0, -1]])) == pytest.approx(
        np.array([[0, 1, 0, 0, 1, 0, 1, 0, PRODUCT], [1, 0, 0, 0, 0, 1, mean, 0, 0]])
    )
    assert found.centre[:6].tolist() == pytest.approx([0.5, 0.5, 3 / 8, 1 / 8, 3 / 8, 1 / 8])
    assert found.centre[6:].tolist() == pytest.approx([mean, 3 / 8 * PRODUCT, 3 / 8 * PRODUCT])


def test_a_pair_is_common_by_weight():
    weights = np.where(CODES[:, 1] == 1, COMMON / 10, 1.0)
    found = ProfileDesign.of(CODES, weights, CODEBOOK, products=True)
    assert [1, 3] in found.pairs.tolist()


def test_axes_keep_distances_and_are_centred():
    found = design(products=False)
    x = found.of_profiles(CODES)
    assert (x[:, -1] == 1).all()
    assert x[:, :-1].mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert (x[:, :-1] ** 2).sum(axis=0) == pytest.approx(found.squares)
    table = found.columns(CODES) - found.centre
    assert x[:, :-1] @ x[:, :-1].T == pytest.approx(table @ table.T, abs=1e-9)


def test_there_may_be_no_demographics():
    found = ProfileDesign.of(np.zeros((5, 0), int), np.ones(5), Codebook("t", (), ()), products=True)
    assert found.of_profiles(np.zeros((2, 0), int)).tolist() == [[1.0], [1.0]]
