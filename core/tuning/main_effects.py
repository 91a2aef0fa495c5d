"""Main effects of predictions: the part that is a sum over demographics, and its best low-rank form.

They are found anew from the training respondents wherever they are needed, and stored nowhere: with them goes
the covariance of the demographics, which is a table of counts.
"""

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from core.survey.respondents import SurveyData
from core.tuning.answer_layout import AnswerLayout, typical_weights
from core.tuning.partial_profiles import Expectation
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stacked_regression import StackedRegression, fitted_respondents, mixture_of


@dataclass(frozen=True)
class MainEffects:
    """Main effects on centred log-odds: those of an item's answers have a mean of 0, weighted by marginals.

    Attributes
    ----------
    mean
        Mean log-odds, shape (T,).
    effects
        Shape (width, T): how far each option of each demographic is from the mean; the options of a
        demographic have a weighted mean of 0, so a missing value adds nothing.
    covariance
        Of the options' columns, shape (width, width).
    shares
        Training marginals, shape (T,).
    """

    mean: np.ndarray
    effects: np.ndarray
    covariance: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(
        cls,
        expectation: Expectation,
        codes: np.ndarray,
        probability: np.ndarray,
        weights: np.ndarray,
        layout: AnswerLayout,
    ) -> "MainEffects":
        """Main effects by weighted least squares.

        Parameters
        ----------
        expectation
            Of the training respondents, exact.
        codes
            Their profiles, shape (n, D).
        probability
            Predictions for them, shape (n, T).
        weights
            Shape (n,).
        layout
            Answers.
        """
        shares = layout.shares()
        odds = np.log(probability)
        # mean over each item's answers, weighted by the marginals, (n, T)
        odds -= np.repeat(np.add.reduceat(odds * shares, layout.starts, axis=1), layout.sizes, axis=1)
        total = max(float(weights.sum()), 1e-12)
        mean = weights @ odds / total
        x = expectation.apart(codes)
        moment = x.T @ (weights[:, None] * (odds - mean)) / total
        effects = np.linalg.solve(expectation.covariance, moment)
        for start, size in zip(expectation.starts, expectation.sizes, strict=True):
            part = slice(start, start + size)
            effects[part] -= expectation.centre[part] @ effects[part]
        return cls(mean, effects, expectation.covariance, shares)

    @classmethod
    def of_teacher(cls, teacher: StackedRegression, train: SurveyData, seed: int) -> "MainEffects":
        """Main effects of a stacked regression, over the respondents it was fitted to with this seed."""
        layout = teacher.layout
        train = fitted_respondents(train, layout, seed)
        profiles, people = ProfileCodes.of(train), typical_weights(layout.answer_weights(train))
        expectation = Expectation.exact(profiles.one_hot().astype(float), profiles.sizes, people)
        probability = mixture_of(teacher.members, profiles.codes, layout)
        return cls.of(expectation, profiles.codes, probability, people, layout)

    def low_rank(self, rank: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Best approximation by `rank` dimensions: in squared error over people and, by marginals, answers.

        Returns
        -------
        people
            Shape (width, rank).
        answers
            Shape (rank, T).
        intercepts
            Shape (T,); log-odds of one-hot profiles x are x @ people @ answers + intercepts.
        """
        squares, axes = np.linalg.eigh(self.covariance)
        squares, columns = np.sqrt(squares), np.sqrt(self.shares)
        # people's differences are x ~ covariance: |cov^(1/2) (effects - approximation) diag(shares)^(1/2)|
        left, s, right = np.linalg.svd((squares * axes).T @ self.effects * columns, full_matrices=False)
        kept = min(rank, len(s))
        people, answers = np.zeros((len(axes), rank)), np.zeros((rank, len(columns)))
        people[:, :kept] = (axes / squares) @ (left[:, :kept] * np.sqrt(s[:kept]))
        answers[:kept] = np.sqrt(s[:kept])[:, None] * right[:kept] / columns
        return people, answers, self.mean


def low_rank_effects(
    teacher: StackedRegression, train: SurveyData, rank: int, seed: int = 0
) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Best approximation of a teacher's main effects by `rank` dimensions, see `MainEffects.low_rank`.

    Parameters
    ----------
    teacher
        Fitted to `train` with `seed`.
    train
        Respondents; their survey weights count.
    rank
        R.
    seed
        Of `core.tuning.stacked_regression.fit_stacked_regression`.

    Returns
    -------
    people
        Shape (width, R), place of each demographic's option.
    answers
        Item key -> shape (R, K).
    intercepts
        Item key -> shape (K,). Log-odds of a profile are its one-hot columns @ people @ answers +
        intercepts, up to a constant for each item.
    """
    layout = teacher.layout
    with threadpool_limits(1):  # as for the teacher
        people, answers, intercepts = MainEffects.of_teacher(teacher, train, seed).low_rank(rank)
    spread, free = {}, {}
    for place, (key, band) in enumerate(zip(layout.keys, layout.band_of, strict=True)):
        columns = layout.columns_of([place])[band]
        spread[key] = answers[:, columns]
        free[key] = intercepts[columns] + np.log(layout.within(place))
    return people, spread, free
