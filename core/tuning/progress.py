"""Progress of a tuning run: what the job reports while the model learns, and its validation checks."""

import time

import numpy as np

from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter
from core.models.language_model import LanguageModel
from core.models.profiles import ProfileScores
from core.tuning.checkpoint import TrainerState
from core.tuning.respondent_loss import RespondentLosses, respondent_losses
from core.tuning.setup import TrainingSetup


class ProgressCallback:
    """Training callback that reports progress and scores the monitored respondents."""

    def __init__(
        self, model: LanguageModel, setup: TrainingSetup, folder: JobFolder, reporter: Reporter
    ) -> None:
        self.model, self.setup, self.folder, self.reporter = model, setup, folder, reporter
        self.monitored = setup.monitored
        self.is_everybody = len(self.monitored) == len(setup.validation)
        self.last_scores: tuple[int, float | None, ProfileScores] | None = None
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

    def on_check(self, state: TrainerState) -> RespondentLosses | None:
        """Losses of the monitored respondents; the curve gets their mean and the in-option mass."""
        before = time.monotonic()
        # item key -> (n, K) log-probabilities; mass: item key -> (n,)
        scores = self.setup.score(self.model, self.monitored)
        found = respondent_losses(scores, self.monitored, self.setup.items)
        self.last_scores = (state.step, found.mean if found else None, scores)
        if found is not None:
            mass = float(np.mean([m.mean() for m in scores.mass.values()]))
            self.reporter.metric(step=state.step, validation_nll=found.mean, in_option_mass=mass)
        self.started += time.monotonic() - before  # throughput is of training only
        return found

    def validation_scores(self, state: TrainerState) -> ProfileScores:
        """Scores of all validation respondents with the weights that were kept, which the model has now.

        Those of the last check are not computed again if it was of these weights and everybody.
        """
        kept = (state.best_step, state.best_nll)
        if self.last_scores and self.last_scores[:2] == kept and self.is_everybody:
            return self.last_scores[2]
        return self.setup.score(self.model, self.setup.validation)
