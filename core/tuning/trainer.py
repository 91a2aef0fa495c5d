"""Training loop of a tuning run.

A run can be stopped and kept, cancelled, killed and resumed from its last checkpoint with the result of an
uninterrupted run, and it ends when validation no longer improves. Step `k` uses bundles that depend
on the seed and `k` alone, so the checkpoint is enough to resume. Loops of transformers' Trainer do not fit
bundles with their own labels and batches; what is left without them is short.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from torch import nn

from core.models.language_model import LanguageModel
from core.models.processes import ALONE, Processes
from core.tuning import checkpoint
from core.tuning.checkpoint import TrainerState
from core.tuning.convergence import forget_best, is_best_better, note_check
from core.tuning.data_parallel import DataParallelWorkers
from core.tuning.examples import SurveyExamples
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe
from core.tuning.respondent_loss import RespondentLosses
from core.tuning.schedule import Schedule
from core.tuning.stepper import Stepper, make_optimiser
from core.tuning.weight_average import WeightAverage

CHECKPOINT_SECONDS = 20.0


class TrainingCallback(Protocol):
    """Callback of the training loop: progress, validation, stopping."""

    @property
    def keep_asked(self) -> bool:
        """Whether the user wants to stop here and keep what was learned."""

    def on_step(self, state: TrainerState, total: int, tokens: int) -> None:
        """Called after every step with the tokens read in it; may raise to abandon the run."""

    def on_check(self, state: TrainerState) -> RespondentLosses | None:
        """Losses of the monitored respondents; None when there are none."""


def train(
    model: LanguageModel,
    examples: SurveyExamples,
    recipe: Recipe,
    steps: int,
    folder: Path,
    callback: TrainingCallback,
    check_every: int | None = None,
    workers: DataParallelWorkers | None = None,
    processes: Processes = ALONE,
    start: Callable[[], None] = lambda: None,
) -> tuple[TrainerState, str]:
    """Final state and ending of a run that trains `model` in place, from its last checkpoint if there is one.

    Parameters
    ----------
    steps
        Ceiling of optimiser steps; fewer when validation no longer improves, or the time limit or the user
        ends the run.
    folder
        Where checkpoints are kept.
    check_every
        Steps between two validation checks, None for none but before the first step and after the last. A
        check looks at the average of the weights since the last one. At the end the average of the best check
        is taken where it is better than the last weights beyond chance.
    workers
        Data-parallel workers that share every step.
    processes
        This process among those that all call this function with the same arguments.
    start
        Called before the first step, once the untaught model was looked at: puts the weights where the run
        starts from.

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
    if state.step == 0:
        untuned = callback.on_check(state)
        state.untuned_nll = untuned.mean if untuned else None
        start()
    average = WeightAverage(model, state, checkpoint.load_average(folder, model)) if check_every else None
    means = average.tensors if average else None
    schedule = Schedule(state, steps, recipe.max_seconds, processes)
    stepper = Stepper(model, optimiser, recipe, workers, processes)
    saved, kept = processes.now(), False
    model.train()
    schedule.update()
    while not (schedule.is_over or kept):
        tokens = _step(state, examples, stepper, schedule.rate())
        callback.on_step(state, schedule.total, tokens)
        if average:
            average.add()
        is_check = bool(check_every) and state.step % (check_every or 1) == 0 and not schedule.is_over
        if is_check and average:
            with average.in_place():
                _check(state, callback, folder, model, processes)
            average.restart()
            if state.checks_without_gain >= recipe.patience:
                schedule.begin_decay("early")
        schedule.update()
        kept = bool(processes.agreed(callback.keep_asked))
        if is_check or processes.now() - saved >= CHECKPOINT_SECONDS:
            # a full disk costs the checkpoint, not the run: the previous one stays
            processes.wrote(lambda: checkpoint.save(folder, model, optimiser, state, means))
            saved = processes.now()
    _keep(state, callback, folder, model, recipe)
    model.eval()
    return state, "kept" if kept else schedule.ending


def _step(state: TrainerState, examples: SurveyExamples, stepper: Stepper, rate: float) -> int:
    """Take one optimiser step at this learning-rate factor; returns the tokens read in it."""
    for group in stepper.optimiser.param_groups:
        group["lr"] = group["initial_lr"] * rate
    first = state.step * BUNDLES_PER_STEP
    batch = [examples[k] for k in range(first, first + BUNDLES_PER_STEP)]
    state.losses = [*state.losses[-9:], stepper.step(batch)]
    state.step += 1
    return sum(len(example.bundle.tokens) for example in batch)


def _check(
    state: TrainerState, callback: TrainingCallback, folder: Path, model: nn.Module, processes: Processes
) -> None:
    """Score the monitored respondents, note the outcome and write the weights where they are the best."""
    found = callback.on_check(state)
    model.train()
    # without room on the disk for the best weights, the last ones will do
    is_best = found is not None and note_check(state, found)
    if is_best and not processes.wrote(lambda: checkpoint.save_best(folder, model)):
        forget_best(state)


def _keep(
    state: TrainerState, callback: TrainingCallback, folder: Path, model: nn.Module, recipe: Recipe
) -> None:
    """Score the last weights; load those of the best check instead where they are better beyond chance."""
    last = callback.on_check(state)
    if last and is_best_better(state, last, recipe.targets):
        checkpoint.load_best(folder, model)
    else:
        state.best_nll, state.best_step = last.mean if last else None, state.step
