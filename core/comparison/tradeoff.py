"""Toplines against individuals: where every way of answering lies between the two errors.

Sampling honestly costs sqrt(2) times the individual error of the expected answer and keeps the toplines; the
likeliest answer does neither best. With the simpler methods beside them, one picture shows what temperature
can and cannot buy.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.comparison.accuracy import Decoder
from core.comparison.compare import LogProbs, compare
from core.comparison.comparison import Temperatures
from core.survey.respondents import SurveyData

MODEL, EXPECTED, GREEDY = "model", "expected", "greedy"


@dataclass(frozen=True)
class TradeoffPoint:
    """Errors of one way of answering, mean over the single-choice and scale questions.

    Attributes
    ----------
    name
        `MODEL` sampled at the fitted temperature, `EXPECTED` or `GREEDY` decoder, or a baseline, sampled.
    kl
        KL(real || simulated) in nats.
    rmse
        As a share of the scale's length.
    """

    name: str
    kl: float
    rmse: float


def tradeoff_points(
    real: SurveyData, model: LogProbs, baselines: Mapping[str, LogProbs], temperature: Temperatures
) -> list[TradeoffPoint]:
    """Errors of the decoders and the baselines; without a scale to measure RMSE on they are left out.

    Parameters
    ----------
    real, model, baselines
        As for `core.comparison.compare.compare`.
    temperature
        Temperature the model's expected answers and sampled answers are read at; the greedy ones do not
        depend on it.
    """
    sampled = compare(real, model, baselines, temperature, Decoder.SAMPLED).overall
    greedy = compare(real, model, {}, temperature, Decoder.GREEDY).overall.model
    own = sampled.model
    found = {
        MODEL: (own.kl, own.rmse_sampled),
        EXPECTED: (own.kl, own.rmse_expected),
        GREEDY: (greedy.kl, greedy.rmse_greedy),
    }
    found |= {name: (figures.kl, figures.rmse_sampled) for name, figures in sampled.baselines.items()}
    return [
        TradeoffPoint(name, float(kl), float(rmse))
        for name, (kl, rmse) in found.items()
        if kl is not None and rmse is not None
    ]
