"""Predictions for profiles of which only some demographics are shown, any of them.

What is hidden is put in by its linear expectation given what is shown, so that a demographic that goes
with a hidden one takes over its effect. With d the options' columns, each less its mean, and S those shown:

    d_hidden = Cov(hidden, S) Cov(S, S)^-1 d_S

The answers' log-odds are linear in d, in c, the part of all variance that is known (0 when nothing is shown,
1 when everything is), and in c d. They are fitted to predictions for the training respondents with a random
part of the profile hidden: targets without the noise of answers, so that little has to be shrunk. Intercepts
are the training marginals and stay, therefore a profile of which nothing is shown gets exactly those.
A missing value counts as hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from core.tuning.answer_layout import AnswerLayout, softmax
from core.tuning.low_rank import AnswerCounts, Penalty, curvature, fit_effects, log_odds
from core.tuning.protected_counts import protected_moments

ROWS = 4000
"""Partly hidden training profiles that are fitted to, about."""
ORDERS = 64
"""Random orders in which demographics are shown while fitting."""
RIDGE = Penalty(2.0)
DOUBT = 5.0
"""Respondents that count as much as the real ones for "demographics do not go together"."""


@dataclass(frozen=True)
class Expectation:
    """Linear expectation of hidden demographics.

    Attributes
    ----------
    sizes
        Options of each demographic, shape (D,).
    centre
        Share of each option among those known, shape (width,).
    covariance
        Of the options' columns, shape (width, width), positive definite.
    """

    sizes: np.ndarray
    centre: np.ndarray
    covariance: np.ndarray

    @classmethod
    def of(cls, one_hot: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> "Expectation":
        """Expectation from training profiles, one-hot (n, width), with weights that add up to their base.

        From counts without small cells, see `core.tuning.protected_counts`: it may be published.
        """
        return cls(sizes, *protected_moments(one_hot, sizes, weights))._doubted(weights)

    @classmethod
    def exact(cls, one_hot: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> "Expectation":
        """Likewise from the counts as they are: not to be stored."""
        field = np.repeat(np.arange(len(sizes)), sizes)
        known = one_hot @ (field[:, None] == np.arange(len(sizes)))[:, field]  # (n, width) 1 where known
        centre = weights @ one_hot / np.maximum(weights @ known, 1e-12)
        apart = one_hot - centre * known
        total = max(float(weights.sum()), 1e-12)
        covariance = apart.T @ (weights[:, None] * apart) / total
        return cls(sizes, centre, covariance)._doubted(weights)

    def _doubted(self, weights: np.ndarray) -> "Expectation":
        """With a positive definite covariance, less sure that demographics go together."""
        doubt = np.diag(self.covariance) * DOUBT / max(float(weights.sum()), 1e-12) + 1e-6
        return replace(self, covariance=self.covariance + np.diag(doubt))

    @cached_property
    def starts(self) -> np.ndarray:
        """First column of each demographic, shape (D,)."""
        return np.cumsum(self.sizes) - self.sizes

    def apart(self, codes: np.ndarray) -> np.ndarray:
        """Columns of profiles less their means, 0 where unknown, shape (n, width)."""
        known = codes >= 0
        found = -self.centre * np.repeat(known, self.sizes, axis=1)
        rows, fields = np.nonzero(known)
        found[rows, self.starts[fields] + codes[rows, fields]] += 1.0
        return found

    def chain(self, codes: np.ndarray, shown: Sequence[int]) -> np.ndarray:
        """Features with the first 0, 1, ... of the `shown` demographics known, (len(shown) + 1, 2 width + 1).

        Parameters
        ----------
        codes
            Shape (D,), all of those shown being known.
        shown
            Demographics in the order in which they are shown.
        """
        rest = [f for f in range(len(self.sizes)) if f not in set(shown)]
        first = np.cumsum([0, *self.sizes[list(shown)]]).astype(int)
        end, starts = int(first[-1]), self.starts
        parts = [np.arange(starts[f], starts[f] + self.sizes[f]) for f in (*shown, *rest)]
        columns = np.concatenate([np.zeros(0, dtype=int), *parts])
        # covariance = L L', shown first: each block of L adds what one more demographic tells
        turned = self.covariance[np.ix_(columns, columns)]
        lower = cholesky(turned, lower=True, check_finite=False)[:, :end]
        known = self.apart(codes[None])[0, columns[:end]]
        innovation = solve_triangular(lower[:end], known, lower=True, check_finite=False)
        # (width, shown): sums over each demographic's columns of L
        steps = np.add.reduceat(lower * innovation, first[:-1], axis=1) if end else lower
        told = np.add.reduceat((lower**2).sum(0), first[:-1]) if end else np.zeros(0)
        expected = np.zeros((len(shown) + 1, len(columns)))
        expected[1:, columns] = np.cumsum(steps, axis=1).T
        part = np.concatenate([[0.0], np.cumsum(told)]) / max(np.trace(self.covariance), 1e-12)
        return _features(expected, part)

    def of_profiles(self, codes: np.ndarray) -> np.ndarray:
        """Features of profiles, -1 being hidden, shape (n, 2 width + 1)."""
        expected, part = np.zeros((len(codes), len(self.centre))), np.zeros(len(codes))
        patterns, member = np.unique(codes >= 0, axis=0, return_inverse=True)
        apart = self.apart(codes)
        for number, pattern in enumerate(patterns):
            rows = np.flatnonzero(member.ravel() == number)
            s = np.flatnonzero(np.repeat(pattern, self.sizes))
            # (width, S) regression of all columns on those shown; for those shown it is the identity
            weights = np.linalg.solve(self.covariance[np.ix_(s, s)], self.covariance[s]).T
            expected[rows] = apart[np.ix_(rows, s)] @ weights.T
            told = np.einsum("ij,ij->", weights, self.covariance[:, s])
            part[rows] = told / max(np.trace(self.covariance), 1e-12)
        return _features(expected, part)


def _features(expected: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Features d, c and c d, (n, 2 width + 1)."""
    return np.concatenate([expected, part[:, None], part[:, None] * expected], axis=1)


