"""Answer layout: the answers of all items side by side, numeric ones by band, for models of them all.

A column is an answer, or a band of a numeric question's answers (`core.survey.answer_bands`). A band is
read back as its answers by their shares within it, as the training respondents gave them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.survey.answer_bands import answer_bands
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import effective_base, training_marginals


@dataclass(frozen=True)
class AnswerLayout:
    """Columns of all items' answers, T in all.

    Attributes
    ----------
    keys
        Items in the order of their columns.
    band_of
        Band of each item's answers, shape (K,) each: its own unless the question is numeric and long.
    marginals
        Training marginals of each item, shape (K,) each.
    """

    keys: tuple[str, ...]
    band_of: tuple[np.ndarray, ...]
    marginals: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, train: SurveyData, items: tuple[Item, ...]) -> "AnswerLayout":
        """Layout of these items in their order; the weights of the training respondents count."""
        band_of = tuple(answer_bands(item).band_of for item in items)
        marginals = tuple(training_marginals(train, item) for item in items)
        return cls(tuple(item.key for item in items), band_of, marginals)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Place of each item in the order."""
        return {key: place for place, key in enumerate(self.keys)}

    @cached_property
    def sizes(self) -> np.ndarray:
        """Number of columns of each item, shape (n_items,)."""
        return np.array([band.max() + 1 for band in self.band_of], dtype=int)

    @cached_property
    def starts(self) -> np.ndarray:
        """First column of each item, shape (n_items,)."""
        return np.cumsum(self.sizes) - self.sizes

    @property
    def width(self) -> int:
        """T, the number of columns."""
        return int(self.sizes.sum())

    def columns(self, data: SurveyData) -> np.ndarray:
        """Column of each answer, shape (n, n_items); -1 missing."""
        found = np.full((len(data), len(self.keys)), -1)
        for place, (key, start) in enumerate(zip(self.keys, self.starts, strict=True)):
            answers = data.answers[key].to_numpy()
            given = answers >= 0
            found[given, place] = start + self.band_of[place][answers[given]]
        return found

    def columns_of(self, places: Sequence[int]) -> np.ndarray:
        """Columns of the items at these places, side by side."""
        starts, sizes = self.starts, self.sizes
        parts = [np.arange(starts[place], starts[place] + sizes[place]) for place in places]
        return np.concatenate([np.zeros(0, dtype=int), *parts])

    def prior(self) -> np.ndarray:
        """Half an answer for each legal answer, shape (T,): a band has as many halves as answers."""
        return 0.5 * np.concatenate([np.bincount(band) for band in self.band_of])

    def answer_weights(self, data: SurveyData) -> np.ndarray:
        """Weight of each respondent's answer to each item, shape (n, n_items); 0 without an answer.

        Those of an item add up to the effective base of its answers, as in `training_marginals`: with equal
        weights every answer counts 1.
        """
        found = np.zeros((len(data), len(self.keys)))
        for place, key in enumerate(self.keys):
            weights = np.where(data.answers[key].to_numpy() >= 0, data.weights, 0.0)
            total = weights.sum()
            found[:, place] = weights * (effective_base(weights) / total if total > 0 else 0.0)
        return found

    def shares(self) -> np.ndarray:
        """Training marginals of all columns, shape (T,)."""
        parts = zip(self.band_of, self.marginals, strict=True)
        return np.concatenate([np.zeros(0), *(np.bincount(band, shares) for band, shares in parts)])

    def within(self, place: int) -> np.ndarray:
        """Share of each answer of an item within its band among the training answers, shape (K,)."""
        band, shares = self.band_of[place], self.marginals[place]
        return shares / np.bincount(band, shares)[band]

    def spread(self, probability: np.ndarray, place: int) -> np.ndarray:
        """Probabilities of the answers of an item, (n, K), from those of its columns."""
        return probability[:, self.band_of[place]] * self.within(place)


def typical_weights(weights: np.ndarray) -> np.ndarray:
    """Weight of each respondent, shape (n,): the mean of those of their answers, (n, n_items).

    >>> typical_weights(np.array([[2.0, 1.0], [0.0, 1.0], [0.0, 0.0]])).tolist()
    [1.5, 1.0, 0.0]
    """
    return weights.sum(axis=1) / np.maximum((weights > 0).sum(axis=1), 1)


def softmax(logits: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Probabilities (..., T) from the logits of items with these numbers of columns, in place."""
    end = 0
    for size in sizes:
        end, part = end + size, logits[..., end : end + size]
        part -= part.max(axis=-1, keepdims=True)
        np.exp(part, out=part)
        part /= part.sum(axis=-1, keepdims=True)
    return logits
