"""The paper's experiments on any survey: what each compares, and the claim it tests. Needs no torch.

Source: arXiv 2403.20252. Its claims are restated; its numbers, prompts and exact penalty are not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core.comparison.accuracy import Decoder
from core.comparison.baselines import FITTED
from core.comparison.compare import HEADLINE_TYPES
from core.errors import RecipeError
from core.jobs.folder import JobFolder
from core.models.catalogue import CATALOGUE, EMBEDDED, find_base, listed
from core.models.download import local_folder, pinned, shape_of
from core.survey.codebook import QuestionType
from core.survey.respondents import SurveyData
from core.tuning.presets import NO_LIMIT, preset_recipe
from core.tuning.recipe import Recipe

KIND = "experiment"
WORKER = "core.experiments.worker"
ORDERED_TYPES = (QuestionType.ORDINAL, QuestionType.NUMERIC)


@dataclass(frozen=True)
class Variant:
    """One way of teaching and asking.

    Attributes
    ----------
    name
        As shown.
    recipe
        How the model is taught.
    x
        Place on the axis of experiments that vary a number.
    respondents
        Share of the training respondents used.
    taught
        False for the base model as it is.
    temperature
        None for the one fitted on the validation respondents.
    decoder
        How one answer is read for RMSE.
    baseline
        Of `core.comparison.baselines`: predicted by that method, without a language model; None for the
        model.
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
        """Rough time it takes, against teaching a model."""
        return 1.0 if self.taught and self.baseline is None else UNTAUGHT


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    Attributes
    ----------
    key, title
        Name in jobs, name as shown.
    claim
        What the paper found, in a sentence.
    axis
        What `Variant.x` is; empty when variants are categories.
    curve
        Whether its chart is KL against RMSE.
    ordered_only
        Whether KL and NLL, too, are means over ordinal and numeric questions only.
    """

    key: str
    title: str
    claim: str
    axis: str = ""
    curve: bool = False
    ordered_only: bool = False

    @property
    def kinds(self) -> tuple[QuestionType, ...]:
        """Types of the questions whose mean KL and NLL are shown."""
        return ORDERED_TYPES if self.ordered_only else HEADLINE_TYPES


EXPERIMENTS = (
    Experiment(
        "taught",
        "Before and after teaching",
        "Fine-tuned models match the population (KL) and individuals (RMSE) better than pre-trained ones.",
    ),
    Experiment(
        "method",
        "LoRA against QLoRA",
        "QLoRA is hardly worse than LoRA and saves memory.",
    ),
    Experiment(
        "size",
        "Model size",
        "Larger models are better before fine-tuning; afterwards the advantage shrinks.",
    ),
    Experiment(
        "temperature",
        "Temperature",
        "A low temperature matches individuals better, a high one the population.",
        axis="Temperature",
        curve=True,
    ),
    Experiment(
        "penalty",
        "Penalty for numbers",
        "A penalty on the distance to the true number improves numeric answers.",
        ordered_only=True,
    ),
    Experiment(
        "respondents",
        "Number of training respondents",
        "More respondents help, with diminishing returns.",
        axis="Training respondents",
    ),
    Experiment(
        "baselines",
        "Against simpler methods",
        "A fine-tuned model matches people better than SVR, CatBoost and other methods that know the "
        "demographics but no language.",
    ),
)
UNTAUGHT = 0.15
QUICK_STEPS = 150
LIKELIEST, MEAN = "likeliest answer (greedy)", "mean of the scale (expected)"
"""Of the experiment "temperature": ways of reading an answer that are not sampled."""
SIMPLER = {
    "training_marginals": "everybody like the average",
    "logistic_regression": "logistic regression",
    "gradient_boosting": "gradient boosting",
    "svr": "SVR",
    "catboost": "CatBoost",
}
"""Baselines of the experiment "baselines", and what they are called in it."""


def find_experiment(key: str) -> Experiment:
    """The experiment of that name.

    Raises
    ------
    RecipeError
        If there is none.
    """
    for experiment in EXPERIMENTS:
        if experiment.key == key:
            return experiment
    known = ", ".join(e.key for e in EXPERIMENTS)
    raise RecipeError("There is no such experiment.", got=key, fix=f"Use one of: {known}.")


def even_recipe(preset: str, base: str = EMBEDDED) -> Recipe:
    """A preset's recipe without a time limit, which would cut the slower variants short and not the others.

    >>> even_recipe("quick").steps
    150
    """
    recipe = preset_recipe(preset, base)
    steps = QUICK_STEPS if preset == "quick" and recipe.steps is None else recipe.steps
    return replace(recipe, steps=steps, max_seconds=NO_LIMIT)


def variants(experiment: Experiment, recipe: Recipe, data: SurveyData) -> tuple[Variant, ...]:
    """What an experiment compares on a survey, all with the same recipe but for what it varies.

    Raises
    ------
    RecipeError
        If the experiment needs base models that are not on this machine.
    """
    n_train = len(data.part("train"))
    builders = {
        "taught": lambda: (Variant("before teaching", recipe, taught=False), Variant("taught", recipe)),
        "method": lambda: tuple(
            Variant(name, replace(recipe, adapter=adapter))
            for name, adapter in (("LoRA", "lora"), ("QLoRA", "qlora"))
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
        "none": {"penalty": "none"},
        "RPS": {"penalty": "rps"},
        "mean": {"penalty": "squared_mean"},
        **{f"distance, lambda {w:g}": {"penalty": "seed", "penalty_weight": w} for w in (0.3, 1.0, 3.0)},
        "distance, slope 4, width 0.1": {"penalty": "seed", "penalty_slope": 4.0, "penalty_width": 0.1},
    }
    return tuple(Variant(name, replace(recipe, **changed)) for name, changed in settings.items())


def _baselines(recipe: Recipe, data: SurveyData) -> tuple[Variant, ...]:
    here = {key: name for key, name in SIMPLER.items() if key in ("training_marginals", *FITTED)}
    if not any(item.is_ordered for item in data.items):
        del here["svr"]  # support vector regression predicts numbers
    simpler = (Variant(name, recipe, temperature=1.0, baseline=key) for key, name in here.items())
    return (Variant("taught model", recipe), *simpler)


def _sizes(recipe: Recipe) -> tuple[Variant, ...]:
    """The base models on this machine, the smallest first, each at its usual learning rate."""
    names = {entry.id: entry.label for entry in CATALOGUE if local_folder(find_base(entry.id)) is not None}
    if listed(recipe.base) is None and local_folder(find_base(recipe.base)) is not None:
        names[recipe.base] = find_base(recipe.base).id
    sizes = {name: shape_of(find_base(name)).parameters for name in names}
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
    """The recipe for another model: a rate that nobody chose follows the model."""
    now, then = preset_recipe("standard", recipe.base), preset_recipe("standard", base)
    followed = {
        name: getattr(then, name)
        for name in ("learning_rate", "dropout")
        if getattr(recipe, name) == getattr(now, name)
    }
    return replace(recipe, base=base, **followed)


@dataclass(frozen=True)
class Outcome:
    """A finished experiment.

    Attributes
    ----------
    rows
        One per variant: `name`, `x`, `kl`, `rmse_scaled`, `nll`, `sd_ratio`, `floor_kl`, `temperature`,
        `weights_mb` (of the base model in memory; None for other methods) and `seconds`.
    verdict
        "supports", "contradicts" or "undecided".
    sentence
        What this survey says about the claim.
    recipe
        Settings of all variants, but for what each varies.
    """

    rows: Sequence[dict[str, Any]] = field(default_factory=list)
    verdict: str = "undecided"
    sentence: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)


def check_experiment(experiment: Experiment, recipe: Recipe, data: SurveyData) -> None:
    """Refuse what cannot be compared.

    Raises
    ------
    RecipeError
        If the survey has no question of the kind that is compared, or no test respondents, or a base model
        is missing.
    """
    recipe.check(data.codebook)
    variants(experiment, recipe, data)
    if experiment.ordered_only and not any(item.is_ordered for item in data.items):
        raise RecipeError(
            "The survey has no scale and no number, so a penalty has nothing to act on.", where="codebook"
        )
    if not len(data.part("test")) or not len(data.part("train")):
        raise RecipeError("The survey needs training and test respondents.", where="split")


def prepare_experiment(
    jobs_folder: Path, data: SurveyData, experiment: Experiment, recipe: Recipe, survey_id: str
) -> JobFolder:
    """Make the job folder of an experiment; start it with module `WORKER`.

    Raises
    ------
    RecipeError
        As `check_experiment`.
    """
    check_experiment(experiment, recipe, data)
    spec = {"survey_id": survey_id, "experiment": experiment.key, "recipe": recipe.to_dict()}
    folder = JobFolder.create(jobs_folder, KIND, experiment.title, spec)
    data.write(folder.inputs)
    return folder
