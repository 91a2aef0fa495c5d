"""Learning rate and end of a run, by hand."""

import pytest

from core.models.processes import Processes
from core.tuning.checkpoint import TrainerState
from core.tuning.schedule import Schedule, check_interval


def rates(ceiling, plateau=None):
    """Rates of all steps of a run without a clock; validation stops improving at step `plateau`."""
    state, found = TrainerState(), []
    schedule = Schedule(state, ceiling, None)
    schedule.update()
    while not schedule.is_over:
        found.append(schedule.rate())
        state.step += 1
        if state.step == plateau:
            schedule.begin_decay("early")
        schedule.update()
    return found, state, schedule


def test_the_rate_rises_and_falls_in_time_for_the_ceiling():
    """Of 60 steps, 3 rise and the last 10 decay: 50 + 0.2 * 50."""
    found, state, schedule = rates(60)
    assert found[:4] == [0.25, 0.5, 0.75, 1.0]
    assert found[3:51] == [1.0] * 48
    assert found[50:] == pytest.approx([k / 10 for k in range(10, 0, -1)])
    assert (state.decay_from, len(found), schedule.ending) == (50, 60, "steps")


def test_the_rate_decays_as_soon_as_validation_no_longer_improves():
    """After 200 steps, at half the rate: 40 more, of which the last has a 40th of that."""
    found, state, schedule = rates(1000, plateau=200)
    assert len(found) == schedule.total == state.last_step == 240
    assert found[200] == 0.5 and found[-1] == pytest.approx(0.5 / 40)
    assert sorted(found[50:], reverse=True) == found[50:]
    assert schedule.ending == "early"


def test_a_decay_that_has_begun_is_not_begun_again():
    _, state, schedule = rates(100, plateau=90)
    assert (state.decay_from, state.last_step, schedule.ending) == (83, 100, "steps")


@pytest.mark.parametrize("ceiling", range(1, 8))
def test_the_shortest_runs_have_all_their_steps_at_a_rate_above_0(ceiling):
    found, _, _ = rates(ceiling)
    assert len(found) == ceiling and min(found) > 0


def test_the_ceiling_is_shown_until_the_end_is_known():
    state = TrainerState(step=50)
    schedule = Schedule(state, 700, None)
    assert schedule.total == 700
    schedule.begin_decay("early")
    assert schedule.total == 60


def test_checks_come_every_40_steps_and_more_often_in_short_runs():
    assert [check_interval(n) for n in (1, 6, 30, 240, 2100)] == [1, 1, 5, 40, 40]


def test_the_time_before_a_kill_counts_towards_the_limit(monkeypatch):
    """30 seconds for 10 steps before the kill, 15 since: of 53.9 seconds, 44.9 may be learned as usual."""
    monkeypatch.setattr(Processes, "now", lambda _: clock.pop(0))
    clock = [1000.0, 1014.0, 1015.0]
    schedule = Schedule(TrainerState(step=10, seconds=30.0), 100, 53.9)
    schedule.update()
    assert (schedule.state.seconds, schedule.total) == (44.0, 100)
    schedule.update()
    assert (schedule.state.seconds, schedule.total, schedule.state.decay_reason) == (45.0, 12, "time")
