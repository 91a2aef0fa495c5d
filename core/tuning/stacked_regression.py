"""Stacked regression: answers of all items from the demographics, by a mixture of penalised regressions.

Each member is a multinomial regression of all items at once (`core.tuning.low_rank`) under another penalty,
with or without products of two demographics (`core.tuning.profile_design`). The mixture's weights are those
that predict the validation answers best, found by EM, drawn halfway to equal weights: which penalty suits a
survey is not decided, so a small validation sample decides little wrongly.

Members answer for whole profiles. Where demographics are hidden or missing, `core.tuning.partial_profiles`
answers, which is fitted to the mixture. Only where missing values tell something themselves, judged by the
validation respondents who have some, do the members answer for the common patterns of missing values.

Time is linear in respondents times answers. Of large surveys at most `MOST_CELLS` of them are fitted to, and
`MOST_CHECKED` weigh the members, with respondents drawn at random; there are at most
`core.tuning.profile_design.MOST_PRODUCTS` products.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.tuning.answer_layout import AnswerLayout, typical_weights
from core.tuning.array_files import read_arrays, write_arrays
from core.tuning.held_answers import HeldAnswers
from core.tuning.partial_profiles import Expectation, PartialProfiles, fit_partial_profiles
from core.tuning.profile_codes import ProfileCodes
from core.tuning.profile_design import COMMON
from core.tuning.stack_members import Members, fit_members

MOST_CELLS = 3_000_000
"""Most training respondents times answers that are fitted to."""
MOST_CHECKED = 1_000_000
"""Most validation respondents times answers that weigh the members."""
BLOCK = 4096
"""Profiles that are predicted at a time."""


@dataclass(frozen=True)
class StackedRegression:
    """Fitted stacked regression; it holds no respondent, and no count of a few of them.

    Attributes
    ----------
    layout
        Answers.
    members
        Of the designs without and with products of two demographics.
    partial
        Answers where demographics are hidden.
    complete
        Patterns of known demographics the members answer for, shape (M, D) of bool; all known is one of them.
    validation_nll
        NLL of the validation respondents in nats per answer, a mean over items; the weights of the mixture
        that predict a respondent were found without that respondent. NaN without validation answers.
    """

    layout: AnswerLayout
    members: tuple[Members, ...]
    partial: PartialProfiles
    complete: np.ndarray
    validation_nll: float

    def logprob(self, codes: np.ndarray, keys: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """Natural log-probabilities: item key -> shape (n, K).

        Parameters
        ----------
        codes
            Shape (n, D): index of each demographic's option, -1 missing or hidden.
        keys
            Items; all if None.
        """
        places = [self.layout.places[key] for key in (self.layout.keys if keys is None else keys)]
        distinct, member = np.unique(codes, axis=0, return_inverse=True)
        blocks = [self._probability(distinct[i : i + BLOCK], places) for i in range(0, len(distinct), BLOCK)]
        width = int(self.layout.sizes[places].sum())
        table = np.concatenate([np.zeros((0, width)), *blocks])
        found, end = {}, 0
        for place, size in zip(places, self.layout.sizes[places], strict=True):
            end, part = end + size, table[:, end : end + size]
            found[self.layout.keys[place]] = np.log(self.layout.spread(part, place))[member.ravel()]
        return found

    def _probability(self, codes: np.ndarray, places: Sequence[int]) -> np.ndarray:
        """Probabilities of these items' columns, (n, columns)."""
        whole = has_pattern(codes, self.complete)  # (n,)
        columns = self.layout.columns_of(places)
        found = np.zeros((len(codes), len(columns)))
        if whole.any():
            found[whole] = sum(m.mixed(codes[whole], self.layout, places) for m in self.members)
        if not whole.all():
            found[~whole] = self.partial.probability(codes[~whole], columns, self.layout.sizes[places])
        return found

    def chain(self, key: str, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:
        """Probabilities with the first 0, 1, ... of the `shown` demographics given, (len(shown) + 1, K).

        As `logprob` has them, but fast, and always by the model for partly hidden profiles.
        """
        place = self.layout.places[key]
        features = self.partial.expectation.chain(codes, shown)
        columns, sizes = self.layout.columns_of([place]), self.layout.sizes[[place]]
        return self.layout.spread(self.partial.of_features(features, columns, sizes), place)

    def answers_whole(self, known: np.ndarray) -> bool:
        """Whether the members, not the model for partly hidden profiles, answer where `known` (D,) is."""
        return known.tobytes() in self._patterns

    @cached_property
    def _patterns(self) -> frozenset[bytes]:
        return frozenset(row.tobytes() for row in self.complete)

    def write(self, folder: Path) -> None:
        """Write `stacked_regression.safetensors` and `stacked_regression.json` into `folder`."""
        write_arrays(self, folder, "stacked_regression")

    @classmethod
    def read(cls, folder: Path) -> "StackedRegression":
        """What `write` wrote; predicts the same to the last bit."""
        found: StackedRegression = read_arrays(cls, folder, "stacked_regression")
        return found


def fit_stacked_regression(
    train: SurveyData, validation: SurveyData, items: tuple[Item, ...], seed: int = 0
) -> StackedRegression:
    """Stacked regression of the training respondents, mixed by the validation respondents.

    Parameters
    ----------
    train, validation
        Respondents; their survey weights count. Without validation respondents all members weigh the same.
    items
        What is predicted.
    seed
        Of what is hidden while the model for partly hidden profiles is fitted.
    """
    with threadpool_limits(1):  # the products are small; more threads only wait for each other
        return _fit(train, validation, AnswerLayout.of(train, items), seed)


def _fit(train: SurveyData, validation: SurveyData, layout: AnswerLayout, seed: int) -> StackedRegression:
    train = fitted_respondents(train, layout, seed)
    validation = _some(validation, MOST_CHECKED // max(layout.width, 1), seed)
    profiles, columns, weights = ProfileCodes.of(train), layout.columns(train), layout.answer_weights(train)
    codes = profiles.codes
    members = [
        fit_members(codes, columns, weights, layout, train.codebook, products=products)
        for products in (False, True)
    ]
    held = HeldAnswers.of(validation, members, layout)
    members = _with_weights(members, held.mixture(np.ones(len(validation), dtype=bool)))
    people = typical_weights(weights)
    expectation = Expectation.of(profiles.one_hot().astype(float), profiles.sizes, people)
    probability = mixture_of(members, codes, layout)
    partial = fit_partial_profiles(expectation, codes, probability, weights, layout, seed)
    complete, nll = _answering(held, partial, layout, _common_patterns(codes, people))
    return StackedRegression(layout, tuple(members), partial, complete, nll)


def mixture_of(members: Sequence[Members], codes: np.ndarray, layout: AnswerLayout) -> np.ndarray:
    """Probabilities of all columns by the members, whatever is missing in a profile, shape (n, T)."""
    distinct, member = np.unique(codes, axis=0, return_inverse=True)
    places = range(len(layout.keys))
    blocks = [distinct[i : i + BLOCK] for i in range(0, len(distinct), BLOCK)]
    found = [sum(m.mixed(block, layout, places) for m in members) for block in blocks]
    return np.concatenate([np.zeros((0, layout.width)), *found])[member.ravel()]


def fitted_respondents(train: SurveyData, layout: AnswerLayout, seed: int) -> SurveyData:
    """Training respondents that a stacked regression is fitted to: all of them unless there are too many."""
    return _some(train, MOST_CELLS // max(layout.width, 1), seed)


def _some(train: SurveyData, most: int, seed: int) -> SurveyData:
    """At most so many respondents, drawn at random."""
    if len(train) <= most:
        return train
    rng = np.random.default_rng((seed, 4))
    return train.take(np.sort(rng.choice(len(train), most, replace=False)))


def _with_weights(members: Sequence[Members], weights: np.ndarray) -> list[Members]:
    """Members of each design with their part of the mixture's weights."""
    parts = np.split(weights, np.cumsum([len(m.effects) for m in members])[:-1])
    return [replace(m, weights=part) for m, part in zip(members, parts, strict=True)]


def _common_patterns(codes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Patterns of known demographics that enough training respondents have, and all known, (M, D)."""
    patterns, member = np.unique(codes >= 0, axis=0, return_inverse=True)
    common = np.bincount(member.ravel(), weights, len(patterns)) >= COMMON - 1e-9
    whole = np.ones((1, codes.shape[1]), dtype=bool)
    return np.unique(np.concatenate([patterns[common], whole]), axis=0)


def _answering(
    held: HeldAnswers, partial: PartialProfiles, layout: AnswerLayout, patterns: np.ndarray
) -> tuple[np.ndarray, float]:
    """Patterns the members answer for, and the validation NLL of what follows."""
    stacked, hidden = -np.log(held.crossed()), -np.log(held.by(partial, layout))
    lacking = has_pattern(held.codes, patterns) & (held.codes < 0).any(axis=1)
    # what the members gain for each respondent who lacks something, (n,); taken if beyond a standard error
    gain = np.bincount(held.rows, hidden - stacked, len(held.codes)) * held.weights * lacking
    useful = gain.sum() > np.sqrt((gain**2).sum())
    complete = patterns if useful else np.ones((1, held.codes.shape[1]), dtype=bool)
    whole = has_pattern(held.codes, complete)[held.rows]
    return complete, held.mean_nll(np.where(whole, stacked, hidden))


def has_pattern(codes: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Whether the known demographics of profiles (n, D) are one of the patterns (M, D), shape (n,)."""
    return ((codes >= 0)[:, None, :] == patterns).all(axis=2).any(axis=1)
