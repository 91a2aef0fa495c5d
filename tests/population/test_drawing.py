import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.population.drawing import draw


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
