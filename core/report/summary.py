"""Key figures of a comparison in plain words: how close, and beside which yardstick.

Distances are total variation, said as answers out of 100 that would have to move, always beside what chance
alone gives. They stand under the verdicts of `core.report.verdicts` and judge by the same rules. Simulated
answers are never described as what people say.
"""

import math
import textwrap
from dataclasses import dataclass

from core.comparison.comparison import Comparison, QuestionComparison
from core.comparison.resampling import Interval
from core.comparison.uncertainty import Uncertainty
from core.report.judging import GOOD, OPEN, POOR, judge
from core.survey.shares import SMALL_BASE


@dataclass(frozen=True)
class KeyFigure:
    """One figure of the summary: the number, what it counts, what to hold it against."""

    value: str
    text: str
    beside: str = ""


@dataclass(frozen=True)
class Summary:
    """Key figures, and a sentence about the closest and the furthest question."""

    figures: tuple[KeyFigure, ...]
    extremes: str


def summarise(comparison: Comparison, uncertainty: Uncertainty) -> Summary:
    """Summary of a comparison, without questions of fewer than `SMALL_BASE` real answers.

    Parameters
    ----------
    comparison
        Figures of the held-out respondents.
    uncertainty
        Noise bands that questions are judged by, and equivalent numbers of interviews.
    """
    overall = comparison.overall
    plain = overall.baselines.get("training_marginals")
    # suppression: a question of few respondents is neither counted nor named
    questions = [q for q in comparison.questions if q.n >= SMALL_BASE and q.model.tv is not None]
    figures = [
        _moved(_figure(overall.model.tv), _figure(overall.floor.tv)),
        _within(questions, uncertainty),
        _against(_figure(plain.tv if plain else None), uncertainty),
        _interviews(uncertainty.worth),
    ]
    return Summary(tuple(figure for figure in figures if figure), _extremes(questions))


def of_hundred(share: float) -> str:
    """Share (0 to 1) in words, as answers out of 100.

    >>> of_hundred(0.0412)
    '4.1 of 100'
    """
    return f"{100 * share:.1f} of 100"


def _moved(moved: float, chance: float) -> KeyFigure | None:
    """Mean total variation beside its noise floor; None where it is not defined."""
    if not math.isfinite(moved):
        return None
    beside = f"{of_hundred(chance)} by chance alone" if math.isfinite(chance) else ""
    return KeyFigure(of_hundred(moved), "answers would have to move to match the real shares", beside)


def _within(questions: list[QuestionComparison], uncertainty: Uncertainty) -> KeyFigure | None:
    """Number of questions within the noise band of a perfect simulation, and of those clearly outside."""
    judged = [judge(q.model.kl, uncertainty.question_floor[q.column].get("kl")) for q in questions]
    judged = [level for level in judged if level != OPEN]
    if not judged:
        return None
    far = judged.count(POOR)
    return KeyFigure(
        f"{judged.count(GOOD)} of {len(judged)}",
        "questions are no further off than chance explains",
        f"{far} {'is' if far == 1 else 'are'} clearly further off",
    )


def _against(moved: float, uncertainty: Uncertainty) -> KeyFigure | None:
    """Model against the training marginals, whose total variation is `moved`, by the gain in KL."""
    gain = uncertainty.gains.get("training_marginals", {}).get("kl")
    if gain is None or gain.value is None or not math.isfinite(moved):
        return None
    # a gain above 0 means the model is closer; within an interval that holds 0 both are alike
    closer, further = gain.low is not None and gain.low > 0, gain.high is not None and gain.high < 0
    return KeyFigure(
        "Closer" if closer else "Not as close" if further else "As close",
        f"{'than' if closer else 'as'} simply repeating the shares of the survey it learned from",
        f"which would be off by {of_hundred(moved)}",
    )


def _interviews(worth: Interval) -> KeyFigure | None:
    """Equivalent number of real interviews; a value of None means more than the sample can show."""
    if worth.low is None:
        return None
    text = "real interviews would be as close to the truth"
    if worth.value is None:
        return KeyFigure("More than can be told", text, f"at least {worth.low:,.0f}")
    high = "more than this sample can tell" if worth.high is None else f"{worth.high:,.0f}"
    return KeyFigure(f"About {worth.value:,.0f}", text, f"{worth.low:,.0f} to {high}, with 95 % confidence")


def _extremes(questions: list[QuestionComparison]) -> str:
    """Sentence naming the questions with the least and the most total variation; empty for one question."""
    if len(questions) < 2:
        return ""
    best, worst = (pick(questions, key=lambda q: _figure(q.model.tv)) for pick in (min, max))
    low, high = (of_hundred(_figure(q.model.tv)) for q in (best, worst))
    closest = f"Closest: “{_short(best.text)}” ({low} answers would have to move)."
    return f"{closest} Furthest: “{_short(worst.text)}” ({high})."


def _short(text: str) -> str:
    return textwrap.shorten(text, 110, placeholder=" …")


def _figure(value: float | None) -> float:
    return math.nan if value is None else float(value)
