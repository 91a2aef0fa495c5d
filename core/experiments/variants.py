"""Variants of an experiment, each a way of training and reading a model. Needs no torch."""

from dataclasses import dataclass, replace
from typing import Any

from core.comparison.accuracy import Decoder
from core.comparison.marginals import FITTED
from core.errors import RecipeError
from core.experiments.design import Experiment
from core.models.catalogue import CATALOGUE, EMBEDDED, find_base, listed
from core.models.download import local_folder, pinned, shape_of
from core.survey.respondents import SurveyData
from core.tuning.presets import preset_recipe
from core.tuning.recipe import Recipe

BASE_MODEL_COST = 0.15
"""Rough time of a variant without training, as a share of one with it."""
QUICK_STEPS = 150
"""Steps of the embedded model with the preset "quick"."""
LIKELIEST, MEAN = "likeliest answer (greedy)", "mean of the scale (expected)"
"""Variants of the experiment "temperature" whose answers are not sampled."""
SIMPLER = {
    "training_marginals": "everybody like the average",
    "logistic_regression": "logistic regression",
    "stacked_regression": "stacked regression",
    "gradient_boosting": "gradient boosting",
    "svr": "SVR",
    "catboost": "CatBoost",
}
"""Baselines of the experiment "baselines" -> their names in it."""


@dataclass(frozen=True)
class Variant:
    """Variant of an experiment: one way of training and reading a model.

    Attributes
    ----------
    name
        Name as shown.
    recipe
        Settings of the training.
    x
        Place on the axis of experiments that vary a number.
    respondents
        Share of the training respondents used.
    taught
        Whether the model is fine-tuned; False for the base model.
    temperature
        None for the one fitted on the validation respondents.
    decoder
        How one answer is read for RMSE.
    baseline
        Baseline of `core.comparison.marginals` that predicts instead of a language model; None for the model.
    """

    name: str
    recipe: Recipe
    x: float | None = None
    respondents: float = 1.0
    taught: bool = True
    temperature: float | None = None
    decoder: Decoder = Decoder.EXPECTED
    baseline: str | None = None

    @property
    def cost(self) -> float:
        """Rough time it takes, as a share of training a model."""
        return 1.0 if self.taught and self.baseline is None else BASE_MODEL_COST


def even_recipe(preset: str, base: str = EMBEDDED) -> Recipe:
    """Recipe of a preset for variants that all take the same number of steps.

    >>> even_recipe("quick").steps
    150
    """
    recipe = preset_recipe(preset, base)
    steps = QUICK_STEPS if preset == "quick" and recipe.is_embedded else recipe.steps
    return replace(recipe, steps=steps)


def variants(experiment: Experiment, recipe: Recipe, data: SurveyData) -> tuple[Variant, ...]:
    """Variants of an experiment on a survey, all with the same recipe but for what it varies.

    Raises
    ------
    RecipeError
        If the experiment needs base models that are not on this machine.
    """
    n_train = len(data.part("train"))
    builders = {
        "taught": lambda: (Variant("before teaching", recipe, taught=False), Variant("taught", recipe)),
        "method": lambda: (
            Variant("LoRA", replace(recipe, adapter="lora")),
            Variant("QLoRA", replace(recipe, adapter="qlora")),
        ),
        "size": lambda: _sizes(recipe),
        "temperature": lambda: _temperatures(recipe),
        "penalty": lambda: _penalties(recipe),
        "respondents": lambda: tuple(
            Variant(f"{round(share * n_train):,}", recipe, x=round(share * n_train), respondents=share)
            for share in (0.1, 0.25, 0.5, 1.0)
        ),
        "baselines": lambda: _baselines(recipe, data),
    }
    return builders[experiment.key]()


def _temperatures(recipe: Recipe) -> tuple[Variant, ...]:
    sampled = tuple(
        Variant(f"sampled at {t:g}", recipe, x=t, temperature=t, decoder=Decoder.SAMPLED)
        for t in (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
    )
    return (
        *sampled,
        Variant(LIKELIEST, recipe, temperature=1.0, decoder=Decoder.GREEDY),
        Variant(MEAN, recipe),
    )


def _penalties(recipe: Recipe) -> tuple[Variant, ...]:
    settings: dict[str, dict[str, Any]] = {
        "no penalty": {"penalty": "none"},
        "RPS": {"penalty": "rps"},
        "squared error of the mean": {"penalty": "squared_mean"},
        **{f"distance, lambda {w:g}": {"penalty": "distance", "penalty_weight": w} for w in (0.3, 1.0, 3.0)},
        "distance, slope 4, width 0.1": {"penalty": "distance", "penalty_slope": 4.0, "penalty_width": 0.1},
    }
    return tuple(Variant(name, replace(recipe, **changed)) for name, changed in settings.items())


def _baselines(recipe: Recipe, data: SurveyData) -> tuple[Variant, ...]:
    here = {key: name for key, name in SIMPLER.items() if key in ("training_marginals", *FITTED)}
    if not any(item.is_ordered for item in data.items):
        del here["svr"]  # support vector regression predicts numbers
    simpler = (Variant(name, recipe, temperature=1.0, baseline=key) for key, name in here.items())
    return (Variant("taught model", recipe), *simpler)


def _sizes(recipe: Recipe) -> tuple[Variant, ...]:
    """Variants of the base models on this machine, the smallest first, each at its usual learning rate."""
    # id -> short name of every listed model whose files are here, and of the chosen one if not listed
    names = {
        entry.id: entry.label.partition(" (")[0]
        for entry in CATALOGUE
        if local_folder(find_base(entry.id)) is not None
    }
    if listed(recipe.base) is None and local_folder(find_base(recipe.base)) is not None:
        names[recipe.base] = find_base(recipe.base).id.rpartition("/")[2]
    sizes = {name: shape.parameters for name in names if (shape := shape_of(find_base(name)))}
    if len(names) < 2:
        raise RecipeError(
            "Only one base model is on this machine, so sizes cannot be compared.",
            where="Model size",
            fix="Download a second one first, on the page Teach the model.",
        )
    return tuple(
        Variant(f"{names[name]}, {when}", _with_base(recipe, pinned(name)), taught=when == "taught")
        for name in sorted(names, key=lambda name: sizes[name])
        for when in ("before", "taught")
    )


def _with_base(recipe: Recipe, base: str) -> Recipe:
    """Recipe for another base model; settings that still have the preset's value follow the model."""
    now, then = preset_recipe("standard", recipe.base), preset_recipe("standard", base)
    followed = {
        name: getattr(then, name)
        for name in ("learning_rate", "dropout")
        if getattr(recipe, name) == getattr(now, name)
    }
    return replace(recipe, base=base, **followed)
