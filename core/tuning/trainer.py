"""Training loop of a tuning run.

A run can be stopped and kept, cancelled, killed and resumed from its last checkpoint with the result of an
uninterrupted run, and it stops early when validation no longer improves. Step `k` uses bundles that depend
on the seed and `k` alone, so the checkpoint is enough to resume. Loops of transformers' Trainer do not fit
bundles with their own labels and batches; what is left without them is short.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from torch import nn

from core.models.language_model import LanguageModel
from core.models.processes import ALONE, Processes
from core.tuning import checkpoint
from core.tuning.checkpoint import TrainerState
from core.tuning.data_parallel import DataParallelWorkers
from core.tuning.examples import SurveyExamples
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe
from core.tuning.stepper import Stepper, make_optimiser

WARM_UP = 0.05
"""Share of the steps in which the learning rate rises to its peak."""
GAIN = 0.002
"""Nats by which validation NLL must fall to count as a gain."""
CHECKPOINT_SECONDS = 20.0


class TrainingCallback(Protocol):
    """Callback of the training loop: progress, validation, stopping."""

    @property
    def keep_asked(self) -> bool:
        """Whether the user wants to stop here and keep what was learned."""

    def on_step(self, state: TrainerState, total: int, tokens: int) -> None:
        """Called after every step with the tokens read in it; may raise to abandon the run."""

    def on_check(self, state: TrainerState) -> float | None:
        """Mean NLL of the monitored respondents, nats; None when there are none."""


class Schedule:
    """Progress of a run and its learning rate: by steps, or by time once the machine proves too slow.

    As long as the pace fits the time limit, nothing depends on the clock and runs repeat exactly.
    Several processes read the clock of the first one, all of them at the same points of the loop.
    """

    def __init__(
        self, state: TrainerState, steps: int, max_seconds: float, processes: Processes = ALONE
    ) -> None:
        self.state, self.steps, self.max_seconds = state, steps, max_seconds
        self._now = processes.now
        self._started = self._now() - state.seconds

    @property
    def fraction(self) -> float:
        """Share of the run that is done, 0 at the start, 1 at the end."""
        state = self.state
        state.seconds = self._now() - self._started
        late = state.seconds * self.steps > self.max_seconds * state.step
        if state.seconds > 0.1 * self.max_seconds and late:
            state.too_slow = True
        by_steps = state.step / self.steps
        return max(by_steps, state.seconds / self.max_seconds) if state.too_slow else by_steps

    def rate(self) -> float:
        """Learning-rate factor of the next step: linear warm-up, then linear decay to zero."""
        done = min(1.0, self.fraction)
        return min(1.0, (self.state.step + 1) / (WARM_UP * self.steps + 1)) * (1.0 - done)


def train(
    model: LanguageModel,
    examples: SurveyExamples,
    recipe: Recipe,
    steps: int,
    folder: Path,
    callback: TrainingCallback,
    check_at: Sequence[int] = (),
    workers: DataParallelWorkers | None = None,
    processes: Processes = ALONE,
) -> tuple[TrainerState, str]:
    """Final state and ending of a run that trains `model` in place, from its last checkpoint if there is one.

    Parameters
    ----------
    steps
        Number of optimiser steps; fewer when the time limit, the user or early stopping ends the run.
    folder
        Where checkpoints are kept.
    check_at
        Steps after which the monitored respondents are scored. The best weights seen there are restored
        at the end when the last ones are worse.
    workers
        Data-parallel workers that share every step.
    processes
        This process among those that all call this function with the same arguments.

    Returns
    -------
    state, ending
        Trainer state at the end, and why it ended: "steps", "time", "kept" or "early".

    Raises
    ------
    ModelError
        If not even one bundle fits into memory, or the loss is not a number.
    """
    optimiser = make_optimiser(model, recipe)
    state = checkpoint.load(folder, model, optimiser) or TrainerState()
    if state.untuned_nll is None:
        state.untuned_nll = callback.on_check(state)
    schedule = Schedule(state, steps, recipe.max_seconds, processes)
    stepper = Stepper(model, optimiser, recipe, workers, processes)
    saved, ending = processes.now(), "steps"
    model.train()
    while state.step < steps:
        rate = schedule.rate()
        for group in optimiser.param_groups:
            group["lr"] = group["initial_lr"] * rate
        first = state.step * BUNDLES_PER_STEP
        batch = [examples[k] for k in range(first, first + BUNDLES_PER_STEP)]
        state.losses = [*state.losses[-9:], stepper.step(batch)]
        state.step += 1
        callback.on_step(state, steps, sum(len(e.bundle.tokens) for e in batch))
        if state.step in check_at:
            _note_check(state, callback.on_check(state), folder, model, processes)
            model.train()
            if state.checks_without_gain >= recipe.patience:
                ending = "early"
        if processes.agreed(callback.keep_asked):
            ending = "kept"
        elif schedule.fraction >= 1.0 and state.step < steps:
            ending = "time"
        if ending != "steps":
            break
        if state.step in check_at or processes.now() - saved >= CHECKPOINT_SECONDS:
            # a full disk costs the checkpoint, not the run: the previous one stays
            processes.wrote(lambda: checkpoint.save(folder, model, optimiser, state))
            saved = processes.now()
    _return_to_best(state, callback, folder, model)
    model.eval()
    return state, ending


def _note_check(
    state: TrainerState, nll: float | None, folder: Path, model: nn.Module, processes: Processes
) -> None:
    """Record a validation check: keep the weights as the best, or count a check without a gain."""
    if nll is None:
        return
    if state.best_nll is not None and nll >= state.best_nll - GAIN:
        state.checks_without_gain += 1
        return
    state.best_nll, state.best_step, state.checks_without_gain = nll, state.step, 0
    if not processes.wrote(lambda: checkpoint.save_best(folder, model)):
        state.best_nll = state.best_step = None  # the disk is full: the last weights will do


def _return_to_best(state: TrainerState, callback: TrainingCallback, folder: Path, model: nn.Module) -> None:
    """Load the best weights if the last ones are worse by more than `GAIN`."""
    if state.best_step in (None, state.step):
        return
    last = callback.on_check(state)
    if last is not None and state.best_nll is not None and state.best_nll < last - GAIN:
        checkpoint.load_best(folder, model)
    else:
        state.best_nll, state.best_step = last, state.step
