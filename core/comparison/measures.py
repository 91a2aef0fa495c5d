"""Figures of one item: simulated distributions of the respondents against the answers they gave.

Only respondents who answered the item are compared, so base and mix are the same on both sides.
Answers outside the scale ("Don't know") count in shares and likelihood and are left out of everything
that needs distances between answers; probabilities are rescaled over the scale there.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.comparison import accuracy, floors
from core.comparison.accuracy import Decoder
from core.comparison.divergence import entropy, jensen_shannon, kl, total_variation, wasserstein
from core.comparison.figures import Figures, FloorFigures
from core.models.temperature import temper
from core.survey.answer_bands import AnswerBands, answer_bands
from core.survey.codebook import Item
from core.survey.shares import ZERO_VARIANCE, effective_base, jeffreys, real_shares


@dataclass(frozen=True)
class RealAnswers:
    """Answers given to one item.

    Attributes
    ----------
    item, bands
        The item and the bands its shares are compared on.
    rows
        Shape (m,), positions of the respondents who answered.
    answers, weights
        Shape (m,), index of the answer and survey weight.
    n_effective
        Effective base, see `effective_base`.
    shares
        Shape (B,), weighted shares per band; NaN when nobody answered.
    """

    item: Item
    bands: AnswerBands
    rows: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    n_effective: float
    shares: np.ndarray

    @property
    def n(self) -> int:
        """Number of respondents who answered (unweighted base)."""
        return len(self.rows)

    @property
    def scale(self) -> np.ndarray:
        """Positions of the answers that lie on the scale, shape (S,); empty if there is no scale."""
        on_scale = np.flatnonzero(np.isfinite(self.item.value_array))
        return on_scale if self.item.is_ordered and len(on_scale) > 1 else on_scale[:0]


def real_answers(item: Item, answers: np.ndarray, weights: np.ndarray) -> RealAnswers:
    """Select the respondents who answered.

    Parameters
    ----------
    item
        The item.
    answers
        Shape (n,), index of the answer, -1 for missing.
    weights
        Shape (n,), survey weights.
    """
    answers = np.asarray(answers)
    bands = answer_bands(item)
    rows = np.flatnonzero((answers >= 0) & (weights > 0))
    given, weights = answers[rows], np.asarray(weights, dtype=float)[rows]
    shares = real_shares(bands.band_of[given], weights, len(bands.labels))
    return RealAnswers(item, bands, rows, given, weights, effective_base(weights), shares)


def measure(real: RealAnswers, logprob: np.ndarray, temperature: float, decoder: Decoder) -> Figures:
    """Figures of one model on one item, see `Figures`.

    Parameters
    ----------
    real
        The answers given, by m respondents.
    logprob
        Shape (n, K), for all n respondents, at temperature 1.
    temperature
        Temperature the model is read at.
    decoder
        How answers are read, see `Decoder`.
    """
    if not real.n:
        return Figures()
    logprob = temper(np.asarray(logprob)[real.rows], temperature)
    probability, weights, k = np.exp(logprob), real.weights, logprob.shape[1]
    decoded = probability
    if decoder is Decoder.GREEDY:
        decoded = np.eye(probability.shape[1])[probability.argmax(axis=1)]
    person = real.bands.sum(probability)
    simulated = np.average(real.bands.sum(decoded), axis=0, weights=weights)
    if decoder is Decoder.GREEDY:
        simulated = jeffreys(simulated, real.n_effective)
    smooth = jeffreys(real.shares, real.n_effective)
    mean = np.average(person, axis=0, weights=weights)
    return Figures(
        nll=accuracy.nll(logprob, real.answers, weights),
        nll_permuted=accuracy.permuted_nll(logprob, real.answers, weights),
        accuracy=accuracy.accuracy(probability, real.answers, weights, decoder),
        brier=accuracy.brier(probability, real.answers, weights),
        kl=float(kl(smooth, simulated)),
        kl_reverse=float(kl(simulated, smooth)),
        js=float(jensen_shannon(real.shares, simulated)),
        tv=float(total_variation(real.shares, simulated)),
        tv_uniform=float(total_variation(real.shares, real.bands.sum(np.full(k, 1 / k)))),
        entropy_gap=float(entropy(simulated) - entropy(real.shares)),
        spread=float(np.average(total_variation(person, mean), weights=weights)),
        **_ordered(real, probability, decoded, decoder),
    )


def _ordered(
    real: RealAnswers, probability: np.ndarray, decoded: np.ndarray, decoder: Decoder
) -> dict[str, float | None]:
    """Figures that need distances between answers, by name; none where nobody answered on the scale."""
    scale = real.scale
    on_scale = np.isin(real.answers, scale)
    if not on_scale.any():
        return {}
    weights, person = real.weights[on_scale], rescale(probability[on_scale][:, scale])
    truth = np.searchsorted(scale, real.answers[on_scale])  # index among the answers on the scale
    found = _individual(person, truth, weights, real.item.value_array[scale], decoder)
    shares = real_shares(truth, weights, len(scale))
    return found | _spread_of_scale(real, decoded[:, scale], real.item.value_array[scale], shares)


def _individual(
    person: np.ndarray, truth: np.ndarray, weights: np.ndarray, values: np.ndarray, decoder: Decoder
) -> dict[str, float | None]:
    """Distances along the scale between each person's simulated and given answer."""
    said, length = values[truth], float(values[-1] - values[0])
    rmse = {d: accuracy.mean_squared_error(person, said, weights, values, d) ** 0.5 for d in Decoder}
    mae = accuracy.mean_absolute_error(person, said, weights, values, decoder)
    sd = np.average((said - np.average(said, weights=weights)) ** 2, weights=weights) ** 0.5
    return {
        "rmse": rmse[decoder],
        "rmse_scaled": rmse[decoder] / length,
        "rmse_of_sd": float(rmse[decoder] / sd) if sd > 1e-6 else None,
        **{f"rmse_{d}": error / length for d, error in rmse.items()},
        "mae": mae,
        "mae_scaled": mae / length,
        "rank_correlation": accuracy.rank_correlation(person @ values, said, weights),
        "rps": accuracy.rps(person, truth, weights, values),
    }


