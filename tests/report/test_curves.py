import numpy as np
import pytest

from core.report.curves import Panel, _domain, _inside
from core.report.palette import palette


def test_a_curve_is_cut_where_it_crosses_the_top_of_its_panel():
    """From 3 down to 1 it crosses 2 half-way; from 1 up to 5 after a quarter."""
    points = _inside(np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 5.0]), top=2.0)
    assert [(p["temperature"], p["value"]) for p in points] == [(1.5, 2.0), (2.0, 1.0), (2.25, 2.0)]


def test_the_axis_fits_usual_temperatures_and_the_noise_floor():
    panel = Panel(np.array([0.1, 0.5, 1.0]), 0, 100, palette())
    values = np.array([9.0, 1.0, 0.5])  # 9 is at a temperature below 0.5
    assert _domain(values, panel, low=0.0) == pytest.approx([0.0, 1.05])
    assert _domain(values, panel, low=0.0, floor=2.0) == pytest.approx([0.0, 3.2])
    assert _domain(values, panel)[0] == pytest.approx(0.5 - 0.15 * 0.5)
