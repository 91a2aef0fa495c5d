"""Presets of recipes in plain words, and the ceiling of optimiser steps of a recipe.

A preset is patience and a ceiling in steps: a run ends when validation no longer improves, at the latest at
the ceiling. No preset looks at the clock; `core.tuning.plan` predicts the time. Larger models have the
learning rate usual for them.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.models.catalogue import EMBEDDED, EMBEDDED_ID
from core.tuning.recipe import Recipe

BUNDLES_PER_STEP = 4
LARGE_RATE, LARGE_DROPOUT = 2e-4, 0.05
"""As usual for LoRA on models of 100 million parameters and more, e.g. in the code of arXiv 2502.16761."""


@dataclass(frozen=True)
class Preset:
    """Preset of length and settings.

    Attributes
    ----------
    label, words
        Name and description on the page.
    patience
        Validation checks in a row without a gain after which a run comes to its end.
    length
        Ceiling of steps of the embedded model, as a factor on `usual_steps`.
    large_steps
        Ceiling of steps of larger models.
    """

    label: str
    words: str
    patience: int
    length: float
    large_steps: int


PRESETS = {
    "quick": Preset(
        "Quick",
        "For a first look: stops as soon as hold-out respondents are hardly predicted better any more.",
        1,
        0.5,
        60,
    ),
    "standard": Preset(
        "Standard",
        "For results you want to show to somebody: learns until it no longer gets better.",
        2,
        1.0,
        200,
    ),
    "thorough": Preset(
        "Thorough",
        "For the final result: also waits for slow gains, and may learn three times as long.",
        4,
        3.0,
        800,
    ),
}


def preset_recipe(name: str, base: str = EMBEDDED, n_items: int = 10) -> Recipe:
    """Recipe of a preset for a base model and a survey of `n_items` items.

    >>> preset_recipe("quick").steps, preset_recipe("quick", "Qwen/Qwen2.5-0.5B").steps
    (150, 60)
    """
    preset = PRESETS[name]
    if base in (EMBEDDED, EMBEDDED_ID):
        steps = None if preset.length == 1.0 else round(preset.length * usual_steps(n_items))
        return Recipe(steps=steps, patience=preset.patience)
    return Recipe(
        base=base,
        steps=preset.large_steps,
        patience=preset.patience,
        learning_rate=LARGE_RATE,
        dropout=LARGE_DROPOUT,
    )


def usual_steps(n_items: int) -> int:
    """Default ceiling of optimiser steps, 300 to 1,200: 8 per item."""
    return int(np.clip(8 * n_items, 300, 1200))


def planned_steps(recipe: Recipe, n_items: int, n_train: int) -> int:
    """Ceiling of optimiser steps: as given, from epochs, or the default.

    >>> planned_steps(Recipe(epochs=1.0), n_items=10, n_train=160)
    25
    """
    if recipe.steps:
        return recipe.steps
    if recipe.epochs:
        people_per_bundle = 16
        bundles = recipe.epochs * n_items * math.ceil(n_train / people_per_bundle)
        return max(1, round(bundles / BUNDLES_PER_STEP))
    return usual_steps(n_items)
