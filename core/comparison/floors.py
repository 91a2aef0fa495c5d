"""Noise floors: what each distance would be if the simulation were perfect, from a finite real sample.

A simulation is read from exact probabilities, so the only noise left is that of the n respondents it
is compared with; n is the effective number of answers. Closed forms, checked against simulation in the
tests. A distance near its floor cannot be distinguished from a perfect simulation with this many respondents.
"""

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from core.comparison.divergence import entropy


def kl_floor(k: int, n: float) -> float:
    """Expected KL between the shares of n answers and the truth: (K - 1) / (2 n), nats.

    >>> kl_floor(5, 500)
    0.004
    """
    return (k - 1) / (2 * n)


def js_floor(k: int, n: float) -> float:
    """Expected Jensen-Shannon divergence between the shares of n answers and the truth, nats.

    >>> js_floor(5, 500)
    0.001
    """
    return (k - 1) / (8 * n)


def tv_floor(shares: np.ndarray, n: float) -> float:
    """Expected total variation between the shares of n answers and the truth.

    Half the sum of the mean absolute errors sqrt(2 q (1 - q) / (pi n)) of the shares q.

    >>> round(tv_floor(np.array([0.5, 0.5]), 100), 4)
    0.0399
    """
    return float(0.5 * np.sqrt(2 * shares * (1 - shares) / (np.pi * n)).sum())


def wasserstein_floor(shares: np.ndarray, values: np.ndarray, n: float) -> float:
    """Expected Wasserstein distance between the shares of n answers and the truth, as share of the scale.

    The same mean absolute error, of the cumulated shares, times the steps of the scale.

    >>> round(wasserstein_floor(np.array([0.5, 0.5]), np.array([0.0, 1.0]), 100), 4)
    0.0399
    """
    below = np.clip(np.cumsum(shares)[:-1], 0, 1)
    step = np.diff(values) / (values[-1] - values[0])
    return float((np.sqrt(2 * below * (1 - below) / (np.pi * n)) * step).sum())


def kl_one_sampled_answer(real: np.ndarray, simulated: np.ndarray, n: float) -> float:
    """Expected KL when a simulator gives one sampled answer per respondent instead of probabilities.

    The n sampled answers follow `simulated`; their shares are smoothed with half an answer per option.
    Exact: the expectation of -ln((X + 0.5) / (n + 0.5 K)) over the binomial count X of each answer.

    Parameters
    ----------
    real, simulated
        Shape (K,), shares; the simulator's right marginals are usually those of the training respondents.
    n
        Number of respondents; rounded to a whole number, at least 1.

    Returns
    -------
    float
        Nats.
    """
    count = max(round(n), 1)
    x = np.arange(count + 1)
    log_share = np.log((x + 0.5) / (count + 0.5 * len(real)))
    q = np.asarray(simulated, dtype=float)[:, None]
    choose = gammaln(count + 1) - gammaln(x + 1) - gammaln(count - x + 1)
    expected = np.exp(choose + xlogy(x, q) + xlog1py(count - x, -q)) @ log_share
    return float(-entropy(real) - real @ expected)
