"""Simulated against real answers: every figure per question and overall, with floors and baselines.

The overall figures are means over the single-choice and ordinal questions (or over all, if a survey
has neither), each question counting the same; `by_type` has all four types. A "select all that apply"
question is the mean over its options, each a yes/no item.
"""

from collections.abc import Mapping

import numpy as np

from core.comparison.accuracy import Decoder
from core.comparison.comparison import (
    HEADLINE_TYPES,
    Comparison,
    GroupComparison,
    QuestionComparison,
    Summary,
    Temperatures,
)
from core.comparison.figures import mean_figures, mean_floor
from core.comparison.measures import floor, measure, real_answers
from core.survey.codebook import Question, QuestionType
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base

NOT_GIVEN = "(not given)"

LogProbs = Mapping[str, np.ndarray]
"""Item key -> log-probabilities, shape (n respondents, K), at temperature 1."""


def temperature_of(temperature: Temperatures, kind: QuestionType) -> float:
    """Temperature that questions of a type are read at; 1 for a type that is not named.

    >>> temperature_of(0.8, QuestionType.SINGLE), temperature_of({"single": 0.7}, QuestionType.ORDINAL)
    (0.8, 1.0)
    """
    return float(temperature.get(str(kind), 1.0)) if isinstance(temperature, Mapping) else float(temperature)


def compare(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures = 1.0,
    decoder: Decoder | str = Decoder.EXPECTED,
    weights: np.ndarray | None = None,
) -> Comparison:
    """Comparison of simulated with real answers, per question.

    Parameters
    ----------
    real
        The n respondents to compare with; none of them may have been trained on.
    model
        Log-probabilities of the same respondents in the same order. Questions it lacks are left out.
    baselines
        Name -> log-probabilities likewise, see `core.comparison.baselines`; the base model too.
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
) -> dict[str, GroupComparison]:
    """Overall comparison within each category of a demographic.

    Parameters
    ----------
    real, model, baselines, temperature, decoder
        As for `compare`.
    column
        Column of the demographic.

    Returns
    -------
    dict
        Category -> figures as in `Comparison.overall`, unless the effective base is below 30. Within a
        category, questions answered by an effective base below 30 are left out. Respondents without the
        demographic are under "(not given)".

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
) -> GroupComparison:
    """Comparison of these respondents only, suppressed below an effective base of 30."""
    group = real.take(rows)
    base = effective_base(group.weights)
    if base < SMALL_BASE:
        return GroupComparison(len(rows), base, None)
    of_group = {name: {k: table[rows] for k, table in tables.items()} for name, tables in baselines.items()}
    found = compare(group, {k: table[rows] for k, table in model.items()}, of_group, temperature, decoder)
    large = [q for q in found.questions if q.n_effective >= SMALL_BASE]
    headline = [q for q in large if q.type in HEADLINE_TYPES] or large
    return GroupComparison(len(rows), base, Summary.of(headline))


def _compare_question(
    real: SurveyData,
    question: Question,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: Temperatures,
    decoder: Decoder,
    weights: np.ndarray,
) -> QuestionComparison:
    """Figures of one question: means over its items for the model, each baseline and the noise floor."""
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
        floor=mean_floor(
            floor(a, np.exp(marginals[a.item.key][0]) if a.item.key in marginals else None) for a in answered
        ),
    )
