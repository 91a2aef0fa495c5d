import pytest

from core.comparison.resampling import Interval
from core.report.judging import LITTLE, offers_little


@pytest.mark.parametrize(
    ("background", "little"),
    [
        (Interval(0.05, 0.03, 0.07), False),
        (Interval(0.05, -0.01, 0.11), True),  # it may be nothing
        (Interval(0.05, 0.0, 0.1), True),
        (Interval(LITTLE, 0.001, 0.02), False),
        (Interval(0.009, 0.008, 0.0095), True),  # sure, and next to nothing
    ],
)
def test_background_says_little_when_its_gain_is_small_or_may_be_nothing(background, little):
    assert offers_little(background) is little
