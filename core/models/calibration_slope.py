"""Calibration slope of the persona effect, and its correction fitted on the validation respondents.

A model fine-tuned for minutes learns the topline of a question before it learns whom it is asking, so the
differences it makes between profiles have the right direction and are too small. The *slope correction*
stretches them: away from the answers to the no-persona prompt, by a share of the difference. It is the
calibration slope of prediction models less 1, taken along the model's own effect of the demographics. Like
the temperature it is arithmetic on stored scores.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.models.temperature import LOWEST_LOGPROB, fit_temperature, temper

PRIOR_SD = 0.3
"""Standard deviation of the prior on the slope correction around 0; uncertain estimates are shrunk to 0."""
BOUNDS = (-0.5, 1.0)

LogProbs = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Calibration:
    """Temperature and slope correction that scores are read with.

    Attributes
    ----------
    temperature
        Above 0, of the slope-corrected scores, see `core.models.temperature.temper`.
    slope_correction
        Calibration slope of the persona effect less 1, from -0.5 to 1; 0 leaves the scores as they are.
    """

    temperature: float = 1.0
    slope_correction: float = 0.0

    def to_dict(self) -> dict[str, float]:
        """Dictionary stored beside an adapter; the slope correction keeps its key of 0.1.0, "emphasis".

        >>> Calibration(0.9, 0.2).to_dict()
        {'temperature': 0.9, 'emphasis': 0.2}
        """
        return {"temperature": self.temperature, "emphasis": self.slope_correction}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Calibration":
        """Calibration that `to_dict` wrote; adapters of earlier versions have no slope correction."""
        return cls(float(stored["temperature"]), float(stored.get("emphasis", 0.0)))


def stretch_persona_effect(
    logprob: np.ndarray, no_persona: np.ndarray, slope_correction: float
) -> np.ndarray:
    """Log-probabilities with a larger persona effect: ``z + c * (z - z0)``, renormalised.

    z is `logprob`, z0 is `no_persona` and c is `slope_correction`.

    Parameters
    ----------
    logprob
        Shape (n, K), natural log, one row per profile.
    no_persona
        Shape (K,), natural log, the same question asked with the no-persona prompt.
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
    # clipping keeps -inf - (-inf) from becoming NaN
    z = np.maximum(logprob, LOWEST_LOGPROB)  # (n, K)
    persona_effect = z - np.maximum(no_persona, LOWEST_LOGPROB)  # (n, K), up to a constant per row
    return temper(z + slope_correction * persona_effect, 1.0)  # temperature 1 only renormalises


