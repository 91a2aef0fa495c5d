import numpy as np
import torch

from core.models.planting import BIAS, OPTION, PLANTED, planted_rows, planting_directions


def test_directions_are_perpendicular_and_do_not_change():
    directions = planting_directions(128)
    products = directions @ directions.T
    assert torch.allclose(products, torch.diag(products.diagonal()), atol=1e-5)
    assert torch.allclose(products.diagonal().sqrt()[[0, OPTION.start, BIAS]], torch.tensor([0.6, 0.6, 0.3]))
    assert torch.equal(directions, planting_directions(128))


def test_a_row_is_its_plain_token_plus_what_is_planted():
    base = torch.arange(4 * 64, dtype=torch.float32).reshape(4, 64)
    numbers = np.zeros(PLANTED)
    numbers[BIAS] = 2.0
    rows = planted_rows(base, {"a": 2, "b": 3}, {"a": 0, "b": 1}, {"a": numbers})
    assert torch.allclose(rows[2], base[0] + 2.0 * planting_directions(64)[BIAS])
    assert torch.equal(rows[3], base[1])