@dataclass(frozen=True)
class PartialProfiles:
    """Predictions for partly hidden profiles.

    Attributes
    ----------
    expectation
        What hidden demographics are expected to be.
    effects
        On the log-odds of the answers, shape (T, 2 width + 2), the intercepts last.
    """

    expectation: Expectation
    effects: np.ndarray

    def probability(self, codes: np.ndarray, columns: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Probabilities of whole items' columns, shape (n, columns); `sizes` of the items."""
        return self.of_features(self.expectation.of_profiles(codes), columns, sizes)

    def of_features(self, features: np.ndarray, columns: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Likewise from `Expectation.chain` or `Expectation.of_profiles`."""
        effects = self.effects[columns]
        return softmax(features @ effects[:, :-1].T + effects[:, -1], sizes)


def fit_partial_profiles(
    expectation: Expectation,
    codes: np.ndarray,
    probability: np.ndarray,
    weights: np.ndarray,
    layout: AnswerLayout,
    seed: int,
) -> PartialProfiles:
    """Model fitted to predictions for whole profiles.

    Parameters
    ----------
    expectation
        Of the training respondents.
    codes
        Their profiles, shape (n, D).
    probability
        Predictions for them, shape (n, T).
    weights
        Weight of each one's answer to each item, shape (n, n_items).
    layout
        Answers.
    seed
        Of who is asked and what is hidden.
    """
    rng = np.random.default_rng((seed, 5))
    rows = np.tile(np.arange(len(codes)), max(1, round(ROWS / max(len(codes), 1))))
    rows = rng.permutation(rows)[: 2 * ROWS]
    features = expectation.of_profiles(_hidden(codes[rows], rng)) if len(rows) else np.zeros((0, 1))
    targets = probability[rows] * np.repeat(weights[rows], layout.sizes, axis=1)  # (rows, T)
    # principal axes of the features, as in `core.tuning.profile_design`
    base = weights[rows].mean(axis=1)
    squares, axes = np.linalg.eigh(features.T @ (base[:, None] * features))
    kept = np.flatnonzero(squares > 1e-3 * RIDGE.ridge)
    x = np.concatenate([features @ axes[:, kept], np.ones((len(rows), 1))], axis=1)
    counts = AnswerCounts(
        np.ascontiguousarray(x.T),
        np.ascontiguousarray(weights[rows].T),
        targets.T @ x,
        layout.sizes,
    )
    start = log_odds(layout.shares(), layout.starts, len(kept) + 1)
    mean = np.append(squares[kept] / max(base.sum(), 1e-12), 1.0)
    found = fit_effects(counts, curvature(counts, mean), RIDGE, start, free=False)
    effects = np.concatenate([found[:, :-1] @ axes[:, kept].T, start[:, -1:]], axis=1)
    return PartialProfiles(expectation, effects)


def _hidden(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Profiles of which the first few demographics of one of `ORDERS` random orders are shown."""
    n, fields = codes.shape
    if not fields:
        return codes
    # rank of each demographic in each order, (ORDERS, D)
    ranks = np.array([rng.permutation(fields) for _ in range(ORDERS)])
    shown = rng.integers(1, fields + 1, n)
    return np.where(ranks[rng.integers(0, ORDERS, n)] < shown[:, None], codes, -1)
