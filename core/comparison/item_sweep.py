"""Curves of one item over the temperature grid, computed for many temperatures at a time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.comparison.accuracy import Decoder, mean_squared_error, nll
from core.comparison.divergence import kl
from core.comparison.measures import RealAnswers, rescale
from core.models.temperature import temper
from core.survey.shares import ZERO_VARIANCE, jeffreys, real_shares

Tempering = Callable[[np.ndarray, float], np.ndarray]
"""(n, K) log-probabilities at temperature 1, and a temperature -> those at that temperature."""
_AT_ONCE = 200_000
"""Probabilities held at once: few enough to stay in the cache of a processor."""


@dataclass(frozen=True)
class ItemSweep:
    """Curves of one item; n_T temperatures, K answers.

    Attributes
    ----------
    answered
        The answers given.
    simulated
        Shape (n_T, K), simulated shares.
    others
        Name -> shape (K,), shares of baselines at temperature 1.
    individual
        "nll", "rmse", "rmse_sampled" -> shape (n_T,); only those that have a meaning.
    """

    answered: RealAnswers
    simulated: np.ndarray
    others: Mapping[str, np.ndarray]
    individual: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def real(self) -> np.ndarray:
        """Weighted real shares of every answer, shape (K,)."""
        answered = self.answered
        return real_shares(answered.answers, answered.weights, len(answered.item.answers))

    @property
    def kl(self) -> np.ndarray:
        """KL(real || simulated) in nats, shape (n_T,)."""
        smooth = jeffreys(self.answered.shares, self.answered.n_effective)
        return kl(smooth, self.answered.bands.sum(self.simulated))

    @property
    def sd_ratio(self) -> np.ndarray | None:
        """SD of the simulated over that of the real answers, shape (n_T,); None without scale or spread."""
        scale, given = self.answered.scale, self.answered.answers
        on_scale = np.isin(given, scale)
        if not on_scale.any():
            return None
        values = self.answered.item.value_array[scale]
        real = real_shares(
            np.searchsorted(scale, given[on_scale]), self.answered.weights[on_scale], len(scale)
        )

        # variance of the answers of a whole population with these shares, (..., S) -> (...)
        def variance(shares: np.ndarray) -> np.ndarray:
            return shares @ values**2 - (shares @ values) ** 2

        if variance(real) < ZERO_VARIANCE:
            return None
        return np.sqrt(np.maximum(variance(rescale(self.simulated[:, scale])), 0) / variance(real))


def respondents_sweep(
    answered: RealAnswers,
    logprob: np.ndarray,
    others: Mapping[str, np.ndarray],
    temperatures: np.ndarray,
    decoder: Decoder,
    tempering: Tempering | None = None,
) -> ItemSweep:
    """Curves of the respondents who answered; `logprob` is (m, K), one row for each of them."""
    parts: dict[str, list[np.ndarray]] = {}
    for table in _tempered(logprob, temperatures, tempering):
        probability = np.exp(table)  # (t, m, K); figures below are (t,), shares (t, K)
        found = {
            "simulated": answered.weights @ probability / answered.weights.sum(),
            "nll": nll(table, answered.answers, answered.weights),
            **_errors(answered, probability, decoder),
        }
        for name, values in found.items():
            parts.setdefault(name, []).append(values)
    curves = {name: np.concatenate(values) for name, values in parts.items()}
    return ItemSweep(answered, curves.pop("simulated"), others, curves)


def people_sweep(
    answered: RealAnswers,
    logprob: np.ndarray,
    others: Mapping[str, np.ndarray],
    temperatures: np.ndarray,
    people: np.ndarray,
    tempering: Tempering | None = None,
) -> ItemSweep:
    """Curves of a population; `people` says how many stand behind each row of `logprob`, (n_people, K)."""
    tables = _tempered(logprob, temperatures, tempering)
    simulated = np.concatenate([people @ np.exp(table) for table in tables]) / people.sum()
    return ItemSweep(answered, simulated, others)


def _tempered(
    logprob: np.ndarray, temperatures: np.ndarray, tempering: Tempering | None
) -> Iterator[np.ndarray]:
    """Log-probabilities (t, m, K) of one chunk of temperatures after the other."""
    # temperatures per chunk, so that t * m * K stays small
    count = max(1, _AT_ONCE // max(logprob.size, 1))
    for start in range(0, len(temperatures), count):
        chunk = temperatures[start : start + count]
        if tempering is None:
            yield temper(logprob, chunk[:, None, None])
        else:
            yield np.stack([tempering(logprob, float(t)) for t in chunk])


def _errors(answered: RealAnswers, probability: np.ndarray, decoder: Decoder) -> dict[str, np.ndarray]:
    """RMSE of the decoder and of sampled answers, as a share of the scale's length; empty without one."""
    scale = answered.scale
    on_scale = np.isin(answered.answers, scale)
    if not on_scale.any():
        return {}
    values, weights = answered.item.value_array[scale], answered.weights[on_scale]
    truth = answered.item.value_array[answered.answers[on_scale]]  # (m_s,) of those on the scale
    # (t, m_s, S), rescaled to the scale's answers
    person = rescale(probability[:, on_scale][:, :, scale])
    length = float(values[-1] - values[0])
    return {
        name: np.sqrt(mean_squared_error(person, truth, weights, values, d)) / length
        for name, d in (("rmse", decoder), ("rmse_sampled", Decoder.SAMPLED))
    }
