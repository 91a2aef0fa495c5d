"""Progress of a tuning run: what the job reports while the model learns, and its validation checks."""

import time

import numpy as np

from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter
from core.models.language_model import LanguageModel
from core.models.profiles import ProfileScores
from core.tuning.checkpoint import TrainerState
from core.tuning.setup import TrainingSetup, mean_nll


class ProgressCallback:
    """Training callback that reports progress and scores the monitored respondents."""

    def __init__(
        self, model: LanguageModel, setup: TrainingSetup, folder: JobFolder, reporter: Reporter
    ) -> None:
        self.model, self.setup, self.folder, self.reporter = model, setup, folder, reporter
        self.monitored = setup.monitored
        self.tokens, self.started = 0, time.monotonic()
        self._checked: dict[str, float] = {}

    @property
    def keep_asked(self) -> bool:
        """Whether the user wants to stop here and keep what was learned."""
        return self.folder.keep_flag.exists()

    @property
    def tokens_per_second(self) -> float:
        """Tokens per second of training since this process started, checks left out."""
        return self.tokens / max(time.monotonic() - self.started, 1e-9)

    def on_step(self, state: TrainerState, total: int, tokens: int) -> None:
        """Report progress and loss; raises Cancelled when asked to stop."""
        self.reporter.check()
        total = state.steps_in_time(total, self.setup.recipe.max_seconds)
        self.reporter.progress(state.step, total, "Learning how people answer")
        if not self.tokens:
            self.started = time.monotonic()  # the first step warms up
        self.tokens += tokens
        self.reporter.metric(
            step=state.step,
            loss=float(np.mean(state.losses)),
            seconds=state.seconds,
            tokens_per_second=round(self.tokens_per_second) if self.tokens > tokens else None,
        )

    def on_check(self, state: TrainerState) -> float | None:
        """Validation NLL of the monitored respondents; the curve gets it with the in-option mass.

        The curve is of the monitored items. Before the first step all items are scored, and their NLL is
        returned, as in the final figures that the base model is compared with.
        """
        before, monitored = time.monotonic(), self.setup.monitored_items
        # item key -> (n, K) log-probabilities; mass: item key -> (n,)
        scores = self.setup.score(self.model, self.monitored, monitored if state.step else None)
        nll = mean_nll(scores, self.monitored, monitored)
        if nll is not None:
            mass = float(np.mean([m.mean() for m in scores.mass.values()]))
            self.reporter.metric(step=state.step, validation_nll=nll, in_option_mass=mass)
        self.started += time.monotonic() - before  # throughput is of training only
        return nll if state.step else mean_nll(scores, self.monitored, self.setup.items)

    def on_end(self, state: TrainerState, scores: ProfileScores) -> None:
        """Report the last point of the curve, of the monitored respondents, who come first in `scores`."""
        n = len(self.monitored)  # the first n rows of every table
        monitored = ProfileScores({key: table[:n] for key, table in scores.logprob.items()}, {})
        nll = mean_nll(monitored, self.monitored, self.setup.items)
        if nll is not None:
            self.reporter.metric(step=state.step, validation_nll=nll)
