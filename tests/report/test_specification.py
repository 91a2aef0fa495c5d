import numpy as np
import pytest

from core.report.specification import between, grid_parameters, temperature_slider


def test_slider_shows_the_temperature_itself():
    slider = temperature_slider("temperature", np.geomspace(0.1, 3, 60), 0.93)
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
        grid_parameters("temperature", np.array(grid))


def test_place_on_the_grid_by_hand():
    """On 1, 2, 4 the temperature sqrt(2) is half-way between grid points 0 and 1."""
    place, below, part = grid_parameters("temperature", np.array([1.0, 2.0, 4.0]))
    assert place["expr"] == "clamp((log(temperature) - 0.0) / 0.6931471805599453, 0, 2)"
    assert below["expr"] == "min(floor(grid_place), 1)"
    assert part["expr"] == "grid_place - grid_below"
    assert between("kl") == "(kl[grid_below] * (1 - grid_part) + kl[grid_below + 1] * grid_part)"
