import pytest

from core.tuning.presets import planned_steps, preset_recipe, usual_steps
from core.tuning.recipe import Recipe


def test_eight_steps_per_item_between_300_and_1200():
    assert [usual_steps(n) for n in (10, 70, 200)] == [300, 560, 1200]


def test_steps_come_before_epochs_and_epochs_before_the_usual_number():
    assert planned_steps(Recipe(steps=5, epochs=9.0), n_items=70, n_train=160) == 5
    # 161 respondents are 11 bundles of 16 per item: 70 x 11 x 2 epochs / 4 bundles per step
    assert planned_steps(Recipe(epochs=2.0), n_items=70, n_train=161) == 385
    assert planned_steps(Recipe(), n_items=70, n_train=160) == 560


@pytest.mark.parametrize(
    ("name", "steps", "patience"), [("quick", 280, 1), ("standard", None, 2), ("thorough", 1680, 4)]
)
def test_a_preset_is_patience_and_a_ceiling_and_never_a_time_limit(name, steps, patience):
    for base in ("embedded", "Qwen/Qwen2.5-0.5B"):
        recipe = preset_recipe(name, base, n_items=70)
        assert (recipe.patience, recipe.max_seconds) == (patience, None)
    assert preset_recipe(name, n_items=70).steps == steps  # half of, all and 3 times 560


def test_larger_models_have_steps_and_a_lower_rate():
    recipe = preset_recipe("thorough", "Qwen/Qwen2.5-0.5B")
    assert (recipe.steps, recipe.learning_rate, recipe.dropout) == (800, 2e-4, 0.05)
