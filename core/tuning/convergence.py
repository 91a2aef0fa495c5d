"""Convergence of a run on its validation respondents, and which weights are kept.

Both are decided by paired differences (`core.tuning.respondent_loss`). A check is a gain if the respondents
are predicted better than at the last check that was one, by more than `GAINING` standard errors and
`SMALLEST_GAIN`; slow gains add up, since the reference stays where it was. Kept are the last weights, in
which the learning rate has fallen to 0; those of an earlier check (an average, see
`core.tuning.weight_average`) only if the respondents say beyond chance that they are better. The lowest of
many checks is the lowest by chance most of the time.
"""

from collections.abc import Mapping

import numpy as np

from core.tuning.checkpoint import TrainerState
from core.tuning.recipe import TargetKind
from core.tuning.respondent_loss import RespondentLosses, paired_difference

BEYOND_CHANCE: Mapping[TargetKind, float] = {"smoothed": 2.0, "cells": 1.0, "individual": 1.0}
"""Standard errors by which an earlier check must be better than the last weights to be kept, by labels.

Labels of groups or of single people are learned by heart sooner or later, so that the last weights deserve
less trust. Measured with the runs of tests/tuning/test_kept_weights.py and 30 respondents: at 1 error instead
of 2, what is kept of own answers is 0.003 and not 0.021 behind the best of the run, but 0.002 and not 0.001
of smoothed labels, where 2 of 20 runs then keep weights from the beginning."""
GAINING, SMALLEST_GAIN = 1.0, 0.0005
"""Standard errors, and nats, by which a check must be better than the reference to be a gain.

One error and not two: going on for nothing costs steps, stopping too soon costs the model."""


def note_check(state: TrainerState, found: RespondentLosses) -> bool:
    """Record a validation check in `state`; whether its mean is the lowest so far."""
    if state.gain_losses is None or _is_gain(found, np.array(state.gain_losses)):
        state.gain_losses, state.checks_without_gain = found.losses.tolist(), 0
    else:
        state.checks_without_gain += 1
    if state.best_nll is not None and found.mean >= state.best_nll:
        return False
    state.best_nll, state.best_step, state.best_losses = found.mean, state.step, found.losses.tolist()
    return True


def forget_best(state: TrainerState) -> None:
    """Forget the best check, whose weights could not be written."""
    state.best_nll = state.best_step = state.best_losses = None


def is_best_better(state: TrainerState, last: RespondentLosses, targets: TargetKind) -> bool:
    """Whether the best check is better than the last weights beyond chance, see `BEYOND_CHANCE`."""
    if state.best_losses is None:
        return False
    difference = paired_difference(np.array(state.best_losses), last.losses, last.shares)
    return difference.is_below(BEYOND_CHANCE[targets])


def _is_gain(found: RespondentLosses, reference: np.ndarray) -> bool:
    difference = paired_difference(found.losses, reference, found.shares)
    return difference.mean < -SMALLEST_GAIN and difference.is_below(GAINING)
