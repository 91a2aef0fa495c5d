"""Our raking against svy's, an independent implementation, on problems that can be solved by construction."""

import numpy as np
import pandas as pd
import pytest

from core.population.marginals import Marginals
from core.population.raking import rake

svy = pytest.importorskip("svy")
polars = pytest.importorskip("polars")


def problem(seed):
    """Respondents, design weights, and the margins of a random reweighting of them."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 400))
    columns = {
        f"v{i}": rng.choice(list("abcde")[: int(rng.integers(2, 6))], n) for i in range(rng.integers(2, 5))
    }
    weights = rng.uniform(0.3, 3, n)
    other = weights * rng.gamma(1, 1, n)
    targets = {
        column: {option: float(other[values == option].sum() / other.sum()) for option in np.unique(values)}
        for column, values in columns.items()
    }
    return columns, weights, targets


def svy_weights(columns, weights, targets):
    sample = svy.Sample(polars.DataFrame({**columns, "w": weights}), svy.Design(wgt="w"))
    raked = sample.weighting.rake(shares=targets, tol=1e-11, max_iter=5000).data["rk_wgt"].to_numpy()
    return raked / raked.mean()


def test_two_hundred_random_problems_get_the_same_weights_to_a_millionth():
    for seed in range(200):
        columns, weights, targets = problem(seed)
        ours = rake(pd.DataFrame(columns, dtype="str"), weights, Marginals(targets)).weights
        assert np.abs(ours - svy_weights(columns, weights, targets)).max() < 1e-6, seed


def test_interlocking_targets_get_the_weights_of_a_crossed_margin():
    columns, weights, _ = problem(5)
    other = weights * np.random.default_rng(6).gamma(1, 1, len(weights))
    crossed = np.char.add(np.char.add(columns["v0"], "|"), columns["v1"])
    joint = {cell: float(other[crossed == cell].sum() / other.sum()) for cell in np.unique(crossed)}
    pairs = {tuple(cell.split("|")): share for cell, share in joint.items()}
    asked = Marginals({}, {("v0", "v1"): pairs})
    ours = rake(pd.DataFrame(columns, dtype="str"), weights, asked).weights
    theirs = svy_weights({"cell": crossed}, weights, {"cell": joint})
    assert np.abs(ours - theirs).max() < 1e-6
