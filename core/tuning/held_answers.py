"""Answers of validation respondents as the parts of a stacked regression predict them, to choose by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.survey.respondents import SurveyData
from core.survey.shares import effective_base
from core.tuning.answer_layout import AnswerLayout
from core.tuning.partial_profiles import PartialProfiles
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stack_members import PRIOR, Members, mixture

FOLDS = 5
"""Parts of the validation respondents, each predicted with weights of the mixture found on the others."""


@dataclass(frozen=True)
class HeldAnswers:
    """Answers of the validation respondents, A in all.

    Attributes
    ----------
    codes
        Profiles, shape (n, D).
    answers
        Column of each answer, -1 missing, shape (n, n_items).
    weights
        Weight of each respondent; they add up to the effective base.
    given
        Probability each member gave to the column of each answer, shape (A, S), in the order of `rows`.
    within
        Share of each answer within its column, shape (A,).
    """

    codes: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    given: np.ndarray
    within: np.ndarray

    @classmethod
    def of(cls, data: SurveyData, members: Sequence[Members], layout: AnswerLayout) -> "HeldAnswers":
        """Answers of these respondents."""
        total = data.weights.sum()
        weights = data.weights * (effective_base(data.weights) / total if total > 0 else 0.0)
        codes, answers = ProfileCodes.of(data).codes, layout.columns(data)
        given = np.concatenate([m.given(codes, layout, answers) for m in members], axis=1)
        rows, places = np.nonzero(answers >= 0)
        within = np.ones(len(rows))
        for place, key in enumerate(layout.keys):
            mine = places == place
            within[mine] = layout.within(place)[data.answers[key].to_numpy()[rows[mine]]]
        return cls(codes, answers, weights, given, within)

    @property
    def rows(self) -> np.ndarray:
        """Respondent of each answer, shape (A,)."""
        return np.nonzero(self.answers >= 0)[0]

    def mixture(self, used: np.ndarray) -> np.ndarray:
        """Weights of the mixture, shape (S,), by the answers of the respondents `used` (n,)."""
        mine = used[self.rows]
        prior = PRIOR * mine.sum() / max(used.sum(), 1)
        return mixture(self.given[mine], self.weights[self.rows[mine]], prior)

    def crossed(self) -> np.ndarray:
        """Probability of each answer, (A,), by mixtures that did not see the respondent."""
        found = np.zeros(len(self.given))
        fold = np.arange(len(self.codes)) % FOLDS
        for part in range(FOLDS):
            mine = fold[self.rows] == part
            found[mine] = self.given[mine] @ self.mixture(fold != part)
        return found

    def by(self, partial: PartialProfiles, layout: AnswerLayout) -> np.ndarray:
        """Probability of each answer, (A,), by the model for partly hidden profiles."""
        table = partial.probability(self.codes, np.arange(layout.width), layout.sizes)
        rows, places = np.nonzero(self.answers >= 0)
        return table[rows, self.answers[rows, places]]

    def mean_nll(self, losses: np.ndarray) -> float:
        """NLL per answer from that of its column (A,): mean over items of weighted means; NaN without one."""
        losses = losses - np.log(self.within)
        weights, items = self.weights[self.rows], np.nonzero(self.answers >= 0)[1]
        n_items = self.answers.shape[1]
        total = np.bincount(items, weights, n_items)
        sums = np.bincount(items, weights * losses, n_items)
        known = total > 0
        return float(np.mean(sums[known] / total[known])) if known.any() else float("nan")
