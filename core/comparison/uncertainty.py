"""Uncertainty of figures, by a bootstrap of whole respondents, weights kept: how far they could move.

Three things are read off the same replicates: the band a perfect simulation would fall in, intervals for the
model's figures, and whether the model differs from each baseline by more than chance. The randomness is
that of the real respondents. Simulated answers have no sampling noise of their own, so nothing here becomes
more certain by simulating more people.

Source: Efron & Tibshirani (1993), "An Introduction to the Bootstrap"; percentile intervals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.comparison.accuracy import Decoder
from core.comparison.compare import LogProbs, temperature_of
from core.comparison.comparison import HEADLINE_TYPES, Temperatures
from core.comparison.equivalence import interviews_worth
from core.comparison.measures import real_answers
from core.comparison.resampling import (
    LEVEL,
    REPLICATES,
    Forecast,
    Interval,
    drawn_figures,
    drawn_floor,
    drawn_means,
    drawn_weights,
    interval,
)
from core.models.temperature import temper
from core.survey.codebook import Question
from core.survey.respondents import SurveyData

COMPARED = ("nll", "kl", "rmse")
"""Figures in which the model is compared with baselines; RMSE of expected answers, of the scale's length."""


@dataclass(frozen=True)
class Uncertainty:
    """Bootstrap of the overall figures, which are means over questions as in `Comparison.overall`.

    Attributes
    ----------
    floor
        "kl", "js", "tv", "w1" -> band of a perfect simulation: distance between the shares of a replicate and
        those of the sample it was drawn from.
    question_floor
        Column -> the same for one question.
    model
        Figure of `COMPARED` -> interval of the model.
    gains
        Baseline -> figure -> baseline minus model: above 0 where the model is better.
    demographics_gain
        NLL of the training marginals minus that of a logistic regression: what the demographics offer at all;
        None without them.
    worth
        Real interviews the simulated shares are worth; None for "more than this sample can show".
    question_worth
        Column -> interviews for one question, None for more than this sample shows: for a single question,
        more than there are in it.
    """

    floor: Mapping[str, Interval]
    question_floor: Mapping[str, Mapping[str, Interval]]
    model: Mapping[str, Interval]
    gains: Mapping[str, Mapping[str, Interval]]
    demographics_gain: Interval | None
    worth: Interval
    question_worth: Mapping[str, float | None]

    def to_dict(self) -> dict[str, object]:
        """Plain data for JSON."""
        return {
            "level": LEVEL,
            "floor": {name: band.to_dict() for name, band in self.floor.items()},
            "model": {name: interval.to_dict() for name, interval in self.model.items()},
            "gains": {n: {m: i.to_dict() for m, i in gain.items()} for n, gain in self.gains.items()},
            "background": self.demographics_gain.to_dict() if self.demographics_gain else None,
            "interviews_worth": self.worth.to_dict(),
        }


@dataclass
class _Replicates:
    """Figures of one question: first the sample itself, then the replicates; each array (1 + B,)."""

    floor: dict[str, np.ndarray] = field(default_factory=dict)
    figures: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    plain_kl: list[np.ndarray] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    n_effective: list[float] = field(default_factory=list)


