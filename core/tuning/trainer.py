"""The training loop: bundles in, adapter weights moved.

A run can be stopped and kept, cancelled, killed and taken up again from its last checkpoint with
the result of an uninterrupted run, and it ends by itself when validation no longer improves. Step
`k` uses bundles that depend on the seed and `k` alone, so nothing but the checkpoint is needed to
go on. Loops of transformers' Trainer do not fit bundles with their own labels and batches; what is
left without them is short.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import ModelError
from core.models.batch import read_bundles
from core.models.scoring import answer_logprobs, in_option_mass
from core.tuning import checkpoint
from core.tuning.checkpoint import Course
from core.tuning.examples import Example, SurveyExamples
from core.tuning.loss import bundle_loss, contrast
from core.tuning.parallel import Helpers
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe

WARM_UP = 0.05
WORD_RATE = 5.0
"""Learning rate of the survey's own words against that of the layers: what a survey means is in its words."""
MASS_WEIGHT = 0.05
"""Weight of -log(in-option mass): the model learns to answer with a legal answer at all."""
CLIP = 1.0
"""Gradients with a larger norm are scaled down to it."""
GAIN = 0.002
"""Nats by which validation NLL must fall to count as better."""
CHECKPOINT_SECONDS = 20.0


class Watch(Protocol):
    """Looks on while a model learns."""

    keep_asked: bool
    """Whether the user wants to stop here and keep what was learned."""

    def on_step(self, course: Course, total: int, tokens: int) -> None:
        """After every step; raises to abandon the run."""

    def on_check(self, course: Course) -> float | None:
        """Mean NLL of a few validation respondents; None when there are none."""


class Clock:
    """How far a run is: by steps, or by time once the machine proves too slow for them.

    As long as the pace fits the time limit, nothing depends on the clock and runs repeat exactly.
    """

    def __init__(self, course: Course, steps: int, max_seconds: float) -> None:
        self.course, self.steps, self.max_seconds = course, steps, max_seconds
        self._started = time.monotonic() - course.seconds

    @property
    def fraction(self) -> float:
        """0 at the start, 1 at the end."""
        course = self.course
        course.seconds = time.monotonic() - self._started
        late = course.seconds * self.steps > self.max_seconds * course.step
        if course.seconds > 0.1 * self.max_seconds and late:
            course.too_slow = True
        by_steps = course.step / self.steps
        return max(by_steps, course.seconds / self.max_seconds) if course.too_slow else by_steps

    def rate(self) -> float:
        """Learning-rate factor of the next step: linear warm-up, then linear decay to zero."""
        done = min(1.0, self.fraction)
        return min(1.0, (self.course.step + 1) / (WARM_UP * self.steps + 1)) * (1.0 - done)


def train(
    model: nn.Module,
    examples: SurveyExamples,
    recipe: Recipe,
    steps: int,
    folder: Path,
    watch: Watch,
    check_at: Sequence[int] = (),
    helpers: Helpers | None = None,
) -> tuple[Course, str]:
    """Train `model` in place, from its last checkpoint in `folder` if there is one.

    Parameters
    ----------
    steps
        Optimiser steps; fewer are taken when the time limit, the user or early stopping ends the run.
    folder
        Where checkpoints are kept.
    check_at
        Steps after which validation respondents are looked at. The best weights seen there come
        back at the end when the last ones are worse.
    helpers
        Processes that share the work of every step.

    Returns
    -------
    course, ending
        What was done, and why it ended: "steps", "time", "kept" or "early".

    Raises
    ------
    ModelError
        If not even one bundle fits into memory, or the loss is not a number.
    """
    optimiser = make_optimiser(model, recipe)
    course = checkpoint.load(folder, model, optimiser) or Course()
    if course.untuned_nll is None:
        course.untuned_nll = watch.on_check(course)
    clock = Clock(course, steps, recipe.max_seconds)
    stepper = Stepper(model, optimiser, recipe, helpers)
    saved, ending = time.monotonic(), "steps"
    model.train()
    while course.step < steps:
        for group in optimiser.param_groups:
            group["lr"] = group["initial_lr"] * clock.rate()
        first = course.step * BUNDLES_PER_STEP
        batch = [examples[k] for k in range(first, first + BUNDLES_PER_STEP)]
        course.losses = [*course.losses[-9:], stepper.step(batch)]
        course.step += 1
        watch.on_step(course, steps, sum(len(e.bundle.tokens) for e in batch))
        if course.step in check_at:
            _note_check(course, watch.on_check(course), folder, model)
            model.train()
            if course.checks_without_gain >= recipe.patience:
                ending = "early"
        if watch.keep_asked:
            ending = "kept"
        elif clock.fraction >= 1.0 and course.step < steps:
            ending = "time"
        if ending != "steps":
            break
        if course.step in check_at or time.monotonic() - saved >= CHECKPOINT_SECONDS:
            _save_if_possible(folder, model, optimiser, course)
            saved = time.monotonic()
    _return_to_best(course, watch, folder, model)
    model.eval()
    return course, ending


