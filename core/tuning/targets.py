"""Labels: the answer distribution a prompt is trained towards.

`SmoothedTargets` are the weighted answer shares of the training respondents who match the shown
demographics, shrunk towards a teacher (`core.tuning.stacked_regression`) with the weight of `smoothing`
imaginary respondents:

    label = (n_eff * shares of the matching respondents + m * teacher) / (n_eff + m)

Labels of large groups are their own shares; a group of one hardly counts. Shrinking towards the population
instead trains the model to ignore the profile: measured on one survey of 1,000, predictions for
people then lay 0.013 from those for everybody (mean TV), and not 0.103.

Why this is the default: NLL of validation respondents after 300 steps of the embedded model (QLoRA, seed
0), by ``bench quality --targets smoothed,cells,individual --steps 300``; in brackets of test respondents,
at temperature 1.

                               smoothed           cells      individual
    comma_2014             0.840 (.837)    0.862 (.849)    0.880 (.877)
    flying_etiquette_2014  0.797 (.791)    0.817 (.810)    0.830 (.824)
    religion_2016          1.265 (1.331)   1.313 (1.380)   1.336 (1.408)

Unsmoothed groups invent differences: of the test respondents' toplines on flying, where demographics
are hardly informative, KL is 0.009, 0.027 and 0.037 in the same order. One seed, three surveys; measured with
a plainer teacher, main effects under one ridge penalty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import effective_base, training_marginals
from core.tuning.profile_codes import ProfileCodes

SMOOTHING_WEIGHTS = (5.0, 10.0, 20.0, 50.0, 100.0, 300.0)
"""Candidates for m, in respondents; the one with the lowest validation NLL is used."""


class Targets(Protocol):
    """Kind of labels, for nested profiles of one training respondent."""

    def chain(self, item: Item, respondent: int, shown: Sequence[int]) -> np.ndarray:
        """Labels with the first 0, 1, ... of the `shown` demographics given, shape (len(shown) + 1, K)."""


@dataclass(frozen=True)
class IndividualTargets:
    """Labels that are each respondent's own answer, whatever is shown of the profile."""

    train: SurveyData

    def chain(self, item: Item, respondent: int, shown: Sequence[int]) -> np.ndarray:
        """See `Targets.chain`."""
        own = np.eye(len(item.answers))[self.train.answers[item.key].to_numpy()[respondent]]
        return np.tile(own, (len(shown) + 1, 1))


