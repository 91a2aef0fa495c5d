import numpy as np
import pytest

from core.report.chart_parts import between, temperature_parameters


def parameters(temperatures, start=1.0):
    return [p.param.to_dict() for p in temperature_parameters(np.array(temperatures), start)]


def test_slider_shows_the_temperature_itself():
    slider = parameters(np.geomspace(0.1, 3, 60), 0.93)[0]
    assert slider["name"] == "temperature"
    assert slider["value"] == 0.93
    assert slider["bind"] == {"input": "range", "min": 0.1, "max": 3.0, "step": 0.01, "name": "Temperature"}


@pytest.mark.parametrize(
    ("grid", "match"),
    [
        ([0.5], "at least two"),
        ([0.0, 1.0], "positive"),
        ([0.1, 0.2, 0.3], "geometric"),
        ([3.0, 1.0], "rising"),
    ],
)
def test_a_grid_that_is_not_geometric_is_refused(grid, match):
    with pytest.raises(ValueError, match=match):
        parameters(grid)


def test_place_on_the_grid_by_hand():
    """On 1, 2, 4 the temperature sqrt(2) is half-way between grid points 0 and 1."""
    _, place, below, part = parameters([1.0, 2.0, 4.0])
    assert place["expr"] == "clamp((log(temperature) - 0.0) / 0.6931471805599453, 0, 2)"
    assert below["expr"] == "min(floor(grid_place), 1)"
    assert part["expr"] == "grid_place - grid_below"
    assert between("kl") == "(kl[grid_below] * (1 - grid_part) + kl[grid_below + 1] * grid_part)"