class Stepper:
    """Takes optimiser steps, reading as many bundles at once as fit into memory."""

    def __init__(
        self,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        recipe: Recipe,
        helpers: Helpers | None = None,
    ) -> None:
        self.model, self.optimiser, self.recipe, self.helpers = model, optimiser, recipe, helpers
        self.together = BUNDLES_PER_STEP
        self.parameters = list(checkpoint.trained(model).values())

    def step(self, batch: Sequence[Example]) -> float:
        """One step; the mean loss of the bundles."""
        while True:
            self.optimiser.zero_grad(set_to_none=True)
            try:
                loss = self._backward(batch)
                break
            except (MemoryError, RuntimeError) as error:
                if not is_memory_error(error):
                    raise
                self._halve(error)
        if not np.isfinite(loss):
            raise ModelError(
                "The model stopped making sense while learning (its loss is not a number).",
                where=f"learning rate {self.recipe.learning_rate:g}",
                fix="Choose a smaller learning rate under Advanced.",
            )
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimiser.step()
        return loss

    def _backward(self, batch: Sequence[Example]) -> float:
        if self.helpers:
            return self.helpers.step(batch)
        return add_gradient(self.model, batch, self.recipe, self.together)

    def _halve(self, error: BaseException) -> None:
        """Read fewer bundles at once; the gradient stays the same."""
        if self.together == 1:
            raise ModelError(
                "The computer ran out of memory while the model was learning.",
                where=self.recipe.base,
                fix="Choose a smaller base model, QLoRA instead of LoRA, or gradient checkpointing under "
                "Advanced; or close other programs.",
            ) from error
        self.together //= 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def add_gradient(
    model: nn.Module, batch: Sequence[Example], recipe: Recipe, together: int = BUNDLES_PER_STEP
) -> float:
    """Add the gradient of some bundles of a step, `together` at a time; their part of the step's loss."""
    total = 0.0
    for start in range(0, len(batch), together):
        loss = batch_loss(model, batch[start : start + together], recipe) / BUNDLES_PER_STEP
        loss.backward()
        total += loss.item()
    return total


def batch_loss(model: nn.Module, batch: Sequence[Example], recipe: Recipe) -> Tensor:
    """Sum over the bundles of the mean loss of each bundle's prompts, and of their contrasts."""
    logits, rows = read_bundles(model, [example.bundle for example in batch])
    total = logits.new_zeros(())
    for example, row_of in zip(batch, rows, strict=True):
        losses = []
        for group, labels in zip(example.bundle.groups, example.labels, strict=True):
            truth = torch.from_numpy(labels).float().to(logits.device)
            logprob = answer_logprobs(logits, row_of, group)
            outside = -in_option_mass(logits, row_of, group).clamp_min(1e-9).log()
            losses.append(bundle_loss(logprob, truth, group.item, recipe) + MASS_WEIGHT * outside)
            if recipe.targets == "smoothed":  # others have empty shares
                total = total + recipe.contrast * contrast(logprob, truth)
        total = total + torch.cat(losses).mean()
    return total


def make_optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW; in 8 bits on an NVIDIA GPU if the recipe asks for it (arXiv 2110.02861)."""
    parameters = checkpoint.trained(model)
    words = [p for name, p in parameters.items() if "trainable_tokens" in name]
    layers = [p for name, p in parameters.items() if "trainable_tokens" not in name]
    rates = [(layers, recipe.learning_rate), (words, WORD_RATE * recipe.learning_rate)]
    groups = [{"params": p, "lr": rate, "initial_lr": rate} for p, rate in rates if p]
    options = {"betas": (0.9, 0.98), "weight_decay": 0.0}
    if recipe.optimiser != "adamw" and torch.cuda.is_available():
        import bitsandbytes as bnb

        eight_bit = bnb.optim.AdamW8bit if recipe.optimiser == "adamw_8bit" else bnb.optim.PagedAdamW8bit
        return eight_bit(groups, **options)
    return torch.optim.AdamW(groups, **options)


def is_memory_error(error: BaseException) -> bool:
    """Whether memory ran out; on a processor torch says so only in words."""
    text = str(error).lower()
    worded = "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or worded


def _note_check(course: Course, nll: float | None, folder: Path, model: nn.Module) -> None:
    if nll is None:
        return
    if course.best_nll is None or nll < course.best_nll - GAIN:
        course.best_nll, course.best_step, course.checks_without_gain = nll, course.step, 0
        try:
            checkpoint.save_best(folder, model)
        except OSError:
            course.best_nll = course.best_step = None  # the disk is full: the last weights will do
    else:
        course.checks_without_gain += 1


def _return_to_best(course: Course, watch: Watch, folder: Path, model: nn.Module) -> None:
    """Go back to the best weights seen if the last ones are worse."""
    if course.best_step in (None, course.step):
        return
    last = watch.on_check(course)
    if last is not None and course.best_nll is not None and course.best_nll < last - GAIN:
        checkpoint.load_best(folder, model)
    else:
        course.best_nll, course.best_step = last, course.step


def _save_if_possible(
    folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, course: Course
) -> None:
    """A full disk costs the checkpoint, not the run: the one before stays."""
    try:
        checkpoint.save(folder, model, optimiser, course)
    except OSError as error:
        sys.stderr.write(f"No checkpoint at step {course.step}: {error}\n")