class Teacher(Protocol):
    """Model that labels are drawn towards."""

    def logprob(self, codes: np.ndarray, keys: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """Log-probabilities of profiles, see `core.tuning.stacked_regression.StackedRegression.logprob`."""

    def chain(self, key: str, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:
        """Probabilities of an item for nested profiles that are partly hidden, (len(shown) + 1, K)."""

    def answers_whole(self, known: np.ndarray) -> bool:
        """Whether `logprob`, not `chain`, is to be asked where these demographics, (D,) bool, are known."""


class SmoothedTargets:
    """Labels that are smoothed answer shares of the matching training respondents."""

    def __init__(self, train: SurveyData, teacher: Teacher, smoothing: float) -> None:
        self.teacher = teacher
        self.smoothing = smoothing
        self.profiles = ProfileCodes.of(train)
        self.weights = train.weights
        self.answers = {i.key: train.answers[i.key].to_numpy(dtype=np.int64) for i in train.items}
        self.prepare(self.profiles.codes)

    def prepare(self, codes: np.ndarray) -> None:
        """Make labels of these whole profiles, (n, D), fast: each item's are predicted together."""
        distinct = np.unique(codes, axis=0)
        whole = np.array([self.teacher.answers_whole(row >= 0) for row in distinct], dtype=bool)
        self._distinct = distinct[whole].astype(np.int64)
        self._place = {row.tobytes(): k for k, row in enumerate(self._distinct)}
        self._predicted: dict[str, np.ndarray] = {}

    def chain(self, item: Item, respondent: int, shown: Sequence[int]) -> np.ndarray:
        """See `Targets.chain`."""
        return self.labels(item, self.profiles.codes[respondent], shown)

    def labels(self, item: Item, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:
        """Labels of nested profiles with the coded values `codes`, shape (len(shown) + 1, K)."""
        return blend(*self.parts(item, codes, shown), self.smoothing)

    def parts(
        self, item: Item, codes: np.ndarray, shown: Sequence[int]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Group shares (m, K), effective group sizes (m,) and predictions (m, K), m = len(shown) + 1."""
        answers = self.answers[item.key]
        match = np.flatnonzero(answers >= 0)  # all who answered: the group of the no-persona prompt
        shares, sizes = [], []
        for field in (None, *shown):
            if field is not None:  # one more demographic shown: the group shrinks
                match = match[self.profiles.codes[match, field] == codes[field]]
            weights = self.weights[match]
            counts = np.bincount(answers[match], weights=weights, minlength=len(item.answers))
            total = counts.sum()
            shares.append(counts / total if total else counts)
            sizes.append(effective_base(weights))
        return np.array(shares), np.array(sizes), self._expected(item.key, codes, shown)

    def _expected(self, key: str, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:
        """Predictions for nested profiles, (len(shown) + 1, K)."""
        found = self.teacher.chain(key, codes, shown)
        known = np.zeros(len(codes), dtype=bool)
        for length, field in enumerate((None, *shown)):
            if field is not None:
                known[field] = True
            if self.teacher.answers_whole(known):
                found[length] = self._whole(key, np.where(known, codes, -1))
        return found

    def _whole(self, key: str, codes: np.ndarray) -> np.ndarray:
        """Prediction for a whole profile, (K,)."""
        place = self._place.get(codes.astype(np.int64).tobytes())
        if place is None:
            return np.exp(self.teacher.logprob(codes[None], [key])[key][0])
        if key not in self._predicted:
            self._predicted[key] = np.exp(self.teacher.logprob(self._distinct, [key])[key])
        return self._predicted[key][place]


@dataclass(frozen=True)
class Marginals:
    """Teacher that knows nobody: the training marginals for every profile."""

    shares: Mapping[str, np.ndarray]

    def logprob(self, codes: np.ndarray, keys: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """See `Teacher.logprob`."""
        return {key: np.tile(np.log(self.shares[key]), (len(codes), 1)) for key in keys or self.shares}

    def chain(self, key: str, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:  # noqa: ARG002
        """See `Teacher.chain`."""
        return np.tile(self.shares[key], (len(shown) + 1, 1))

    def answers_whole(self, known: np.ndarray) -> bool:  # noqa: ARG002
        """See `Teacher.answers_whole`."""
        return False


def cell_targets(train: SurveyData, items: Sequence[Item]) -> SmoothedTargets:
    """Labels that are unsmoothed shares of the matching respondents; of a group of one, its own answer."""
    # training marginals for everybody: only groups without any weight take their label from here
    marginals = Marginals({i.key: training_marginals(train, i) for i in items})
    return SmoothedTargets(train, marginals, smoothing=1e-6)  # not 0: a group may have no weight at all


def blend(shares: np.ndarray, sizes: np.ndarray, expected: np.ndarray, smoothing: float) -> np.ndarray:
    """Labels (m, K) by the formula of this module, row by row.

    >>> blend(np.array([[1.0, 0.0]]), np.array([5.0]), np.array([[0.5, 0.5]]), 15.0)
    array([[0.625, 0.375]])
    """
    n = sizes[:, None]
    return (n * shares + smoothing * expected) / (n + smoothing)


def choose_smoothing(
    targets: SmoothedTargets, validation: SurveyData, items: Sequence[Item], rng: np.random.Generator
) -> float:
    """Smoothing weight with the lowest weighted NLL of validation answers, over random nested profiles.

    At most 3,000 answers are scored; without validation respondents it is 20.
    """
    codes = ProfileCodes.of(validation).codes
    pairs = [(r, i) for i in items for r in np.flatnonzero(validation.answers[i.key].to_numpy() >= 0)]
    if not pairs:
        return 20.0
    targets.prepare(np.concatenate([targets.profiles.codes, codes]))
    losses = np.zeros(len(SMOOTHING_WEIGHTS))
    for k in rng.permutation(len(pairs))[:3000]:
        respondent, item = pairs[k]
        # known demographics in a random order, as in training
        shown = rng.permutation(np.flatnonzero(codes[respondent] >= 0)).tolist()
        answer = validation.answers[item.key].iat[respondent]
        # shares, sizes and predictions do not depend on the candidate, so they are computed once
        parts = targets.parts(item, codes[respondent], shown)
        for m, smoothing in enumerate(SMOOTHING_WEIGHTS):
            # mean NLL over the nested profiles, each equally often
            loss = -np.log(blend(*parts, smoothing)[:, answer]).mean()
            losses[m] += validation.weights[respondent] * loss
    return SMOOTHING_WEIGHTS[int(losses.argmin())]