def uncertainty(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures = 1.0,
    decoder: Decoder | str = Decoder.EXPECTED,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Uncertainty:
    """Bootstrap of the overall figures: noise floor, intervals, gains over baselines, interviews worth.

    Parameters
    ----------
    real, model, baselines, temperature, decoder
        As for `core.comparison.compare.compare`.
    replicates
        Number of bootstrap samples B.
    seed
        Of the replicates.
    """
    # (1 + B, n): the survey's weights, then those of each replicate; the same for all questions and methods
    weights = drawn_weights(real, replicates, seed)
    questions = [
        question
        for question in real.codebook.questions
        if all(item.key in model for item in question.items)
        and all((real.answers[item.key] >= 0).any() for item in question.items)
    ]
    headline = [q for q in questions if q.type in HEADLINE_TYPES] or questions
    found = {
        q.column: _question(q, real, model, baselines, temperature, Decoder(decoder), weights)
        for q in questions
    }
    # means over the headline questions, each (1 + B,); B replicates stay paired between methods
    overall = [found[q.column] for q in headline]
    names = dict.fromkeys(name for r in overall for name in r.figures if name != "model")
    mine = {metric: _mean(r.figures["model"].get(metric) for r in overall) for metric in COMPARED}
    return Uncertainty(
        floor=_bands([r.floor for r in overall]),
        question_floor={column: _bands([r.floor]) for column, r in found.items()},
        model={m: interval(_centred(values) if m == "kl" else values) for m, values in mine.items()},
        gains={name: _gains(name, overall) for name in names},
        demographics_gain=_demographics_gain(overall),
        worth=_worth(overall),
        question_worth={column: _question_worth(r) for column, r in found.items()},
    )


def _question(
    question: Question,
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures,
    decoder: Decoder,
    weights: np.ndarray,
) -> _Replicates:
    """Figures of one question under every replicate, means over its items."""
    found, floors, figures = _Replicates(), [], []
    here = temperature_of(temperature, question.type)
    for item in question.items:
        answered = real_answers(item, real.answers[item.key].to_numpy(), real.weights)
        rows = answered.rows  # (m,) who answered the item
        # the model at its temperature, baselines as they are; each (m, K)
        forecasts = {"model": Forecast(temper(np.asarray(model[item.key])[rows], here), decoder)}
        for name, table in baselines.items():
            if item.key in table:
                forecasts[name] = Forecast(np.asarray(table[item.key])[rows])
        means = drawn_means(answered, weights[:, rows], forecasts)
        floors.append(drawn_floor(answered, means))
        read = {name: drawn_figures(answered, means, name, f) for name, f in forecasts.items()}
        figures.append(read)
        found.plain_kl.append(read["model"].pop("plain_kl"))
        found.answers.append(len(answered.shares))
        found.n_effective.append(answered.n_effective)
    # a baseline that lacks one of the items has no figure of the question
    common = set.intersection(*(set(f) for f in figures))
    found.floor = _means(floors)
    found.figures = {name: _means([f[name] for f in figures]) for name in figures[0] if name in common}
    return found


def _means(found: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Mean over items of each figure the first item has, shape (1 + B,)."""
    return {name: np.mean([f[name] for f in found if name in f], axis=0) for name in found[0]}


def _mean(values: Iterable[np.ndarray | None]) -> np.ndarray | None:
    """Mean over questions that have the figure, shape (1 + B,)."""
    found = [value for value in values if value is not None]
    return np.mean(found, axis=0) if found else None


def _centred(values: np.ndarray | None) -> np.ndarray | None:
    """Replicates of a distance around its value: each is further off by the noise it adds."""
    if values is None:
        return None
    return np.r_[values[0], np.maximum(values[1:] - np.nanmean(values[1:]) + values[0], 0)]


def _bands(floors: list[dict[str, np.ndarray]]) -> dict[str, Interval]:
    """Mean distance of the replicates from the sample, and the band that holds 95 % of them."""
    found = {}
    for name in dict.fromkeys(name for f in floors for name in f):
        values = np.mean([f[name] for f in floors if name in f], axis=0)[1:]
        found[name] = interval(np.r_[np.nanmean(values), values])
    return found


def _gains(name: str, overall: list[_Replicates]) -> dict[str, Interval]:
    """Baseline minus model, over the questions both answer."""
    both = [r for r in overall if name in r.figures]
    return {
        metric: interval(
            _mean(
                r.figures[name][metric] - r.figures["model"][metric]
                for r in both
                if r.figures[name].get(metric) is not None
            )
        )
        for metric in COMPARED
    }


def _demographics_gain(overall: list[_Replicates]) -> Interval | None:
    """NLL that knowing the demographics saves a logistic regression, nats per answer."""
    names = ("training_marginals", "logistic_regression")
    gains = [
        r.figures[names[0]]["nll"] - r.figures[names[1]]["nll"]
        for r in overall
        if all(name in r.figures for name in names)
    ]
    return interval(_mean(gains)) if gains else None


def _question_worth(found: _Replicates) -> float | None:
    """Interviews the shares of one question are worth; None where that exceeds its effective base."""
    worth = interviews_worth([float(k[0]) for k in found.plain_kl], found.answers, found.n_effective)
    return worth if worth is not None and worth <= np.mean(found.n_effective) else None


def _worth(overall: list[_Replicates]) -> Interval:
    """Interviews the simulated shares are worth, pooled over questions, with an interval."""
    # KL of every item, (1 + B,) each; only their sum enters
    distances = [k for r in overall for k in r.plain_kl]
    answers = [k for r in overall for k in r.answers]
    bases = [n for r in overall for n in r.n_effective]
    if not distances:
        return Interval(None, None, None)
    pooled = np.sum(distances, axis=0)
    # large distances are few interviews: the upper percentile is the interval's lower end
    far, near = np.nanpercentile(pooled[1:], [(100 + LEVEL) / 2, (100 - LEVEL) / 2])

    def worth(distance: float, noises: int) -> float | None:
        spread_out = [distance / len(answers)] * len(answers)
        return interviews_worth(spread_out, answers, bases, noises)

    # a replicate is off by the sample's noise and by its own, hence two noises
    return Interval(worth(pooled[0], 1), worth(far, 2), worth(near, 2))
