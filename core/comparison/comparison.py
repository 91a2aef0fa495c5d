"""Comparison of simulated with real answers: figures per question, their means, how the model was read.

Inside the process these are typed; `to_dict` gives the contract of ``compare --json`` and `metrics.json`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.comparison.accuracy import Decoder
from core.comparison.figures import Figures, FloorFigures, mean_figures, mean_floor
from core.survey.codebook import QuestionType

HEADLINE_TYPES = (QuestionType.SINGLE, QuestionType.ORDINAL)
Temperatures = float | Mapping[str, float]
"""One temperature for all questions, or question type -> temperature."""


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
        Figures of the simulation, of each baseline by name, and of a perfect simulation.
    """

    column: str
    text: str
    type: QuestionType
    n: int
    n_effective: float
    model: Figures
    baselines: Mapping[str, Figures]
    floor: FloorFigures

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "column": self.column,
            "text": self.text,
            "type": str(self.type),
            "n": self.n,
            "n_effective": self.n_effective,
            "model": self.model.to_dict(),
            "baselines": {name: figures.to_dict() for name, figures in self.baselines.items()},
            "floor": self.floor.to_dict(),
        }


@dataclass(frozen=True)
class OverallFigures(Figures):
    """Means over questions, with SimBench's score S = 100 (1 - mean TV / mean TV of uniform shares)."""

    simbench: float | None = None


@dataclass(frozen=True)
class Summary:
    """Means over a number of questions, each counting the same.

    Attributes
    ----------
    questions
        How many.
    model, baselines, floor
        Figures of the simulation, of each baseline by name, and of a perfect simulation.
    """

    questions: int
    model: OverallFigures
    baselines: Mapping[str, OverallFigures]
    floor: FloorFigures

    @classmethod
    def of(cls, questions: Sequence[QuestionComparison]) -> "Summary":
        """Means over these questions."""
        names = dict.fromkeys(name for q in questions for name in q.baselines)
        return cls(
            questions=len(questions),
            model=_overall(q.model for q in questions),
            baselines={name: _baseline_summary(name, questions) for name in names},
            floor=mean_floor(q.floor for q in questions),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; no figures of no question."""
        if not self.questions:
            return {"questions": 0, "model": {"simbench": None}, "baselines": {}, "floor": {}}
        return {
            "questions": self.questions,
            "model": self.model.to_dict(),
            "baselines": {name: figures.to_dict() for name, figures in self.baselines.items()},
            "floor": self.floor.to_dict(),
        }


@dataclass(frozen=True)
class GroupComparison:
    """Simulated against real answers of one category of a demographic.

    Attributes
    ----------
    n, n_effective
        Its respondents, unweighted, and their effective base.
    summary
        Means over the questions answered by enough of them; None for a group too small to be shown.
    """

    n: int
    n_effective: float
    summary: Summary | None

    @property
    def suppressed(self) -> bool:
        """Whether the group is too small to be shown."""
        return self.summary is None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        base = {"n": self.n, "n_effective": self.n_effective, "suppressed": self.suppressed}
        return base | (self.summary.to_dict() if self.summary else {})


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

    @cached_property
    def overall(self) -> Summary:
        """Means over the single-choice and ordinal questions, or over all if there are none."""
        return Summary.of([q for q in self.questions if q.type in HEADLINE_TYPES] or self.questions)

    @cached_property
    def by_type(self) -> dict[str, Summary]:
        """Question type -> means over the questions of that type; only types that occur."""
        of_type = {kind: [q for q in self.questions if q.type is kind] for kind in QuestionType}
        return {str(kind): Summary.of(questions) for kind, questions in of_type.items() if questions}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the contract of ``compare --json``."""
        by_type = {kind: summary.to_dict() for kind, summary in self.by_type.items()}
        return {
            "overall": self.overall.to_dict() | {"by_type": by_type},
            "questions": [question.to_dict() for question in self.questions],
            "temperature": dict(self.temperature)
            if isinstance(self.temperature, Mapping)
            else self.temperature,
            "decoder": str(self.decoder),
            "split": self.split,
        }


def _baseline_summary(name: str, questions: Sequence[QuestionComparison]) -> OverallFigures:
    """Means over questions; only the figures that are means over the same questions as the model's."""
    found = _overall(q.baselines[name] for q in questions if name in q.baselines)
    lacking = [q for q in questions if name not in q.baselines]
    missing = {figure for q in lacking for figure, value in q.model.to_dict().items() if value is not None}
    if lacking:
        missing.add("simbench")
    return replace(found, **dict.fromkeys(missing))


def _overall(figures: Iterable[Figures]) -> OverallFigures:
    found = mean_figures(figures)
    score = 100 * (1 - found.tv / found.tv_uniform) if found.tv is not None and found.tv_uniform else None
    return OverallFigures(**found.to_dict(), simbench=score)