def fit_calibration(
    logprob: LogProbs, no_persona: LogProbs, answers: Mapping[str, np.ndarray], weights: np.ndarray
) -> Calibration:
    """Calibration with the highest likelihood of these answers; the slope correction is shrunk towards 0.

    Slope correction and temperature are fitted together, by a convex problem in two numbers. The estimate
    of the slope correction is then combined with a normal prior around 0, by its variance clustered by
    respondent: all answers of one person share the same demographics. So few respondents, or demographics
    that are not informative, leave the scores nearly as they were. The temperature is fitted last.

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
    items = list(_item_answers(logprob, no_persona, answers, weights))
    slope_correction = _slope_correction(items, len(weights)) if items else 0.0
    # the shrunken correction is not the joint optimum any more, so the temperature is fitted again under it
    corrected = {
        key: stretch_persona_effect(z, no_persona[key], slope_correction) for key, z in logprob.items()
    }
    return Calibration(fit_temperature(corrected, answers, weights), slope_correction)


@dataclass(frozen=True)
class ItemAnswers:
    """The answers given to one item.

    Attributes
    ----------
    rows
        Shape (n,), positions of the respondents who gave them.
    weights, answers
        Shape (n,), survey weights and indices of the answers.
    directions
        Shape (2, n, K), natural log: the scores z and the persona effect z - z0, whose coefficients are
        fitted.
    """

    rows: np.ndarray
    weights: np.ndarray
    answers: np.ndarray
    directions: np.ndarray


def _item_answers(
    logprob: LogProbs, no_persona: LogProbs, answers: Mapping[str, np.ndarray], weights: np.ndarray
) -> Iterator[ItemAnswers]:
    """Answers and directions of every item that somebody answered."""
    for key, scores in logprob.items():
        given = np.asarray(answers[key])
        rows = np.flatnonzero(given >= 0)
        if len(rows):
            z = np.maximum(scores[rows], LOWEST_LOGPROB)
            effect = z - np.maximum(no_persona[key], LOWEST_LOGPROB)
            yield ItemAnswers(rows, weights[rows], given[rows], np.stack([z, effect]))


def _slope_correction(items: list[ItemAnswers], n: int) -> float:
    """Slope correction within `BOUNDS`, shrunk towards 0, from the answers of `n` respondents.

    The model ``a * z + b * effect`` equals ``a * (z + c * effect)``: 1 / a is the temperature and c = b / a
    the slope correction.
    """
    from scipy.optimize import minimize  # slow to import, and the app only reads scores

    # maximum likelihood of (a, b), from the scores as they are
    fitted = minimize(_loss, np.array([1.0, 0.0]), args=(items,), jac=True, method="BFGS").x
    gradients, hessian = _moments(fitted, items, n)  # (n, 2), (2, 2)
    a, b = fitted
    if a <= 0 or np.linalg.cond(hessian) > 1e10:
        return 0.0  # the scores do not predict the answers, or do not depend on the demographics
    # delta method: variance of b / a from its gradient by (a, b) and the covariance of (a, b), which is the
    # sandwich H^-1 G'G H^-1 clustered by respondent (a row of G is summed over a respondent's items)
    inverse = np.linalg.inv(hessian)
    slope_gradient = np.array([-b / a**2, 1 / a])
    variance = slope_gradient @ inverse @ (gradients.T @ gradients) @ inverse @ slope_gradient
    # posterior mean under the normal prior (0, PRIOR_SD): a variance of 0 keeps b / a, a large one gives 0
    return float(np.clip(b / a * PRIOR_SD**2 / (PRIOR_SD**2 + variance), *BOUNDS))


def _loss(coefficients: np.ndarray, items: list[ItemAnswers]) -> tuple[float, np.ndarray]:
    """Weighted mean NLL over all answers, in nats, and its gradient, shape (2,)."""
    loss, gradient, total = 0.0, np.zeros(2), 0.0
    for item in items:
        logprob, _, gradients = _at(coefficients, item)
        loss -= item.weights @ logprob[np.arange(len(logprob)), item.answers]
        gradient += gradients.sum(axis=0)
        total += item.weights.sum()
    return loss / total, gradient / total


def _moments(coefficients: np.ndarray, items: list[ItemAnswers], n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gradient of each respondent's summed NLL, shape (n, 2), and the Hessian of everybody's, (2, 2)."""
    gradients, hessian = np.zeros((n, 2)), np.zeros((2, 2))
    for item in items:
        logprob, centred, own = _at(coefficients, item)
        gradients[item.rows] += own  # rows of one item are distinct, so nothing is lost in +=
        # of a softmax: covariance of the two directions over the answers, summed over respondents
        hessian += np.einsum("n,nk,ink,jnk->ij", item.weights, np.exp(logprob), centred, centred)
    return gradients, hessian


def _at(coefficients: np.ndarray, item: ItemAnswers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log-probabilities (n, K), directions less their expectation (2, n, K), gradients of the NLL (n, 2)."""
    logprob = temper(np.tensordot(coefficients, item.directions, 1), 1.0)  # (n, K)
    expected = (np.exp(logprob) * item.directions).sum(axis=2, keepdims=True)  # (2, n, 1)
    centred = item.directions - expected
    given = centred[:, np.arange(len(logprob)), item.answers]  # (2, n), at the answer that was given
    return logprob, centred, -(given * item.weights).T