def _spread_of_scale(
    real: RealAnswers, decoded: np.ndarray, values: np.ndarray, shares: np.ndarray
) -> dict[str, float | None]:
    """Location and spread on the scale: the population's variance is that within plus between people."""
    mass = decoded.sum(axis=1) * real.weights
    if not mass.sum() > 0:
        return {}
    person = rescale(decoded)
    simulated = np.average(person, axis=0, weights=mass)
    mean, variance = simulated @ values, simulated @ values**2 - (simulated @ values) ** 2
    person_mean = person @ values
    between = np.average((person_mean - mean) ** 2, weights=mass)
    real_mean, real_variance = shares @ values, shares @ values**2 - (shares @ values) ** 2
    figures: dict[str, float | None] = {"w1": float(wasserstein(shares, simulated, values))}
    if real_variance > ZERO_VARIANCE:
        sd = real_variance**0.5
        figures["mean_shift"] = float((mean - real_mean) / sd)
        figures["sd_ratio"] = float(max(variance, 0.0) ** 0.5 / sd)
        figures["sd_within"] = float(max(variance - between, 0.0) ** 0.5 / sd)
        figures["sd_between"] = float(between**0.5 / sd)
    return figures


def rescale(table: np.ndarray) -> np.ndarray:
    """Rows of (..., K) rescaled to sum to 1; a row without any mass becomes uniform."""
    table = np.where(table.sum(axis=-1, keepdims=True) > 1e-300, table, 1.0)
    return table / table.sum(axis=-1, keepdims=True)


def floor(real: RealAnswers, marginals: np.ndarray | None = None) -> FloorFigures:
    """Noise floor of this item: what a perfect simulation would show.

    Parameters
    ----------
    real
        The answers given.
    marginals
        Shape (K,), shares that the one-sampled-answer simulator draws from, usually those of the
        training respondents; None for the real shares.
    """
    if not real.n:
        return FloorFigures()
    n, k = real.n_effective, len(real.shares)
    drawn = real.shares if marginals is None else real.bands.sum(marginals)
    smooth = jeffreys(real.shares, n)
    figures = FloorFigures(
        kl=floors.kl_floor(k, n),
        js=floors.js_floor(k, n),
        tv=floors.tv_floor(real.shares, n),
        kl_one_sampled_answer=floors.kl_one_sampled_answer(smooth, drawn, n),
    )
    scale = real.scale
    on_scale = np.isin(real.answers, scale)
    if on_scale.any():
        weights = real.weights[on_scale]
        shares = real_shares(np.searchsorted(scale, real.answers[on_scale]), weights, len(scale))
        w1 = floors.wasserstein_floor(shares, real.item.value_array[scale], effective_base(weights))
        figures = replace(figures, w1=w1)
    return figures
