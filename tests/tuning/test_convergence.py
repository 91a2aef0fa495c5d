"""When a run has converged and which weights are kept, by losses of four people."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from core.tuning.checkpoint import TrainerState
from core.tuning.convergence import forget_best, is_best_better, note_check
from core.tuning.respondent_loss import RespondentLosses

SPREAD = np.array([-1.0, 1.0, -1.0, 1.0])
"""Of differences: a standard error of 1 / sqrt(3) of what it is multiplied with."""


def check(mean, spread=0.0):
    return RespondentLosses(mean + spread * SPREAD, np.full(4, 0.25))


def noted(*checks):
    state = TrainerState()
    for state.step, found in enumerate(checks, 1):
        note_check(state, found)
    return state


def test_a_gain_is_more_than_its_standard_error():
    """Lower by 0.01, with standard errors of 0.0058 and 0.0115."""
    assert noted(check(1.5), check(1.49, 0.01)).checks_without_gain == 0
    assert noted(check(1.5), check(1.49, 0.02)).checks_without_gain == 1


def test_a_certain_gain_of_less_than_half_a_thousandth_is_none():
    assert noted(check(1.5), check(1.4996)).checks_without_gain == 1
    assert noted(check(1.5), check(1.4994)).checks_without_gain == 0


def test_slow_gains_add_up():
    """0.0003 a check: every second one is a gain beside the last that was."""
    found = [noted(*(check(1.5 - 0.0003 * k) for k in range(n))).checks_without_gain for n in range(1, 7)]
    assert found == [0, 1, 0, 1, 0, 1]


def test_the_lowest_check_is_the_best_even_if_it_is_no_gain():
    state = noted(check(1.5), check(1.4997), check(1.6))
    assert (state.best_step, state.best_nll, state.checks_without_gain) == (2, pytest.approx(1.4997), 2)


def test_an_earlier_check_is_kept_only_when_it_is_better_by_two_standard_errors():
    """Better by 0.01; a spread of 0.0086 is a standard error of 0.00497, one of 0.0087 is 0.00502."""
    best = noted(check(1.49))
    assert is_best_better(best, check(1.5, 0.0086), "smoothed")
    assert not is_best_better(best, check(1.5, 0.0087), "smoothed")
    assert not is_best_better(TrainerState(), check(1.5), "smoothed")


@pytest.mark.parametrize("targets", ["cells", "individual"])
def test_raw_labels_are_learned_by_heart_so_one_standard_error_is_enough(targets):
    best = noted(check(1.49))
    assert is_best_better(best, check(1.5, 0.0173), targets)  # a standard error of 0.00999
    assert not is_best_better(best, check(1.5, 0.0174), targets)


def test_weights_that_could_not_be_written_are_forgotten():
    state = noted(check(1.49))
    forget_best(state)
    assert not is_best_better(state, check(2.0), "smoothed")
    assert state.gain_losses == [1.49] * 4  # what was learned about the gain stays


def test_the_state_of_the_rule_survives_a_checkpoint():
    state = noted(check(1.5), check(1 / 3, 0.1), check(1.49, 0.02))
    assert TrainerState(**json.loads(json.dumps(asdict(state)))) == state
