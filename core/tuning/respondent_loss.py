"""Losses of single respondents, and paired comparisons of two models on the same respondents.

Which weights are kept and when a run ends are decided by differences of a few thousandths of a nat between
models that err on the same people. The difference of two means is as uncertain as people differ from each
other; the mean of the differences only as they differ in what the models make of them.
"""

from dataclasses import dataclass

import numpy as np

from core.models.profiles import ProfileScores
from core.survey.codebook import Item
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class RespondentLosses:
    """Losses of n respondents; equal only to itself.

    Attributes
    ----------
    losses
        Shape (n,), mean NLL of a respondent's own answers, in nats; 0 without an answer.
    shares
        Shape (n,), what each respondent counts in the mean, adding up to 1; 0 without an answer or weight.
    """

    losses: np.ndarray
    shares: np.ndarray

    @property
    def mean(self) -> float:
        """Validation NLL in nats: mean over items of the weighted NLL of the answers given."""
        return float(self.losses @ self.shares)


@dataclass(frozen=True)
class PairedDifference:
    """Difference of two mean losses on the same respondents, in nats, and its standard error."""

    mean: float
    standard_error: float

    def is_below(self, errors: float) -> bool:
        """Whether the difference is negative by more than `errors` standard errors.

        >>> PairedDifference(-0.004, 0.0015).is_below(2), PairedDifference(-0.004, 0.0025).is_below(2)
        (True, False)
        """
        return self.mean < -errors * self.standard_error


def respondent_losses(
    scores: ProfileScores, respondents: SurveyData, items: tuple[Item, ...]
) -> RespondentLosses | None:
    """Losses whose mean is the mean over items of the weighted NLL; None without an answer that counts."""
    n = len(respondents)
    # summed over items, (n,): what a respondent's answers count, and that times their NLL
    counted, lost, asked = np.zeros(n), np.zeros(n), 0
    for item in items:
        answers = respondents.answers[item.key].to_numpy()  # (n,)
        given = np.flatnonzero(answers >= 0)
        total = respondents.weights[given].sum()
        if total > 0:
            share = respondents.weights[given] / total  # of this item's mean
            counted[given] += share
            lost[given] -= share * scores.logprob[item.key][given, answers[given]]
            asked += 1
    if not asked:
        return None
    return RespondentLosses(np.divide(lost, counted, where=counted > 0, out=np.zeros(n)), counted / asked)


def mean_nll(scores: ProfileScores, respondents: SurveyData, items: tuple[Item, ...]) -> float | None:
    """Mean over items of the weighted NLL of the answers given, in nats; None without an answer."""
    found = respondent_losses(scores, respondents, items)
    return None if found is None else found.mean


def paired_difference(one: np.ndarray, other: np.ndarray, shares: np.ndarray) -> PairedDifference:
    """Mean of ``one - other`` over respondents, with its standard error.

    Parameters
    ----------
    one, other
        Shape (n,), losses of the same respondents by two models.
    shares
        Shape (n,), what each respondent counts, adding up to 1.

    Returns
    -------
    PairedDifference
        The standard error is clustered by respondent, who counts once however many answers were given: the
        root of ``sum(share^2 * (difference - mean)^2) / (1 - sum(share^2))``, which with equal shares is
        s / sqrt(n). Infinite where a single respondent counts.
    """
    differences = one - other  # (n,)
    mean = float(shares @ differences)
    left = 1.0 - float(shares @ shares)  # 1 - 1 / effective base
    if left < 1e-12:
        return PairedDifference(mean, float("inf"))
    return PairedDifference(mean, float(np.sqrt(shares**2 @ (differences - mean) ** 2 / left)))
