import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.population.drawing import _exchange, draw
from core.population.raking_margins import Margin


@given(
    arrays(float, st.integers(1, 30), elements=st.floats(0, 5)).filter(lambda w: w.sum() > 0.01),
    st.integers(1, 200),
    st.integers(0, 5),
)
def test_everybody_is_drawn_just_below_or_above_their_expected_number(weights, size, seed):
    rows = draw(weights, size, np.random.default_rng(seed))
    counts, expected = np.bincount(rows, minlength=len(weights)), size * weights / weights.sum()
    assert len(rows) == size
    assert (np.diff(rows) >= 0).all()
    assert (np.abs(counts - expected) < 1 + 1e-6).all()
    assert (counts[weights == 0] == 0).all()


def margin(codes, *targets):
    options = tuple((f"o{k}",) for k in range(len(targets)))
    return Margin(("d",), options, np.array(targets, dtype=float), np.array(codes))


def misses(margins, counts):
    """Sum of squared margin errors, in people."""
    return sum(((m.totals(counts) - counts.sum() * m.targets) ** 2).sum() for m in margins)


def test_a_man_is_exchanged_for_a_woman():
    """Four profiles, two people: 1 man and 1 woman are asked for, 2 men were drawn; one exchange mends it."""
    men = [margin([0, 0, 1, 1], 0.5, 0.5)]
    counts, exchanged = _exchange(men, np.ones(4), np.array([1, 1, 0, 0]))
    assert counts.sum() == 2 and exchanged == 1
    assert men[0].totals(counts).tolist() == [1, 1]


def test_both_margins_are_mended_by_the_one_exchange_that_serves_both():
    """Out of old man and young man, young woman for old man is right for sex and age at once."""
    sex, age = margin([0, 0, 1, 1], 0.5, 0.5), margin([0, 1, 0, 1], 0.5, 0.5)
    counts, exchanged = _exchange([sex, age], np.ones(4), np.array([1, 1, 0, 0]))
    assert (misses([sex, age], counts), exchanged) == (0, 1)
    assert counts.tolist() in ([1, 0, 0, 1], [0, 1, 1, 0])


def test_what_is_right_stays():
    counts, exchanged = _exchange([margin([0, 0, 1, 1], 0.5, 0.5)], np.ones(4), np.array([0, 1, 1, 0]))
    assert (counts.tolist(), exchanged) == ([0, 1, 1, 0], 0)
    assert _exchange([], np.ones(2), np.array([5, 0]))[0].tolist() == [5, 0]


def test_no_profile_leaves_the_whole_numbers_around_its_expected_one():
    """Everybody should be a man, but the one man is expected 1.5 times: two is the most of him."""
    asked = [margin([0, 1], 1.0, 0.0)]
    counts, exchanged = _exchange(asked, np.ones(2), np.array([1, 2]))
    assert (counts.tolist(), exchanged) == ([2, 1], 1)
    # expected twice exactly: there is nothing to round
    assert _exchange(asked, np.ones(2), np.array([2, 2]))[0].tolist() == [2, 2]
    # nobody is expected of a profile without weight
    assert _exchange(asked, np.array([0.0, 1.0]), np.array([0, 3]))[0].tolist() == [0, 3]


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(5, 40), st.integers(20, 90))
def test_exchanging_keeps_limits_and_size_and_only_ever_helps(seed, n, size):
    rng = np.random.default_rng(seed)
    weights = rng.lognormal(0, 0.8, n)
    margins = [margin(rng.integers(0, k, n), *rng.dirichlet(np.full(k, 5.0))) for k in (2, 3)]
    start = np.bincount(draw(weights, size, rng), minlength=n)
    counts, exchanged = _exchange(margins, weights, start)
    expected = size * weights / weights.sum()
    assert counts.sum() == size
    assert (np.floor(expected + 1e-9) <= counts).all() and (counts <= np.ceil(expected - 1e-9)).all()
    assert misses(margins, counts) <= misses(margins, start) + 1e-6
    assert (exchanged == 0) == (counts == start).all()
    assert exchanged == 0 or misses(margins, counts) < misses(margins, start)


@pytest.mark.parametrize("seed", range(5))
def test_no_single_exchange_is_left_that_would_help(seed):
    rng = np.random.default_rng(seed)
    n, size = 12, 30
    weights = rng.lognormal(0, 0.8, n)
    margins = [margin(rng.integers(0, k, n), *rng.dirichlet(np.full(k, 5.0))) for k in (2, 3)]
    counts, _ = _exchange(margins, weights, np.bincount(draw(weights, size, rng), minlength=n))
    expected = size * weights / weights.sum()
    for out in np.flatnonzero(counts > np.floor(expected)):
        for into in np.flatnonzero(counts < np.ceil(expected)):
            other = counts.copy()
            other[out] -= 1
            other[into] += 1
            assert misses(margins, other) >= misses(margins, counts) - 1e-3
