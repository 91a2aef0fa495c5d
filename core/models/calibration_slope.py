"""Emphasis: how far answers follow the background, corrected on the validation respondents.

A model taught for minutes learns the topline of a question before it learns whom it is asking, so the
differences it makes between people have the right direction and are too small. *Emphasis* stretches
them: away from the answers of a person of whom nothing is known, by a share of the difference. It is the
calibration slope of prediction models, taken along the model's own effect of the background. Like the
temperature it is arithmetic on stored scores.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.temperature import LOWEST_LOGPROB, fit_temperature, temper

PRIOR_SD = 0.3
"""How far from 0 an emphasis is expected; a fit that is less certain than this is drawn towards 0."""
BOUNDS = (-0.5, 1.0)

LogProbs = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Calibration:
    """How scores are to be read.

    Attributes
    ----------
    temperature
        Above 0, of the emphasised scores, see `core.models.temperature.temper`.
    slope_correction
        From -0.5 to 1; 0 leaves the scores as they are.
    """

    temperature: float = 1.0
    slope_correction: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """As stored beside an adapter; the slope correction keeps its key of version 0.1.0, "emphasis".

        >>> Calibration(0.9, 0.2).to_dict()
        {'temperature': 0.9, 'emphasis': 0.2}
        """
        return {"temperature": self.temperature, "emphasis": self.slope_correction}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Calibration":
        """Read what `to_dict` wrote; adapters of earlier versions have no slope correction."""
        return cls(float(stored["temperature"]), float(stored.get("emphasis", 0.0)))


def stretch_persona_effect(
    logprob: np.ndarray, no_persona: np.ndarray, slope_correction: float
) -> np.ndarray:
    """Answers that follow the background more: ``z + emphasis * (z - blank)``, made to add up to 1.

    Parameters
    ----------
    logprob
        Shape (n, K), natural log, one row per profile.
    no_persona
        Shape (K,), the same question asked of a person of whom nothing is known.
    slope_correction
        0 changes nothing, 1 doubles all differences in log-odds from `no_persona`, -1 would remove them.

    Returns
    -------
    numpy.ndarray
        Shape (n, K); exponentials of the last axis sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> np.exp(stretch_persona_effect(np.log([[0.8, 0.2]]), np.log([0.5, 0.5]), 1.0)).round(4).tolist()
    [[0.9412, 0.0588]]
    """
    if slope_correction == 0:
        return logprob
    known = np.maximum(logprob, LOWEST_LOGPROB)
    return temper(known + slope_correction * (known - np.maximum(no_persona, LOWEST_LOGPROB)), 1.0)


def fit_calibration(
    logprob: LogProbs, no_persona: LogProbs, answers: LogProbs, weights: np.ndarray
) -> Calibration:
    """Emphasis and temperature under which these answers are likeliest; emphasis drawn towards 0.

    Emphasis and temperature are fitted together, by a convex problem in two numbers. What the answers say
    of the emphasis is then weighed against the expectation that it is about 0, by its variance with the
    respondent as the unit: one person's answers all hang on the same background. So few respondents, or a
    background that carries nothing, leave the scores nearly as they were. The temperature is fitted last.

    Parameters
    ----------
    logprob
        Item key -> array (n, K), at temperature 1.
    no_persona
        Item key -> array (K,), see `stretch_persona_effect`.
    answers
        Item key -> array (n,), the answer's index, -1 for missing; only keys of `logprob` are used.
    weights
        Shape (n,), survey weights.

    References
    ----------
    Cox (1958), "Two further applications of a model for binary regression", doi:10.1093/biomet/45.3-4.562,
    for the slope; Huber (1967) for the variance; Guo et al. (2017), arXiv 1706.04599, for the temperature.
    """
    weights = np.asarray(weights, dtype=float)
    tables = list(_tables(logprob, no_persona, answers, weights))
    slope_correction = _slope_correction(tables, len(weights)) if tables else 0.0
    read = {
        key: stretch_persona_effect(table, no_persona[key], slope_correction)
        for key, table in logprob.items()
    }
    return Calibration(fit_temperature(read, answers, weights), slope_correction)


@dataclass(frozen=True)
class ItemAnswers:
    """The answers given to one item.

    Attributes
    ----------
    rows
        Shape (n,), who gave them.
    weights, answers
        Shape (n,), survey weights and indices of the answers.
    directions
        Shape (2, n, K), what the scores can be moved along: themselves, and the effect of the background.
    """

    rows: np.ndarray
    weights: np.ndarray
    answers: np.ndarray
    directions: np.ndarray


def _tables(
    logprob: LogProbs, no_persona: LogProbs, answers: LogProbs, weights: np.ndarray
) -> Iterator[ItemAnswers]:
    for key, scores in logprob.items():
        given = np.asarray(answers[key])
        rows = np.flatnonzero(given >= 0)
        if len(rows):
            z = np.maximum(scores[rows], LOWEST_LOGPROB)
            effect = z - np.maximum(no_persona[key], LOWEST_LOGPROB)
            yield ItemAnswers(rows, weights[rows], given[rows], np.stack([z, effect]))


def _slope_correction(tables: list[ItemAnswers], n: int) -> float:
    """The scores are read as ``a * z + b * effect``: the emphasis is b / a."""
    from scipy.optimize import minimize  # slow to import, and the app only reads scores

    fitted = minimize(_loss, np.array([1.0, 0.0]), args=(tables,), jac=True, method="BFGS").x
    gradients, curvature = _moments(fitted, tables, n)
    sharpness, moved = fitted
    if sharpness <= 0 or np.linalg.cond(curvature) > 1e10:
        return 0.0  # the scores say nothing of the answers, or do not depend on the background
    inverse = np.linalg.inv(curvature)
    direction = np.array([-moved / sharpness**2, 1 / sharpness])
    variance = direction @ inverse @ (gradients.T @ gradients) @ inverse @ direction
    return float(np.clip(moved / sharpness * PRIOR_SD**2 / (PRIOR_SD**2 + variance), *BOUNDS))


def _loss(point: np.ndarray, tables: list[ItemAnswers]) -> tuple[float, np.ndarray]:
    """Weighted mean loss over all answers, and its slope."""
    loss, slope, total = 0.0, np.zeros(2), 0.0
    for table in tables:
        logprob, _, slopes = _at(point, table)
        loss -= table.weights @ logprob[np.arange(len(logprob)), table.answers]
        slope += slopes.sum(axis=0)
        total += table.weights.sum()
    return loss / total, slope / total


def _moments(point: np.ndarray, tables: list[ItemAnswers], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Every respondent's slope of the summed loss, (n, 2), and its curvature, (2, 2)."""
    slopes, curvature = np.zeros((n, 2)), np.zeros((2, 2))
    for table in tables:
        logprob, centred, own = _at(point, table)
        slopes[table.rows] += own
        curvature += np.einsum("n,nk,ink,jnk->ij", table.weights, np.exp(logprob), centred, centred)
    return slopes, curvature


def _at(point: np.ndarray, table: ItemAnswers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-probabilities (n, K), the directions less their expectation (2, n, K), and each slope (n, 2)."""
    logprob = temper(np.tensordot(point, table.directions, 1), 1.0)
    expected = (np.exp(logprob) * table.directions).sum(axis=2, keepdims=True)
    centred = table.directions - expected
    return logprob, centred, -(centred[:, np.arange(len(logprob)), table.answers] * table.weights).T
