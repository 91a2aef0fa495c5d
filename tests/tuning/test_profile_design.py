"""Design of profiles: its columns by hand, its axes as a rotation."""

import numpy as np
import pytest

from core.survey.codebook import Codebook, Demographic
from core.tuning.profile_design import COMMON, PRODUCT, PrincipalAxes, ProfileDesign

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
    middle = 0.5  # of 30 at 0, 30 at 1 and 10 at 0.5
    assert found.columns(np.array([[1, 2], [0, -1]])) == pytest.approx(
        np.array([[0, 1, 0, 0, 1, 0, 1, 0, PRODUCT], [1, 0, 0, 0, 0, 1, middle, 0, 0]])
    )
    centre = PrincipalAxes.of(found.columns(CODES), np.ones(len(CODES))).centre
    assert centre[:6].tolist() == pytest.approx([0.5, 0.5, 3 / 8, 1 / 8, 3 / 8, 1 / 8])
    assert centre[6:].tolist() == pytest.approx([middle, 3 / 8 * PRODUCT, 3 / 8 * PRODUCT])


def test_a_missing_place_on_the_scale_is_the_mean_to_one_decimal():
    """Of 8 young, 1 of middle age and 3 old: 3.5 / 12 = 0.29."""
    codes = np.repeat([[0, 0], [0, 1], [1, 2], [1, -1]], [8, 1, 3, 2], axis=0)
    assert ProfileDesign.of(codes, np.ones(14), CODEBOOK, products=False).middle.tolist() == [0.3]


def test_a_pair_is_common_by_weight():
    weights = np.where(CODES[:, 1] == 1, COMMON / 10, 1.0)
    found = ProfileDesign.of(CODES, weights, CODEBOOK, products=True)
    assert [1, 3] in found.pairs.tolist()


def test_axes_keep_distances_and_are_centred():
    columns = design(products=False).columns(CODES)
    found = PrincipalAxes.of(columns, np.ones(len(CODES)))
    x = found.turn(columns)
    assert (x[:, -1] == 1).all()
    assert x[:, :-1].mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert (x[:, :-1] ** 2).sum(axis=0) == pytest.approx(found.squares)
    table = columns - found.centre
    assert x[:, :-1] @ x[:, :-1].T == pytest.approx(table @ table.T, abs=1e-9)


def test_effects_turned_back_say_the_same_of_the_columns():
    found = design(products=True)
    axes = PrincipalAxes.of(found.columns(CODES), np.ones(len(CODES)))
    effects = np.random.default_rng(0).normal(size=(4, len(axes.squares) + 1))
    turned = axes.turn(found.columns(CODES)) @ effects.T
    assert found.of_profiles(CODES) @ axes.turn_back(effects).T == pytest.approx(turned)


def test_there_may_be_no_demographics():
    found = ProfileDesign.of(np.zeros((5, 0), int), np.ones(5), Codebook("t", (), ()), products=True)
    assert found.of_profiles(np.zeros((2, 0), int)).tolist() == [[1.0], [1.0]]
