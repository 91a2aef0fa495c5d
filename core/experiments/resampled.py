"""Bootstrap of the figures of variants, with the same draws of test respondents for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.accuracy import Decoder
from core.comparison.compare import LogProbs
from core.comparison.measures import real_answers
from core.comparison.resampling import (
    LEVEL,
    Forecast,
    Interval,
    drawn_figures,
    drawn_means,
    drawn_weights,
    interval,
)
from core.experiments.design import ORDERED_TYPES, Experiment
from core.models.temperature import temper
from core.survey.codebook import Item, Question
from core.survey.respondents import SurveyData

FIGURES = {"kl": "kl", "nll": "nll", "rmse": "rmse_scaled"}
"""Figure of a bootstrap -> its name in a row of an experiment."""
REPLICATES = 1000
"""Bootstrap replicates, B in the shapes below."""

Figures = dict[str, np.ndarray]
"""Figure -> shape (1 + B,): the value of the sample, then those of the replicates."""


@dataclass(frozen=True)
class Predictions:
    """Log-probabilities of a variant for the test respondents, item key -> (n, K), and how they are read."""

    logprob: LogProbs
    temperature: float
    decoder: Decoder


@dataclass(frozen=True)
class Resampled:
    """Variant -> figure ("kl", "rmse_scaled", "nll") -> values of sample and replicates, (1 + B,)."""

    values: Mapping[str, Mapping[str, np.ndarray]]

    def of(self, name: str, figure: str) -> np.ndarray | None:
        """Values of a figure of a variant, shape (1 + B,); None where it has no meaning."""
        return self.values[name].get(figure)

    def gap(self, first: str, second: str, figure: str, looks: int = 1) -> Interval:
        """Difference first minus second with a 95 % interval; all None where one of them lacks the figure.

        With several `looks`, for example when the best of four is taken, the interval is as much wider
        as keeps all of them right in 95 of 100 samples (Bonferroni).
        """
        one, other = self.of(first, figure), self.of(second, figure)
        return between(None if one is None or other is None else one - other, looks)


def between(difference: np.ndarray | None, looks: int = 1) -> Interval:
    """Interval of a difference of figures, shape (1 + B,); see `Resampled.gap`."""
    return interval(difference, 100 - (100 - LEVEL) / looks)


def resample(
    real: SurveyData, readings: Mapping[str, Predictions], experiment: Experiment, seed: int = 0
) -> Resampled:
    """Figures of every variant under bootstrap draws of the test respondents, the same draws for all.

    KL and NLL are means over the questions an experiment is about, RMSE over scales and numbers. A
    variant has a figure only if it answers all questions any variant answers: others would not compare.
    """
    # (1 + B, n): survey weights, then survey weights times how often each replicate draws a respondent
    weights = drawn_weights(real, REPLICATES, seed)
    known = {key for reading in readings.values() for key in reading.logprob}
    # question -> variant -> figure -> (1 + B,), kept once per kind of mean it enters
    found: dict[str, dict[str, dict[str, Figures]]] = {"headline": {}, "ordered": {}, "all": {}}
    for question in real.codebook.questions:
        if all(item.key in known and _is_answered(real, item) for item in question.items):
            figures = _question(question, real, readings, weights)
            found["all"][question.column] = figures
            if question.type in experiment.kinds:
                found["headline"][question.column] = figures
            if question.type in ORDERED_TYPES:
                found["ordered"][question.column] = figures
    # without a question of the kinds an experiment compares, KL and NLL are means over all questions
    headline = list((found["headline"] or found["all"]).values())
    counted = {"kl": headline, "nll": headline, "rmse": list(found["ordered"].values())}
    # mean over questions, (1 + B,); a variant that lacks a figure for one question lacks its mean
    return Resampled(
        {
            name: {
                shown: np.mean([q[name][figure] for q in counted[figure]], axis=0)
                for figure, shown in FIGURES.items()
                if counted[figure] and all(figure in q.get(name, ()) for q in counted[figure])
            }
            for name in readings
        }
    )


def _is_answered(real: SurveyData, item: Item) -> bool:
    """Whether a test respondent answered the item, on the scale where there is one."""
    answers = real.answers[item.key].to_numpy()
    on_scale = (
        np.isfinite(item.value_array) if item.type in ORDERED_TYPES else np.ones(len(item.answers), bool)
    )
    return bool(on_scale[answers[answers >= 0]].any())


def _question(
    question: Question, real: SurveyData, readings: Mapping[str, Predictions], weights: np.ndarray
) -> dict[str, Figures]:
    """Variant -> figure -> (1 + B,), mean over items; without variants that do not answer the question."""
    figures: dict[str, list[Figures]] = {}
    for item in question.items:
        # m of n respondents answered; forecasts are (m, K) probabilities at the variant's temperature
        answered = real_answers(item, real.answers[item.key].to_numpy(), real.weights)
        forecasts = {
            name: Forecast(
                temper(np.asarray(reading.logprob[item.key])[answered.rows], reading.temperature),
                reading.decoder,
                reading.decoder,
            )
            for name, reading in readings.items()
            if item.key in reading.logprob
        }
        # one pass over the replicates for all variants: they share the draws and the real shares
        means = drawn_means(answered, weights[:, answered.rows], forecasts)
        for name, forecast in forecasts.items():
            figures.setdefault(name, []).append(drawn_figures(answered, means, name, forecast))
    return {
        name: {figure: np.mean([f[figure] for f in rows], axis=0) for figure in rows[0]}
        for name, rows in figures.items()
    }
