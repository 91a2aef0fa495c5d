"""Estimates of a table's row in every column of the banner: value, variance, base, margin of error, letters.

Margins and letters are about real respondents, from effective bases (the design effect of the weights is in
them). For simulated people there is a value and nothing else.
"""

from dataclasses import dataclass

import numpy as np

from core.comparison.significance import Correction, adjust, letters, mean_p_values, proportion_p_values
from core.comparison.stub import StubRow
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, Z_95, effective_base
from core.survey.topline import margin_of_error


@dataclass(frozen=True)
class Estimates:
    """Estimates of one row over C columns, from real respondents.

    Attributes
    ----------
    row
        What is estimated.
    value, variance, base
        Shape (C,): weighted mean of the row's values, their unbiased variance, and the effective base of
        those who have a value; NaN where hidden.
    """

    row: StubRow
    value: np.ndarray
    variance: np.ndarray
    base: np.ndarray

    def where(self, shown: np.ndarray) -> "Estimates":
        """Estimates with the other columns hidden; `shown` is a mask of shape (C,)."""
        parts = (np.where(shown, part, np.nan) for part in (self.value, self.variance, self.base))
        return Estimates(self.row, *parts)

    def letters(self, names: tuple[str, ...], columns: list[int], correction: Correction) -> tuple[str, ...]:
        """Letters of these columns, compared with each other.

        Parameters
        ----------
        names
            Letter of each.
        columns
            Their positions.
        correction
            How p-values allow for all pairs.
        """
        value, base = self.value[columns], self.base[columns]
        if self.row.kind.is_share:
            p_values = proportion_p_values(value, base)
        else:
            p_values = mean_p_values(value, self.variance[columns], base)
        return letters(value, adjust(p_values, correction), names)

    def margins_of_error(self) -> np.ndarray:
        """Margins of error, shape (C,): half the 95 % interval; NaN for effective bases below 30."""
        large = self.base >= SMALL_BASE
        if self.row.kind.is_share:
            pairs = zip(np.clip(self.value, 0, 1), self.base, large, strict=True)
            return np.array([margin_of_error(p, n) if ok else np.nan for p, n, ok in pairs])
        base = np.where(large, self.base, np.nan)
        return Z_95 * np.sqrt(self.variance * (base - 1)) / base


def real_estimates(row: StubRow, real: SurveyData, counted: np.ndarray) -> Estimates:
    """Estimates of a row from the real answers.

    Parameters
    ----------
    row
        What to estimate.
    real
        The n respondents.
    counted
        Shape (n, C), who counts in which column.
    """
    answers = real.answers[row.item.key].to_numpy()
    scores = np.where(answers >= 0, row.values[answers], np.nan)  # (n,)
    weights = counted * (np.isfinite(scores) * real.weights)[:, None]  # (n, C)
    scores = np.nan_to_num(scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weights.sum(axis=0)
        value = scores @ weights / total
        base = np.array([effective_base(column) for column in weights.T])
        variance = ((scores[:, None] - value) ** 2 * weights).sum(axis=0) / total * base / (base - 1)
    return Estimates(row, value, variance, base)


def simulated_values(row: StubRow, probability: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Expected value of a row in every column, shape (C,), over the answers that have a value.

    Parameters
    ----------
    row
        What to compute.
    probability
        Shape (n, K), of each answer for each person.
    weights
        Shape (n, C), how much each person counts in each column.
    """
    on_scale = np.isfinite(row.values).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (probability @ np.nan_to_num(row.values)) @ weights / (probability @ on_scale @ weights)
