"""Variants of each experiment: what differs between them."""

import pytest

from core.errors import RecipeError
from core.experiments import variants as variants_module
from core.experiments.design import find_experiment
from core.experiments.variants import variants
from core.tuning.recipe import Recipe
from tests.tuning.cars_survey import cars


@pytest.mark.parametrize("key", ["taught", "method", "temperature", "penalty", "respondents"])
def test_variants_differ_in_what_is_examined_and_in_nothing_else(key):
    planned = variants(find_experiment(key), Recipe(seed=7), cars())
    assert len({v.name for v in planned}) == len(planned) >= 2
    changed = {
        "method": {"adapter"},
        "penalty": {"penalty", "penalty_weight", "penalty_slope", "penalty_width"},
    }
    reference = planned[0].recipe.to_dict()
    for variant in planned:
        recipe = variant.recipe.to_dict()
        assert {k for k in recipe if recipe[k] != reference[k]} <= changed.get(key, set())


def test_sizes_need_a_second_model_on_this_machine(monkeypatch):
    monkeypatch.setattr(variants_module, "local_folder", lambda base: base if base.is_local else None)
    with pytest.raises(RecipeError, match="Only one base model"):
        variants(find_experiment("size"), Recipe(), cars())
