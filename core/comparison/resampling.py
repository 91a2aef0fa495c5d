"""Bootstrap of respondents: figures of one item under every replicate, and the intervals they give.

Respondents are drawn whole, weights kept, the same draws for every method: differences between two
methods are paired.

Source: Efron & Tibshirani (1993), "An Introduction to the Bootstrap"; percentile intervals.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.accuracy import Decoder, squared_errors
from core.comparison.divergence import jensen_shannon, kl, total_variation, wasserstein
from core.comparison.measures import RealAnswers, rescale
from core.survey.respondents import SurveyData
from core.survey.shares import SMALLEST_SHARE, jeffreys

REPLICATES = 400
LEVEL = 95
"""Percentage of replicates an interval or a band holds."""


@dataclass(frozen=True)
class Interval:
    """Interval a figure would fall in for 95 of 100 samples; None where it has no meaning or no limit."""

    value: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, float | None]:
        """Plain data for JSON."""
        return {"value": self.value, "low": self.low, "high": self.high}


def drawn_weights(real: SurveyData, replicates: int = REPLICATES, seed: int = 0) -> np.ndarray:
    """Weights of the n respondents, shape (1 + B, n): as they are, then under each replicate."""
    n = len(real)
    # how often each respondent is drawn in each replicate, (B, n)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=replicates)
    return np.concatenate([np.ones((1, n)), counts]) * real.weights


@dataclass(frozen=True)
class Forecast:
    """Forecast of one method for the m respondents who answered an item.

    Attributes
    ----------
    logprob
        Shape (m, K), at the temperature it is read at.
    shares_of, error_of
        How the population's shares, and the answers behind RMSE, are read.
    """

    logprob: np.ndarray
    shares_of: Decoder = Decoder.EXPECTED
    error_of: Decoder = Decoder.EXPECTED


Means = Mapping[str, np.ndarray]
"""What is averaged -> its weighted means under each replicate, shape (1 + B, C)."""


def drawn_means(answered: RealAnswers, drawn: np.ndarray, forecasts: Mapping[str, Forecast]) -> Means:
    """Everything the figures of an item follow from, in a single matrix product.

    Parameters
    ----------
    answered, drawn
        The m respondents, and their weights under each replicate, shape (1 + B, m).
    forecasts
        Name -> forecast.

    Returns
    -------
    dict
        "real" shares in bands; "place" on the scale where there is one; per forecast "NAME shares",
        "NAME loss" and, where there is a scale, "NAME error". NaN where nobody was drawn.
    """
    everybody, on_scale = _columns(answered, forecasts), _scale_columns(answered, forecasts)
    # all columns side by side, (m, columns): one product with the weights gives every replicate's sums;
    # the block of ones, named "", gives the sum of weights
    blocks = {"": np.ones((answered.n, 1)), **everybody, **on_scale}
    ends = np.cumsum([block.shape[1] for block in blocks.values()])
    sums = np.split(drawn @ np.concatenate(list(blocks.values()), axis=1), ends[:-1], axis=1)
    found = dict(zip(blocks, sums, strict=True))
    # denominators, (1 + B, 1): everybody, or those who answered on the scale
    total = dict.fromkeys(everybody, found[""]) | {name: found["on scale"] for name in on_scale}
    for name, by in total.items():
        found[name] = found[name] / np.where(by > 0, by, np.nan)
    return found


def _columns(answered: RealAnswers, forecasts: Mapping[str, Forecast]) -> dict[str, np.ndarray]:
    """Columns that are averaged over everybody who answered, each (m, C)."""
    found = {"real": np.eye(len(answered.bands.labels))[answered.bands.band_of[answered.answers]]}
    for name, forecast in forecasts.items():
        shown = np.exp(forecast.logprob)
        if forecast.shares_of is Decoder.GREEDY:
            shown = np.eye(shown.shape[1])[shown.argmax(axis=1)]
        # log-probability of the answer given, (m,)
        chosen = forecast.logprob[np.arange(answered.n), answered.answers]
        found[f"{name} shares"] = answered.bands.sum(shown)
        found[f"{name} loss"] = -np.maximum(chosen, np.log(SMALLEST_SHARE))[:, None]
    return found


def _scale_columns(answered: RealAnswers, forecasts: Mapping[str, Forecast]) -> dict[str, np.ndarray]:
    """Columns averaged over those whose answer lies on the scale, 0 for the others; empty without one."""
    scale = answered.scale
    counts = np.isin(answered.answers, scale)
    if not counts.any():
        return {}
    values: np.ndarray = answered.item.value_array[scale]  # (S,)
    # position on the scale, (m,); clipped to something legal for those off the scale, who count 0 below
    place = np.searchsorted(scale, answered.answers).clip(0, len(scale) - 1)
    found = {"on scale": counts[:, None].astype(float), "place": np.eye(len(scale))[place] * counts[:, None]}
    for name, forecast in forecasts.items():
        person = rescale(np.exp(forecast.logprob[:, scale]))  # (m, S)
        error = squared_errors(person, values[place], values, forecast.error_of)
        found[f"{name} error"] = (error * counts)[:, None]
    return found


def drawn_figures(
    answered: RealAnswers, means: Means, name: str, forecast: Forecast
) -> dict[str, np.ndarray]:
    """NLL, KL and RMSE of one forecast under each replicate, each (1 + B,).

    Returns
    -------
    dict
        "nll"; "kl" of smoothed and "plain_kl" of plain real shares; "rmse", of the scale's length, where
        there is a scale.
    """
    simulated, n = means[f"{name} shares"], answered.n_effective
    if forecast.shares_of is Decoder.GREEDY:  # likeliest answers leave options empty, where KL is infinite
        simulated = jeffreys(simulated, n)
    found = {
        "nll": means[f"{name} loss"][:, 0],
        "kl": kl(jeffreys(means["real"], n), simulated),
        "plain_kl": kl(means["real"], simulated),
    }
    if f"{name} error" in means:
        values = answered.item.value_array[answered.scale]
        found["rmse"] = np.sqrt(means[f"{name} error"][:, 0]) / (values[-1] - values[0])
    return found


def drawn_floor(answered: RealAnswers, means: Means) -> dict[str, np.ndarray]:
    """Distances "kl", "js", "tv" and, on a scale, "w1" between replicates and the sample, each (1 + B,)."""
    shares, truth, n = means["real"], answered.shares, answered.n_effective
    bands = {
        "kl": kl(jeffreys(shares, n), jeffreys(truth, n)),
        "js": jensen_shannon(shares, truth),
        "tv": total_variation(shares, truth),
    }
    if "place" in means:
        bands["w1"] = wasserstein(
            means["place"], means["place"][0], answered.item.value_array[answered.scale]
        )
    return bands


def interval(values: np.ndarray | None, level: float = LEVEL) -> Interval:
    """Percentile interval from the sample's figure followed by those of the replicates, shape (1 + B,)."""
    if values is None or not np.isfinite(values[0]):
        return Interval(None, None, None)
    low, high = np.nanpercentile(values[1:], [(100 - level) / 2, (100 + level) / 2])
    return Interval(float(values[0]), float(low), float(high))
