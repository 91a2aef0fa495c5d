"""The training loop: bundles in, adapter weights moved.

A run can be stopped and kept, cancelled, killed and taken up again from its last checkpoint with
the result of an uninterrupted run, and it ends by itself when validation no longer improves. Step
`k` uses bundles that depend on the seed and `k` alone, so nothing but the checkpoint is needed to
go on. Loops of transformers' Trainer do not fit bundles with their own labels and batches; what is
left without them is short.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from torch import nn

from core.models.processes import ALONE, Processes
from core.tuning import checkpoint
from core.tuning.checkpoint import Course
from core.tuning.examples import SurveyExamples
from core.tuning.parallel import Helpers
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe
from core.tuning.stepper import Stepper, make_optimiser

WARM_UP = 0.05
GAIN = 0.002
"""Nats by which validation NLL must fall to count as better."""
CHECKPOINT_SECONDS = 20.0


class Watch(Protocol):
    """Looks on while a model learns."""

    @property
    def keep_asked(self) -> bool:
        """Whether the user wants to stop here and keep what was learned."""

    def on_step(self, course: Course, total: int, tokens: int) -> None:
        """After every step; raises to abandon the run."""

    def on_check(self, course: Course) -> float | None:
        """Mean NLL of a few validation respondents; None when there are none."""


class Clock:
    """How far a run is: by steps, or by time once the machine proves too slow for them.

    As long as the pace fits the time limit, nothing depends on the clock and runs repeat exactly.
    Several processes read the clock of the first one, all of them at the same places.
    """

    def __init__(self, course: Course, steps: int, max_seconds: float, processes: Processes = ALONE) -> None:
        self.course, self.steps, self.max_seconds = course, steps, max_seconds
        self._now = processes.now
        self._started = self._now() - course.seconds

    @property
    def fraction(self) -> float:
        """0 at the start, 1 at the end."""
        course = self.course
        course.seconds = self._now() - self._started
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
    processes: Processes = ALONE,
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
        Forked processes that share the work of every step.
    processes
        This process among those that all call this function with the same arguments.

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
    clock = Clock(course, steps, recipe.max_seconds, processes)
    stepper = Stepper(model, optimiser, recipe, helpers, processes)
    saved, ending = processes.now(), "steps"
    model.train()
    while course.step < steps:
        rate = clock.rate()
        for group in optimiser.param_groups:
            group["lr"] = group["initial_lr"] * rate
        first = course.step * BUNDLES_PER_STEP
        batch = [examples[k] for k in range(first, first + BUNDLES_PER_STEP)]
        course.losses = [*course.losses[-9:], stepper.step(batch)]
        course.step += 1
        watch.on_step(course, steps, sum(len(e.bundle.tokens) for e in batch))
        if course.step in check_at:
            _note_check(course, watch.on_check(course), folder, model, processes)
            model.train()
            if course.checks_without_gain >= recipe.patience:
                ending = "early"
        if processes.agreed(watch.keep_asked):
            ending = "kept"
        elif clock.fraction >= 1.0 and course.step < steps:
            ending = "time"
        if ending != "steps":
            break
        if course.step in check_at or processes.now() - saved >= CHECKPOINT_SECONDS:
            # a full disk costs the checkpoint, not the run: the one before stays
            processes.wrote(lambda: checkpoint.save(folder, model, optimiser, course))
            saved = processes.now()
    _return_to_best(course, watch, folder, model)
    model.eval()
    return course, ending


def _note_check(
    course: Course, nll: float | None, folder: Path, model: nn.Module, processes: Processes
) -> None:
    if nll is None:
        return
    if course.best_nll is not None and nll >= course.best_nll - GAIN:
        course.checks_without_gain += 1
        return
    course.best_nll, course.best_step, course.checks_without_gain = nll, course.step, 0
    if not processes.wrote(lambda: checkpoint.save_best(folder, model)):
        course.best_nll = course.best_step = None  # the disk is full: the last weights will do


def _return_to_best(course: Course, watch: Watch, folder: Path, model: nn.Module) -> None:
    """Go back to the best weights seen if the last ones are worse."""
    if course.best_step in (None, course.step):
        return
    last = watch.on_check(course)
    if last is not None and course.best_nll is not None and course.best_nll < last - GAIN:
        checkpoint.load_best(folder, model)
    else:
        course.best_nll, course.best_step = last, course.step
