"""The result in words for somebody who has never heard of a divergence: how close, and by what yardstick.

Distances are said as answers out of 100 that would have to move, always beside what chance alone gives. The
verdict itself goes by the divergence and its noise floor, as everywhere else. Simulated answers are never
described as what people say.
"""

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.comparison.compare import Comparison, QuestionComparison
from core.comparison.uncertainty import Uncertainty

WITHIN, NEAR = 1.5, 4.0
"""Distance in noise floors up to which a simulation counts as matching, and as close."""


class Grade(StrEnum):
    """How the distance compares with chance; the value is a CSS class."""

    MATCH = "match"
    CLOSE = "close"
    FAR = "far"
    UNKNOWN = "unknown"


_VERDICTS = {
    Grade.MATCH: "The simulated toplines are as close to the real ones as chance in such a sample allows.",
    Grade.CLOSE: "The simulated toplines are close to the real ones, but further off than chance explains.",
    Grade.FAR: "The simulated toplines differ from the real ones by clearly more than chance explains.",
    Grade.UNKNOWN: "The simulation could not be judged: there are too few real answers to compare with.",
}


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the summary: the number, what it counts, what to hold it against."""

    value: str
    text: str
    beside: str = ""


@dataclass(frozen=True)
class Summary:
    """What a reader in a hurry takes away."""

    grade: Grade
    verdict: str
    figures: tuple[KeyFigure, ...]
    findings: tuple[str, ...]


def summarise(comparison: Comparison, smallest: int = 30, uncertainty: Uncertainty | None = None) -> Summary:
    """The summary of a comparison.

    Parameters
    ----------
    comparison
        Of the held-out respondents.
    smallest
        Questions with fewer real answers are left out of counts and examples.
    uncertainty
        Says how many real interviews would be as close; left out without it.
    """
    overall = comparison.to_dict()["overall"]
    model, floor, baselines = overall["model"], overall.get("floor") or {}, overall.get("baselines") or {}
    verdict = grade(_figure(model, "kl"), _figure(floor, "kl"))
    questions = [q for q in comparison.questions if q.n >= smallest and q.model.get("tv") is not None]
    figures = [_moved(model, floor), _within(questions), _against(model, baselines), _interviews(uncertainty)]
    findings = [_extremes(questions), _people(model, baselines)]
    return Summary(
        verdict,
        _VERDICTS[verdict],
        tuple(figure for figure in figures if figure),
        tuple(finding for finding in findings if finding),
    )


def grade(distance: float, floor: float) -> Grade:
    """Judge a distance by its noise floor.

    >>> [str(grade(kl, 0.01)) for kl in (0.015, 0.03, 0.05, float("nan"))]
    ['match', 'close', 'far', 'unknown']
    """
    if not (math.isfinite(distance) and floor > 0):
        return Grade.UNKNOWN
    return (
        Grade.MATCH if distance <= WITHIN * floor else Grade.CLOSE if distance <= NEAR * floor else Grade.FAR
    )


def of_hundred(share: float) -> str:
    """A share of answers as a stakeholder says it.

    >>> of_hundred(0.0412)
    '4.1 of 100'
    """
    return f"{100 * share:.1f} of 100"


def _moved(model: Mapping[str, Any], floor: Mapping[str, Any]) -> KeyFigure | None:
    moved, chance = _figure(model, "tv"), _figure(floor, "tv")
    if not math.isfinite(moved):
        return None
    beside = f"{of_hundred(chance)} by chance alone" if math.isfinite(chance) else ""
    return KeyFigure(of_hundred(moved), "answers would have to move to match the real shares", beside)


def _within(questions: list[QuestionComparison]) -> KeyFigure | None:
    if not questions:
        return None
    grades = [grade(_figure(q.model, "kl"), _figure(q.floor, "kl")) for q in questions]
    far = grades.count(Grade.FAR)
    return KeyFigure(
        f"{grades.count(Grade.MATCH)} of {len(grades)}",
        "questions are no further off than chance explains",
        f"{far} {'is' if far == 1 else 'are'} clearly further off",
    )


def _against(model: Mapping[str, Any], baselines: Mapping[str, Any]) -> KeyFigure | None:
    moved, plain = _figure(model, "tv"), _figure(baselines.get("training_marginals") or {}, "tv")
    if not (math.isfinite(moved) and math.isfinite(plain)):
        return None
    better = _figure(model, "kl") < _figure(baselines["training_marginals"], "kl")
    return KeyFigure(
        "Closer" if better else "Not closer",
        "than simply repeating the shares of the survey it learned from",
        f"which would be off by {of_hundred(plain)}",
    )


def _interviews(uncertainty: Uncertainty | None) -> KeyFigure | None:
    if uncertainty is None or uncertainty.worth.low is None:
        return None
    text, worth = "real interviews would be as close to the truth", uncertainty.worth
    if worth.value is None:
        return KeyFigure("More than can be told", text, f"at least {worth.low:,.0f}")
    high = "more than this sample can tell" if worth.high is None else f"{worth.high:,.0f}"
    return KeyFigure(f"About {worth.value:,.0f}", text, f"{worth.low:,.0f} to {high}, with 95 % confidence")


def _extremes(questions: list[QuestionComparison]) -> str:
    if len(questions) < 2:
        return ""
    best, worst = (pick(questions, key=lambda q: _figure(q.model, "tv")) for pick in (min, max))
    low, high = (of_hundred(_figure(q.model, "tv")) for q in (best, worst))
    closest = f"Closest: “{_short(best.text)}” ({low} answers would have to move)."
    return f"{closest} Furthest: “{_short(worst.text)}” ({high})."


def _people(model: Mapping[str, Any], baselines: Mapping[str, Any]) -> str:
    """Whether the model knows differences between people, which toplines do not show."""
    nll, same = _figure(model, "nll"), _figure(baselines.get("training_marginals") or {}, "nll")
    if not (math.isfinite(nll) and math.isfinite(same)):
        return ""
    gain = 100 * (math.exp(same - nll) - 1)  # of the geometric mean probability
    if abs(gain) < 0.5:
        return (
            "Knowing a person's background hardly helps to foresee the answer: differences between groups in "
            "the simulation carry little information."
        )
    if gain < 0:
        return (
            "For single people the model foresees answers less well than the overall shares do: do not use "
            "its differences between groups."
        )
    return (
        f"Knowing a person's background, the model gives the answer they really gave a {gain:.0f} % higher "
        "probability than the overall shares do."
    )


def _short(text: str) -> str:
    return textwrap.shorten(text, 110, placeholder=" …")


def _figure(figures: Mapping[str, Any], key: str) -> float:
    value = figures.get(key)
    return math.nan if value is None else float(value)
