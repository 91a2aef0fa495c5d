"""A bootstrap of respondents: figures of one item under every replicate, and the intervals they give.

Respondents are drawn whole, weights kept, the same draws for every forecaster: differences between two
forecasters are paired.

Source: Efron & Tibshirani (1993), "An Introduction to the Bootstrap"; percentile intervals.
"""

from dataclasses import dataclass

import numpy as np

from core.comparison.accuracy import Decoder, squared_errors
from core.comparison.divergence import jeffreys, kl
from core.comparison.measures import RealAnswers, rescale
from core.survey.respondents import SurveyData

REPLICATES = 400
LEVEL = 95
"""Percentage of replicates an interval or a band holds."""


@dataclass(frozen=True)
class Interval:
    """A figure and where it would fall in 95 of 100 samples; None where it has no meaning or no limit."""

    value: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Plain data for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


def drawn_weights(real: SurveyData, replicates: int = REPLICATES, seed: int = 0) -> np.ndarray:
    """Weights of the n respondents, shape (1 + B, n): as they are, then under each replicate."""
    n = len(real)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)
    return np.concatenate([np.ones((1, n)), counts]) * real.weights


def drawn_shares(answered: RealAnswers, drawn: np.ndarray) -> np.ndarray:
    """Real shares per band under each replicate, shape (1 + B, bands); `drawn` weighs who answered."""
    return weighted_means(drawn, np.eye(len(answered.bands.labels))[answered.bands.band_of[answered.answers]])


def weighted_means(drawn: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Weighted means of the columns of `table` under each replicate; NaN where nobody was drawn."""
    total = drawn.sum(axis=1, keepdims=True)
    return drawn @ table / np.where(total > 0, total, np.nan)


def drawn_figures(
    answered: RealAnswers,
    drawn: np.ndarray,
    shares: np.ndarray,
    logprob: np.ndarray,
    decoder: Decoder,
    error_of: Decoder = Decoder.EXPECTED,
) -> dict[str, np.ndarray]:
    """NLL, KL and RMSE of one table (m, K) under each replicate, each (1 + B,).

    Parameters
    ----------
    answered, drawn, shares
        The m respondents, their weights (1 + B, m) and real shares under each replicate.
    logprob
        At the temperature it is read at.
    decoder, error_of
        How the population's shares, and the answers behind RMSE, are read.

    Returns
    -------
    dict
        "nll"; "kl" of smoothed and "plain_kl" of plain real shares; "rmse", of the scale's length, where
        there is a scale.
    """
    probability, n = np.exp(logprob), answered.n_effective
    loss = -np.maximum(logprob[np.arange(answered.n), answered.answers], np.log(1e-12))
    shown = probability
    if decoder is Decoder.GREEDY:
        shown = np.eye(probability.shape[1])[probability.argmax(axis=1)]
    simulated = weighted_means(drawn, answered.bands.sum(shown))
    if decoder is Decoder.GREEDY:
        simulated = jeffreys(simulated, n)
    return {
        "nll": weighted_means(drawn, loss[:, None])[:, 0],
        "kl": kl(jeffreys(shares, n), simulated),
        "plain_kl": kl(shares, simulated),
        **_squared_error(answered, drawn, probability, error_of),
    }


def _squared_error(
    answered: RealAnswers, drawn: np.ndarray, probability: np.ndarray, decoder: Decoder
) -> dict[str, np.ndarray]:
    scale = answered.scale
    on_scale = np.isin(answered.answers, scale)
    if not on_scale.any():
        return {}
    values: np.ndarray = answered.item.codes[scale]
    error = squared_errors(
        rescale(probability[on_scale][:, scale]),
        answered.item.codes[answered.answers[on_scale]],
        values,
        decoder,
    )
    return {
        "rmse": np.sqrt(weighted_means(drawn[:, on_scale], error[:, None])[:, 0]) / (values[-1] - values[0])
    }


def interval(values: np.ndarray | None, level: float = LEVEL) -> Interval:
    """From the sample's figure followed by those of the replicates, shape (1 + B,)."""
    if values is None or not np.isfinite(values[0]):
        return Interval(None, None, None)
    low, high = np.nanpercentile(values[1:], [(100 - level) / 2, (100 + level) / 2])
    return Interval(float(values[0]), float(low), float(high))
