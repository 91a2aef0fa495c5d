"""Answer-level temperature: arithmetic on stored answer scores, without a model call or sampling.

A person's answers at temperature T follow softmax(z / T), where z are the K log-probabilities stored
at T = 1. The whole answer is tempered, not its tokens, so the result does not depend on how a
tokenizer cuts an answer. Curves are kept on a fixed grid and read between its points on a log scale,
which errs by less than 0.02 points of a share; T = 0 itself (everyone gives the likeliest answer) is
the greedy decoder and not part of the grid.
"""

from collections.abc import Mapping

import numpy as np

TEMPERATURES = np.geomspace(0.1, 3.0, 60)
"""Grid of every precomputed curve, shape (60,), geometric from 0.1 to 3."""

LOWEST_LOGPROB = -690.0
"""Log-probabilities below this count as this, so that no share or loss becomes infinite or NaN."""


def temper(logprob: np.ndarray, temperature: float | np.ndarray) -> np.ndarray:
    """Log-probabilities of the answers at another temperature, renormalised.

    Parameters
    ----------
    logprob
        Shape (..., K), natural log, at temperature 1.
    temperature
        Above 0; an array is spread over `logprob`. Below 1 sharpens towards the likeliest answer, above 1
        flattens towards uniform.

    Returns
    -------
    numpy.ndarray
        Shape (..., K); exponentials of the last axis sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> np.exp(temper(np.log([0.2, 0.8]), 0.5)).round(4).tolist()
    [0.0588, 0.9412]
    """
    if not np.all(temperature > 0):
        raise ValueError(f"temperature must be above 0, got {temperature}")
    scaled = np.maximum(logprob, LOWEST_LOGPROB) / temperature  # (..., K)
    scaled = scaled - scaled.max(axis=-1, keepdims=True)  # the largest is 0, so that exp never overflows
    return scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))


def shares(
    logprob: np.ndarray, weights: np.ndarray, temperatures: np.ndarray | float = TEMPERATURES
) -> np.ndarray:
    """Simulated answer shares of a population, one row per temperature.

    This is the exact expectation over infinitely many draws per person: the weighted mean of the
    people's tempered distributions.

    Parameters
    ----------
    logprob
        Shape (n, K), one row per person, or per profile with the number of its people as weight.
    weights
        Shape (n,), not negative, any scale.
    temperatures
        Shape (n_T,), each above 0; or one number, which counts as an array of one.

    Returns
    -------
    numpy.ndarray
        Shape (n_T, K); rows sum to 1.

    Examples
    --------
    >>> import numpy as np
    >>> shares(np.log([[0.2, 0.8], [0.6, 0.4]]), np.ones(2), 1.0).round(4).tolist()
    [[0.4, 0.6]]
    """
    weights = np.asarray(weights, dtype=float)
    weights = weights / weights.sum()
    # (n,) @ (n, K) for every temperature: the mean is taken of probabilities, never of their logarithms
    return np.array([weights @ np.exp(temper(logprob, t)) for t in np.atleast_1d(temperatures)])


def fit_temperature(
    logprob: Mapping[str, np.ndarray],
    answers: Mapping[str, np.ndarray],
    weights: np.ndarray,
    bounds: tuple[float, float] = (float(TEMPERATURES[0]), float(TEMPERATURES[-1])),
) -> float:
    """Temperature with the highest likelihood of these answers (temperature scaling); one for all items.

    Minimises the weighted negative log-likelihood, pooled over every answer given. That is a convex
    function of 1/T, so its slope is bisected. Fit on validation respondents, never on test ones.

    Parameters
    ----------
    logprob
        Item key -> array (n, K), at temperature 1.
    answers
        Item key -> array (n,), the answer's index, -1 for missing; only keys of `logprob` are used.
    weights
        Shape (n,), survey weights.
    bounds
        Lowest and highest temperature considered.

    Returns
    -------
    float
        Within `bounds`; 1.0 when there is no answer to fit on.

    References
    ----------
    Guo et al. (2017), "On Calibration of Modern Neural Networks", arXiv 1706.04599.
    """
    tables = []
    for key, table in logprob.items():
        given = np.asarray(answers[key]) >= 0
        if given.any():
            z = np.maximum(np.asarray(table, dtype=float)[given], LOWEST_LOGPROB)  # (m, K), answered
            chosen = z[np.arange(len(z)), np.asarray(answers[key])[given]]  # (m,)
            tables.append((z, chosen, np.asarray(weights, dtype=float)[given]))
    if not tables:
        return 1.0

    def slope(beta: float) -> float:
        """Derivative of the summed NLL by beta = 1/T: expected less observed score; it grows with beta."""
        return sum(
            float(w @ ((np.exp(temper(z, 1 / beta)) * z).sum(axis=1) - chosen)) for z, chosen, w in tables
        )

    low, high = 1 / bounds[1], 1 / bounds[0]
    # a minimum outside of the bounds is replaced by the nearer bound
    if slope(low) >= 0:
        return float(bounds[1])
    if slope(high) <= 0:
        return float(bounds[0])
    while high - low > 1e-6 * low:  # bisection on a log scale, to a relative precision of 1e-6
        middle = (low * high) ** 0.5
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float((low * high) ** -0.5)
