"""Simulated against real answers: every figure per question and overall, with floors and baselines.

The overall figures are means over the single-choice and ordinal questions (or over all, if a survey
has neither), each question counting the same; `by_type` has all four types. A "select all that apply"
question is the mean over its options, each a yes/no item.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.comparison.accuracy import Decoder
from core.comparison.measures import Figures, floor, mean_figures, measure, real_answers
from core.survey.codebook import Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base

HEADLINE_TYPES = (QuestionType.SINGLE, QuestionType.ORDINAL)
NOT_GIVEN = "(not given)"

LogProbs = Mapping[str, np.ndarray]
"""Item key -> log-probabilities, shape (n respondents, K), at temperature 1."""
Temperatures = float | Mapping[str, float]
"""One temperature for all questions, or question type -> temperature."""


def temperature_of(temperature: Temperatures, kind: QuestionType) -> float:
    """The temperature questions of a type are read at; 1 for a type that is not named.

    >>> temperature_of(0.8, QuestionType.SINGLE), temperature_of({"single": 0.7}, QuestionType.ORDINAL)
    (0.8, 1.0)
    """
    return float(temperature.get(str(kind), 1.0)) if isinstance(temperature, Mapping) else float(temperature)


def printed_temperature(temperature: Temperatures) -> str:
    """As a reader sees it.

    >>> printed_temperature(0.8), printed_temperature({"single": 0.7, "ordinal": 0.95})
    ('0.80', 'single 0.70, ordinal 0.95')
    """
    if isinstance(temperature, Mapping):
        return ", ".join(f"{kind} {value:.2f}" for kind, value in temperature.items())
    return f"{temperature:.2f}"


@dataclass(frozen=True)
class QuestionComparison:
    """Figures of one question.

    Attributes
    ----------
    column, text, type
        The question.
    n, n_effective
        Respondents who answered it, unweighted, and their effective base.
    model, baselines, floor
        Figures (see `core.comparison.measures`) of the simulation, of each baseline by name, and of a
        perfect simulation.
    """

    column: str
    text: str
    type: QuestionType
    n: int
    n_effective: float
    model: Figures
    baselines: Mapping[str, Figures]
    floor: Figures

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "column": self.column,
            "text": self.text,
            "type": str(self.type),
            "n": self.n,
            "n_effective": self.n_effective,
            "model": dict(self.model),
            "baselines": {name: dict(figures) for name, figures in self.baselines.items()},
            "floor": dict(self.floor),
        }


@dataclass(frozen=True)
class Comparison:
    """Simulated against real answers of one group of respondents.

    Attributes
    ----------
    questions
        One entry per simulated question, in questionnaire order.
    temperature, decoder
        How the model was read, see `Temperatures`; baselines are always read at temperature 1.
    split
        Splits the respondents belong to, e.g. "test" or "validation+test".
    """

    questions: tuple[QuestionComparison, ...]
    temperature: Temperatures
    decoder: Decoder
    split: str

    @property
    def overall(self) -> dict[str, Any]:
        """`model`, `baselines`, `floor`: means over questions; `by_type` the same for each type."""
        headline = [q for q in self.questions if q.type in HEADLINE_TYPES] or self.questions
        by_type = {
            str(kind): _summary(q for q in self.questions if q.type is kind)
            for kind in QuestionType
            if any(q.type is kind for q in self.questions)
        }
        return _summary(headline) | {"by_type": by_type}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the contract of ``compare --json``."""
        return {
            "overall": self.overall,
            "questions": [question.to_dict() for question in self.questions],
            "temperature": dict(self.temperature)
            if isinstance(self.temperature, Mapping)
            else self.temperature,
            "decoder": str(self.decoder),
            "split": self.split,
        }


def compare(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures = 1.0,
    decoder: Decoder | str = Decoder.EXPECTED,
    weights: np.ndarray | None = None,
) -> Comparison:
    """Compare simulated with real answers.

    Parameters
    ----------
    real
        The n respondents to compare with; none of them may have been trained on.
    model
        Log-probabilities of the same respondents in the same order. Questions it lacks are left out.
    baselines
        Name -> log-probabilities likewise, see `core.comparison.baselines`; the un-tuned model too.
    temperature
        Temperature the model is read at, or one per question type.
    decoder
        How answers are read, see `Decoder`.
    weights
        Shape (n,), None for the survey's weights.
    """
    decoder = Decoder(decoder)
    weights = real.weights if weights is None else weights
    questions = tuple(
        _compare_question(real, question, model, baselines, temperature, decoder, weights)
        for question in real.codebook.questions
        if all(item.key in model for item in question.items)
    )
    splits = [s for s in ("train", "validation", "test") if s in set(real.split)]
    read_at = dict(temperature) if isinstance(temperature, Mapping) else float(temperature)
    return Comparison(questions, read_at, decoder, "+".join(splits))


