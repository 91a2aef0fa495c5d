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
from core.comparison.divergence import effective_base
from core.comparison.measures import Figures, floor, mean_figures, measure, real_answers
from core.errors import CodebookError
from core.survey.codebook import Question, QuestionType
from core.survey.respondents import SurveyData

SMALL_BASE = 30
"""Groups with a smaller effective base are not shown."""
HEADLINE_TYPES = (QuestionType.SINGLE, QuestionType.ORDINAL)
NOT_GIVEN = "(not given)"

LogProbs = Mapping[str, np.ndarray]
"""Item key -> log-probabilities, shape (n respondents, K), at temperature 1."""


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
        How the model was read; baselines are always read at temperature 1.
    split
        Splits the respondents belong to, e.g. "test" or "validation+test".
    """

    questions: tuple[QuestionComparison, ...]
    temperature: float
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
            "temperature": self.temperature,
            "decoder": str(self.decoder),
            "split": self.split,
        }


def compare(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    temperature: float = 1.0,
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
        Temperature the model is read at.
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
    return Comparison(questions, float(temperature), decoder, "+".join(splits))


def compare_by(
    real: SurveyData,
    model: LogProbs,
    column: str,
    baselines: Mapping[str, LogProbs] | None = None,
    temperature: float = 1.0,
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
    if column not in real.profiles.columns:
        raise CodebookError(
            "There is no such demographic.",
            where="codebook",
            got=column,
            fix="Use one of: " + ", ".join(map(str, real.profiles.columns)) + ".",
        )
    demographic = next(d for d in real.codebook.demographics if d.column == column)
    values = real.profiles[column].astype(object).where(real.profiles[column].notna(), NOT_GIVEN).to_numpy()
    groups = {}
    for option in (*demographic.options, NOT_GIVEN):
        rows = np.flatnonzero(values == option)
        if len(rows):
            groups[option] = _compare_group(real, model, baselines or {}, rows, temperature, Decoder(decoder))
    return groups


def _compare_group(
    real: SurveyData,
    model: LogProbs,
    baselines: Mapping[str, LogProbs],
    rows: np.ndarray,
    temperature: float,
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
    temperature: float,
    decoder: Decoder,
    weights: np.ndarray,
) -> QuestionComparison:
    answered = [real_answers(item, real.answers[item.key].to_numpy(), weights) for item in question.items]
    marginals = baselines.get("training_marginals", {})
    keys = [item.key for item in question.items]
    return QuestionComparison(
        column=question.column,
        text=question.text,
        type=question.type,
        n=max(a.n for a in answered),
        n_effective=max(a.n_effective for a in answered),
        model=mean_figures(measure(a, model[a.item.key], temperature, decoder) for a in answered),
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
        "model": mean_figures(q.model for q in questions),
        "baselines": {
            name: mean_figures(q.baselines[name] for q in questions if name in q.baselines) for name in names
        },
        "floor": mean_figures(q.floor for q in questions),
    }
