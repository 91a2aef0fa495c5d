"""Gaussian copula: demographics and answers as one multivariate normal behind their own shares.

Every variable keeps its weighted training shares; a normal variable behind it is cut at the matching
quantiles, and the correlations of these normals are all that is learned. What synthetic-data tools do by
default, and on published tests ahead of every language model in the associations of answers. Options without
an order are put in the order of their shares, so much of what is particular to them is lost.

Source: Nelsen (2006), "An Introduction to Copulas"; normal scores after Blom (1958).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from core.comparison.marginals import Tables
from core.survey.respondents import SurveyData
from core.survey.shares import jeffreys, smoothed_shares, training_marginals

RIDGE = 0.02
"""Part of the identity mixed into the correlations, so that they can be inverted."""


@dataclass(frozen=True)
class _Variable:
    """Demographic or item: its categories in the order of the normal variable behind it.

    `order` (K,) are positions of the categories, `cuts` (K + 1,) the normal's thresholds, `scores` (K,) its
    mean within each category, by position, standardised over the training respondents.
    """

    order: np.ndarray
    cuts: np.ndarray
    scores: np.ndarray

    @classmethod
    def of(cls, shares: np.ndarray, ordered: bool) -> "_Variable":
        # without an order of their own, categories lie along the normal by falling share
        order = np.arange(len(shares)) if ordered else np.argsort(-shares, kind="stable")
        cuts = norm.ppf(np.clip(np.r_[0.0, np.cumsum(shares[order])], 0, 1))
        cuts[0], cuts[-1] = -np.inf, np.inf
        # mean of a standard normal between two thresholds: difference of densities over the probability, (K,)
        scores = np.empty(len(shares))
        scores[order] = -np.diff(norm.pdf(cuts)) / shares[order]
        mean = shares @ scores
        spread = np.sqrt(np.maximum(shares @ (scores - mean) ** 2, 1e-12))
        return cls(order, cuts, (scores - mean) / spread)

    def read(self, codes: np.ndarray) -> np.ndarray:
        """Score of each respondent, 0 where the answer is missing."""
        return np.where(codes >= 0, self.scores[codes], 0.0)


class Copula:
    """A Gaussian copula fitted to the training respondents."""

    def __init__(self, train: SurveyData) -> None:
        self.codebook, self.items = train.codebook, train.items
        self.demographics = [
            _Variable.of(smoothed_shares(codes, train.weights, len(d.options)), d.ordinal)
            for d, codes in zip(self.codebook.demographics, self._codes(train.profiles), strict=True)
        ]
        self.answers = [_Variable.of(training_marginals(train, item), item.is_ordered) for item in self.items]
        # one array (n,) of category positions per variable, demographics first, -1 where missing
        given = self._codes(train.profiles)
        given += [train.answers[item.key].to_numpy() for item in self.items]
        variables = self.demographics + self.answers
        # normal scores, and which of them are known: both (n, variables)
        scores = np.stack([v.read(codes) for v, codes in zip(variables, given, strict=True)], axis=1)
        known = np.stack([codes >= 0 for codes in given], axis=1).astype(float)
        weighted = known * train.weights[:, None]
        # correlation over the respondents who have both; squares and products are (variables, variables)
        square = (scores**2 * weighted).T @ known
        between = (scores * weighted).T @ scores
        correlation = between / np.sqrt(np.maximum(square * square.T, 1e-12))
        self.correlation = _positive(correlation)
        # normals of the answers given the demographics: slopes of their means, (demographics, items),
        # and the covariance that is left, (items, items)
        d = len(self.demographics)
        self.slopes = np.linalg.solve(self.correlation[:d, :d], self.correlation[:d, d:])
        self.left = self.correlation[d:, d:] - self.correlation[d:, :d] @ self.slopes

    def predict(self, profiles: pd.DataFrame) -> Tables:
        """Log-probabilities of every item's answers given the demographics, shape (n, K)."""
        centre, found = self._centre(profiles), {}
        for j, (item, variable) in enumerate(zip(self.items, self.answers, strict=True)):
            # probability below each threshold, (n, K + 1); its steps are the answers in the variable's order
            reached = norm.cdf((variable.cuts[None] - centre[:, j : j + 1]) / np.sqrt(self.left[j, j]))
            table = np.empty((len(profiles), len(item.answers)))
            table[:, variable.order] = np.diff(reached, axis=1)
            # smoothed as if from 1,000 answers, so that no legal answer has probability 0
            found[item.key] = np.log(jeffreys(table, 1000.0))
        return found

    def draw(self, profiles: pd.DataFrame, seed: int = 0) -> dict[str, np.ndarray]:
        """Joint draw of all answers of every profile: item key -> answer index, shape (n,)."""
        rng = np.random.default_rng(seed)
        noise = rng.multivariate_normal(np.zeros(len(self.items)), self.left, len(profiles), method="eigh")
        latent = self._centre(profiles) + noise  # (n, items)
        return {
            item.key: variable.order[np.searchsorted(variable.cuts[1:-1], latent[:, j])]
            for j, (item, variable) in enumerate(zip(self.items, self.answers, strict=True))
        }

    def _centre(self, profiles: pd.DataFrame) -> np.ndarray:
        """Mean of the answers' normals given the demographics, shape (n, items)."""
        if not self.demographics:
            return np.zeros((len(profiles), len(self.items)))
        codes = self._codes(profiles)
        scores = [v.read(c) for v, c in zip(self.demographics, codes, strict=True)]
        return np.stack(scores, axis=1) @ self.slopes

    def _codes(self, profiles: pd.DataFrame) -> list[np.ndarray]:
        """Position of each person's category, -1 for missing: one array (n,) per demographic."""
        return [
            pd.Index(d.options).get_indexer(pd.Index(profiles[d.column])) for d in self.codebook.demographics
        ]


def _positive(correlation: np.ndarray) -> np.ndarray:
    """Nearest usable correlation matrix: no negative eigenvalues, ones on the diagonal."""
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    matrix = (vectors * np.maximum(values, 0)) @ vectors.T
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-12))
    matrix = matrix / np.outer(scale, scale)
    return (1 - RIDGE) * matrix + RIDGE * np.eye(len(matrix))


def fit(train: SurveyData, profiles: pd.DataFrame, on_item: Callable[[int], None]) -> Tables:
    """Fit the copula to the training respondents and predict people; there are no settings to choose."""
    found = Copula(train).predict(profiles)
    on_item(len(train.items))
    return found