def compare_by(
    real: SurveyData,
    model: LogProbs,
    column: str,
    baselines: Mapping[str, LogProbs] | None = None,
    temperature: Temperatures = 1.0,
    decoder: Decoder | str = Decoder.EXPECTED,
) -> dict[str, dict[str, Any]]:
    """The overall comparison within each category of a demographic.

    Parameters
    ----------
    real, model, baselines, temperature, decoder
        As for `compare`.
    column
        Column of the demographic.

    Returns
    -------
    dict
        Category -> `n`, `n_effective`, `suppressed` and, unless the effective base is below 30,
        `model`, `baselines` and `floor` as in `Comparison.overall`. Within a category, questions
        answered by an effective base below 30 are left out. Respondents without the demographic are
        under "(not given)".

    Raises
    ------
    CodebookError
        If the survey has no such demographic.
    """
    demographic = real.codebook.demographic(column)
    given = real.profiles[demographic.column]
    values = given.astype(object).where(given.notna(), NOT_GIVEN).to_numpy()
    groups = {}
    for option in (*demographic.options, NOT_GIVEN):
        rows = np.flatnonzero((values == option) & (real.weights > 0))
        if len(rows):
            groups[option] = _compare_group(real, model, baselines or {}, rows, temperature, Decoder(decoder))
    return groups


def _compare_group(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    rows: np.ndarray,
    temperature: Temperatures,
    decoder: Decoder,
) -> dict[str, Any]:
    group = real.take(rows)
    base = effective_base(group.weights)
    result: dict[str, Any] = {"n": len(rows), "n_effective": base, "suppressed": base < SMALL_BASE}
    if base < SMALL_BASE:
        return result
    of_group = {name: {k: table[rows] for k, table in tables.items()} for name, tables in baselines.items()}
    found = compare(group, {k: table[rows] for k, table in model.items()}, of_group, temperature, decoder)
    large = [q for q in found.questions if q.n_effective >= SMALL_BASE]
    headline = [q for q in large if q.type in HEADLINE_TYPES] or large
    return result | _summary(headline)


def _compare_question(
    real: SurveyData,
    question: Question,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures,
    decoder: Decoder,
    weights: np.ndarray,
) -> QuestionComparison:
    answered = [real_answers(item, real.answers[item.key].to_numpy(), weights) for item in question.items]
    marginals = baselines.get("training_marginals", {})
    keys = [item.key for item in question.items]
    here = temperature_of(temperature, question.type)
    return QuestionComparison(
        column=question.column,
        text=question.text,
        type=question.type,
        n=max(a.n for a in answered),
        n_effective=max(a.n_effective for a in answered),
        model=mean_figures(measure(a, model[a.item.key], here, decoder) for a in answered),
        baselines={
            name: mean_figures(measure(a, tables[a.item.key], 1.0, decoder) for a in answered)
            for name, tables in baselines.items()
            if all(key in tables for key in keys)
        },
        floor=mean_figures(
            floor(a, np.exp(marginals[a.item.key][0]) if a.item.key in marginals else None) for a in answered
        ),
    )


def _summary(questions: Iterable[QuestionComparison]) -> dict[str, Any]:
    questions = list(questions)
    names = dict.fromkeys(name for q in questions for name in q.baselines)
    return {
        "questions": len(questions),
        "model": _overall(q.model for q in questions),
        "baselines": {name: _baseline_summary(name, questions) for name in names},
        "floor": mean_figures(q.floor for q in questions),
    }


def _baseline_summary(name: str, questions: list[QuestionComparison]) -> Figures:
    """Means over questions; only the figures that are means over the same questions as the model's."""
    found = _overall(q.baselines[name] for q in questions if name in q.baselines)
    lacking = [q for q in questions if name not in q.baselines]
    missing = {figure for q in lacking for figure, value in q.model.items() if value is not None}
    if lacking:
        missing.add("simbench")
    return {figure: None if figure in missing else value for figure, value in found.items()}


def _overall(figures: Iterable[Figures]) -> Figures:
    """Means over questions, and SimBench's score S = 100 (1 - mean TV / mean TV of uniform shares)."""
    found = mean_figures(figures)
    tv, uniform = found.get("tv"), found.get("tv_uniform")
    return found | {"simbench": 100 * (1 - tv / uniform) if tv is not None and uniform else None}
