"""Members of the stacked regression: regressions of all items under several penalties, and their mixture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from core.survey.codebook import Codebook
from core.tuning.answer_layout import AnswerLayout, softmax, typical_weights
from core.tuning.low_rank import AnswerCounts, Penalty, curvature, fit_effects, log_odds
from core.tuning.profile_design import PrincipalAxes, ProfileDesign

PENALTIES = (
    Penalty(300.0),
    Penalty(100.0),
    Penalty(300.0, rank=4, shared=40.0),
    Penalty(300.0, rank=4, shared=20.0),
    Penalty(300.0, rank=2, shared=20.0),
    Penalty(300.0, rank=4, shared=8.0),
    Penalty(300.0, rank=2, shared=8.0),
)
"""Of the members without and with products: from strong to weak, each beginning where the last one ended."""
PRIOR = 1.0
"""Respondents whose answers every member explains equally well."""
ROUNDS, SETTLED = 200, 1e-5
"""Most rounds of EM for the mixture, and the change of a weight after which there are no more."""


@dataclass(frozen=True)
class Members:
    """Members of one design, and their weights in the mixture.

    Attributes
    ----------
    design
        Columns of a profile.
    effects
        Shape (S, T, p + 1), the intercepts last.
    weights
        Shape (S,); those of all designs add up to 1.
    """

    design: ProfileDesign
    effects: np.ndarray
    weights: np.ndarray

    def mixed(self, codes: np.ndarray, layout: AnswerLayout, places: Sequence[int]) -> np.ndarray:
        """Weighted sum of the members' probabilities of these items' columns, shape (n, columns)."""
        x = self.design.of_profiles(codes).astype(self.effects.dtype)
        columns, sizes = layout.columns_of(places), layout.sizes[list(places)]
        found = np.zeros((len(codes), len(columns)))
        for weight, effects in zip(self.weights, self.effects, strict=True):
            found += weight * softmax(x @ effects[columns].T, sizes)
        return found

    def given(self, codes: np.ndarray, layout: AnswerLayout, answers: np.ndarray) -> np.ndarray:
        """Probability each member gave to answers, columns (n, n_items) or -1: (answers given, S)."""
        x = self.design.of_profiles(codes).astype(self.effects.dtype)
        rows, places = np.nonzero(answers >= 0)
        return np.stack(
            [
                softmax(x @ effects.T, layout.sizes)[rows, answers[rows, places]].astype(float)
                for effects in self.effects
            ],
            axis=1,
        )


def fit_members(
    codes: np.ndarray,
    columns: np.ndarray,
    weights: np.ndarray,
    layout: AnswerLayout,
    codebook: Codebook,
    *,
    products: bool,
) -> Members:
    """Members of one design, with equal weights.

    Parameters
    ----------
    codes
        Profiles of the training respondents, shape (n, D).
    columns, weights
        Column of each answer, -1 missing, and its weight, both (n, n_items).
    layout
        Answers.
    codebook
        Of the survey.
    products
        Whether the design has products of two demographics.
    """
    people = typical_weights(weights)
    design = ProfileDesign.of(codes, people, codebook, products=products)
    axes = PrincipalAxes.of(design.columns(codes), people)
    distinct, member = np.unique(codes, axis=0, return_inverse=True)
    counts = _counts(axes.turn(design.columns(distinct)), member.ravel(), columns, weights, layout)
    effects = log_odds(counts.sums[:, -1].astype(float), layout.starts, len(counts.x))
    steep = curvature(counts, np.append(axes.squares / max(people.sum(), 1e-12), 1.0))
    found = []
    for penalty in PENALTIES:
        effects = fit_effects(counts, steep, penalty, effects)
        found.append(axes.turn_back(effects).astype(np.float32))
    share = np.full(len(found), 1 / (2 * len(found)))
    return Members(design, np.array(found), share)


def _counts(
    x: np.ndarray, member: np.ndarray, columns: np.ndarray, weights: np.ndarray, layout: AnswerLayout
) -> AnswerCounts:
    """Answers by distinct profile, and half an answer for each legal one by somebody average.

    Parameters
    ----------
    x
        Coordinates of distinct profiles and a column of ones, shape (U, q + 1).
    member
        Profile of each respondent, shape (n,).
    columns, weights, layout
        As for `fit_members`.
    """
    average = np.eye(x.shape[1])[-1:]  # (1, q + 1): nothing but the intercept
    rows, places = np.nonzero(columns >= 0)
    given = sparse.coo_array(
        (weights[rows, places], (columns[rows, places], member[rows])), (layout.width, len(x))
    ).tocsr()
    base = np.stack([np.bincount(member, w, len(x)) for w in weights.T])  # (n_items, U)
    prior = layout.prior()
    x = np.concatenate([x, average])
    base = np.concatenate([base, np.add.reduceat(prior, layout.starts)[:, None]], axis=1)
    sums = given @ x[:-1] + np.outer(prior, average[0])
    return AnswerCounts(
        np.ascontiguousarray(x.T),
        base,
        sums,
        layout.sizes,
    )


def mixture(given: np.ndarray, weights: np.ndarray, prior: float) -> np.ndarray:
    """Weights of members by EM, shape (S,), drawn halfway to equal weights.

    Parameters
    ----------
    given
        Probability each member gave to each answer, shape (A, S).
    weights
        Weight of each answer, shape (A,).
    prior
        Answers that all members explain equally well.

    >>> mixture(np.array([[0.5, 0.1], [0.5, 0.1]]), np.ones(2), 0.0).round(3).tolist()
    [0.75, 0.25]
    """
    even = np.full(given.shape[1], 1 / given.shape[1])
    if not weights.sum() > 0:
        return even
    found = even
    for _ in range(ROUNDS):
        explained = given * found  # (A, S)
        explained *= (weights / explained.sum(axis=1))[:, None]
        before, found = found, explained.sum(axis=0) + prior * even
        found /= found.sum()
        if np.abs(found - before).max() < SETTLED:
            break
    return (found + even) / 2
