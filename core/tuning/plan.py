"""Plan of a tuning run before it starts: predicted time and memory on this machine. Needs no torch."""

from dataclasses import dataclass

from core.errors import ModelError, RecipeError
from core.models.catalogue import EMBEDDED, EMBEDDED_ID, BaseModel, find_base, listed
from core.models.download import local_folder, shape_of
from core.models.machine import Machine, this_machine
from core.models.memory import MemoryEstimate, TrainingLoad, estimate
from core.models.shape import Shape
from core.survey.codebook import Codebook
from core.tuning.presets import BUNDLES_PER_STEP, planned_steps
from core.tuning.recipe import Recipe

EXPECTED_BUNDLE_TOKENS, EXPECTED_BUNDLE_PROMPTS = 320, 11
"""Size of a training bundle, padding included: measured means on seven published surveys."""
PHRASE_BUNDLE_TOKENS, PHRASE_BUNDLE_PROMPTS = 262, 82
"""The same where every line is one token."""
STARTING = 15.0
"""Seconds for loading, fitting the labels and the validation checks."""


@dataclass(frozen=True)
class TuningPlan:
    """Predicted length, time and memory of a run.

    Attributes
    ----------
    base
        The base model.
    shape
        Its shape; None for a model that is neither on this machine nor on the short list.
    is_here
        Whether its files are on this machine.
    steps
        Ceiling of optimiser steps.
    seconds
        Predicted time on this machine to the last step, rough; a run may end sooner. None without a shape.
    fit
        Memory estimate; None without a shape.
    device
        Sentence about the device it will run on.
    """

    base: BaseModel
    shape: Shape | None
    is_here: bool
    steps: int
    seconds: float | None
    fit: MemoryEstimate | None
    device: str

    @property
    def sentence(self) -> str:
        """Message for the user about time and memory."""
        if self.fit is None or self.seconds is None:
            return "Size and time are known once the model is on this machine."
        time = f"{in_words(self.seconds)} on this machine, less if it stops getting better sooner."
        return f"{time} {self.fit.sentence}"

    def check(self) -> None:
        """Refuse a run that cannot start.

        Raises
        ------
        ModelError
            If the model has to be downloaded first.
        RecipeError
            If it cannot fit into this machine's memory.
        """
        if not self.is_here:
            raise ModelError(
                "The base model is not on this machine yet.",
                where=self.base.id,
                fix="Download it first: on this page, or with python -m core download.",
            )
        if self.fit is not None and self.fit.verdict == "too large":
            raise RecipeError(
                "The base model is too large for this machine.", where=self.base.id, fix=self.fit.sentence
            )


def plan(recipe: Recipe, codebook: Codebook, n_train: int, machine: Machine | None = None) -> TuningPlan:
    """Plan of a run with this recipe on `n_train` training respondents; `machine` is this one if None."""
    machine = machine or this_machine()
    base = find_base(recipe.base)
    is_here = local_folder(base) is not None
    entry = listed(recipe.base)
    shape = (shape_of(base) if is_here else None) or (entry.shape if entry else None)
    items = [i for i in codebook.items if i.column not in recipe.hold_out_questions]
    steps = planned_steps(recipe, len(items), n_train)
    fit = estimate(shape, load_of(recipe), machine) if shape else None
    limit = float("inf") if recipe.max_seconds is None else recipe.max_seconds
    seconds = None if fit is None else min(steps * fit.seconds_per_step, limit) + STARTING
    return TuningPlan(base, shape, is_here, steps, seconds, fit, machine.device)


def load_of(recipe: Recipe) -> TrainingLoad:
    """Load of one step of a recipe, with training bundles of the expected size."""
    tokens, prompts = EXPECTED_BUNDLE_TOKENS, EXPECTED_BUNDLE_PROMPTS
    if recipe.base in (EMBEDDED, EMBEDDED_ID):
        tokens, prompts = PHRASE_BUNDLE_TOKENS, PHRASE_BUNDLE_PROMPTS
    return TrainingLoad(
        tokens=BUNDLES_PER_STEP * tokens,
        positions=BUNDLES_PER_STEP * prompts,
        rank=recipe.rank,
        adapter=recipe.adapter,
        modules=recipe.modules,
        checkpointing=recipe.gradient_checkpointing,
        eight_bit_adam=recipe.optimiser != "adamw",
        dropout=recipe.dropout > 0,
        bundles=BUNDLES_PER_STEP,
    )


def in_words(seconds: float) -> str:
    """Duration in words, rounded.

    >>> in_words(70), in_words(200), in_words(4000), in_words(90000)
    ('About 1 minute', 'About 3 minutes', 'About 1 hour', 'About 1 day')
    """
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 0.9 * size:
            count = max(1, round(seconds / size))
            return f"About {count} {word}{'s' * (count > 1)}"
    return "Less than a minute"
