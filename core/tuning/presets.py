"""Presets of recipes in plain words, and the number of optimiser steps of a recipe.

The embedded model is trained within a time limit, with the recipe's own defaults. Larger models get a
fixed number of steps at the learning rate usual for them, since their time depends on the machine:
`core.tuning.plan` predicts it.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.models.catalogue import EMBEDDED, EMBEDDED_ID
from core.tuning.recipe import Recipe

BUNDLES_PER_STEP = 4
LARGE_RATE, LARGE_DROPOUT = 2e-4, 0.05
"""As usual for LoRA on models of 100 million parameters and more, e.g. in the code of arXiv 2502.16761."""
LARGE_SECONDS = 24 * 3600.0
NO_LIMIT = 7 * 24 * 3600.0
"""Time limit in seconds of a run whose number of steps is given."""


@dataclass(frozen=True)
class Preset:
    """Preset of length and settings.

    Attributes
    ----------
    label, words
        Name and description on the page.
    seconds
        Time limit of the embedded model.
    length
        Factor on the usual number of steps of the embedded model.
    large_steps
        Steps of larger models.
    """

    label: str
    words: str
    seconds: float
    length: float
    large_steps: int


PRESETS = {
    "quick": Preset("Quick", "For a first look at what the model can learn from your survey.", 60.0, 1.0, 60),
    "standard": Preset("Standard", "For results you want to show to somebody.", 120.0, 1.0, 200),
    "thorough": Preset(
        "Thorough",
        "For the final result: learns longer, and stops by itself when it no longer gets better.",
        900.0,
        3.0,
        800,
    ),
}


def preset_recipe(name: str, base: str = EMBEDDED, n_items: int = 10) -> Recipe:
    """Recipe of a preset for a base model and a survey of `n_items` items.

    >>> preset_recipe("quick").max_seconds, preset_recipe("quick", "Qwen/Qwen2.5-0.5B").steps
    (60.0, 60)
    """
    preset = PRESETS[name]
    if base in (EMBEDDED, EMBEDDED_ID):
        steps = None if preset.length == 1.0 else round(preset.length * usual_steps(n_items))
        return Recipe(max_seconds=preset.seconds, steps=steps)
    return Recipe(
        base=base,
        steps=preset.large_steps,
        max_seconds=LARGE_SECONDS,
        learning_rate=LARGE_RATE,
        dropout=LARGE_DROPOUT,
    )


def usual_steps(n_items: int) -> int:
    """Default number of optimiser steps, 700 to 1,100: 12 per item."""
    return int(np.clip(12 * n_items, 700, 1100))


def planned_steps(recipe: Recipe, n_items: int, n_train: int) -> int:
    """Number of optimiser steps: as given, from epochs, or the default.

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
