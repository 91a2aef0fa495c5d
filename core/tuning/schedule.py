"""Schedule of a tuning run: its learning rate and when it ends.

The rate rises, falls with the root of the steps done, which needs no length in advance, and decays to 0 in
the last part of the run. The decay begins when validation no longer improves (`core.tuning.convergence`) or
when the ceiling of steps comes near; its length is a share of the steps done so far, so a run that ends early
is as finished as a long one. Nothing depends on the clock unless a time limit was asked for.

References
----------
Zhai et al. (2022), "Scaling Vision Transformers", arXiv 2106.04560, for the root with a decay at the end.
"""

import math

from core.models.processes import ALONE, Processes
from core.tuning.checkpoint import TrainerState

WARM_UP, LONGEST_WARM_UP = 0.05, 50
"""Share of the ceiling in which the learning rate rises to its peak, and the most steps it takes."""
FULL_RATE = 50
"""Steps after which the rate falls with the root: at four times as many it is half its peak."""
DECAY = 0.2
"""Steps in which the rate falls to 0, as a share of the steps before."""
CHECK_EVERY, FEWEST_CHECKS = 40, 5
"""Steps between two validation checks; fewer in short runs, so that there are so many checks."""


def check_interval(ceiling: int) -> int:
    """Steps between two validation checks of a run of at most so many steps.

    >>> check_interval(700), check_interval(60), check_interval(3)
    (40, 10, 1)
    """
    return min(CHECK_EVERY, math.ceil(ceiling / (FEWEST_CHECKS + 1)))


class Schedule:
    """Learning rate and end of a run; what it decides is kept in the trainer state.

    Several processes read the clock of the first one, all of them at the same points of the loop.
    """

    def __init__(
        self, state: TrainerState, ceiling: int, max_seconds: float | None, processes: Processes = ALONE
    ) -> None:
        self.state, self.ceiling, self.max_seconds = state, ceiling, max_seconds
        self._now = processes.now
        self._started = self._now() - state.seconds

    @property
    def total(self) -> int:
        """Steps of the run: the ceiling until the decay begins, then its end."""
        return self.ceiling if self.state.last_step is None else self.state.last_step

    @property
    def is_over(self) -> bool:
        """Whether the last step is done, or the time is up."""
        return self.state.step >= self.total or self._is_late(1.0)

    @property
    def ending(self) -> str:
        """Why the run ended: "steps", "early" or "time"."""
        is_cut = self._is_late(1.0) and self.state.step < self.total
        return "time" if is_cut else self.state.decay_reason or "steps"

    def update(self) -> None:
        """Read the clock; begin the decay where ceiling or time limit leave room for nothing else."""
        self.state.seconds = self._now() - self._started
        if self.state.step + _decay_steps(self.state.step) >= self.ceiling:
            self.begin_decay("steps")
        elif self._is_late(1.0 / (1.0 + DECAY)):
            self.begin_decay("time")

    def begin_decay(self, reason: str) -> None:
        """Begin the decay after the step just done, unless it has begun."""
        state = self.state
        if state.last_step is None:
            state.decay_from, state.decay_reason = state.step, reason
            state.last_step = min(self.ceiling, state.step + _decay_steps(state.step))

    def rate(self) -> float:
        """Learning-rate factor of the next step, above 0 to 1."""
        state, warm_up = self.state, min(WARM_UP * self.ceiling, LONGEST_WARM_UP)
        risen = min(1.0, (state.step + 1) / (warm_up + 1))
        if state.decay_from is None or state.last_step is None:
            return risen * _fallen(state.step)
        left = (state.last_step - state.step) / (state.last_step - state.decay_from)
        return risen * _fallen(state.decay_from) * left

    def _is_late(self, share: float) -> bool:
        """Whether that share of the time limit is over; never without one."""
        return self.max_seconds is not None and self.state.seconds >= share * self.max_seconds


def _fallen(step: int) -> float:
    """Learning-rate factor by the root of the steps done."""
    return math.sqrt(FULL_RATE / max(FULL_RATE, step))


def _decay_steps(done: int) -> int:
    """Length of a decay that begins after so many steps, 1 or more."""
    return max(1, math.ceil(DECAY * done))
