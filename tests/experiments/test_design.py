"""The list of experiments."""

import pytest

from core.errors import RecipeError
from core.experiments.design import EXPERIMENTS, find_experiment


def test_every_experiment_names_its_claim():
    assert all(e.claim.endswith(".") and e.title for e in EXPERIMENTS)
    with pytest.raises(RecipeError, match="no such experiment"):
        find_experiment("scaling")
