"""Toplines: the real answers to each question with bases, shares and their margin of error.

Shares are weighted, of those who answered. Margins of error belong to real respondents only: they use the
effective base, so the design effect of the weights is in them. A generated survey has none. Who was not
asked is distinguished from who did not answer (see `core.survey.routing`).
"""

import math
from dataclasses import dataclass

import numpy as np

from core.survey.codebook import Question, QuestionType
from core.survey.respondents import MISSING, SurveyData
from core.survey.routing import Routing, find_routing
from core.survey.shares import SMALL_BASE, Z_95, effective_base


@dataclass(frozen=True)
class ToplineRow:
    """One answer option, or one step of a number question.

    Attributes
    ----------
    answer
        Its label.
    n
        Respondents who gave it, unweighted.
    share
        Weighted share of those who answered, 0 to 1; NaN when nobody did.
    margin
        Half the width of the 95 % confidence interval of `share`; None for a small base or no real people.
    """

    answer: str
    n: int
    share: float
    margin: float | None


@dataclass(frozen=True)
class Topline:
    """The answers to one question.

    Attributes
    ----------
    question
        The question.
    n
        Unweighted base: respondents with a weight who answered.
    weighted_base
        Sum of their weights (weights have mean 1 over all respondents).
    effective_base
        Equally weighted respondents that would be as precise, at most `n`.
    n_missing, n_not_asked
        Respondents without an answer: asked, and not asked as far as it shows.
    filters
        Why some were not asked, in words.
    rows
        One per answer option in codebook order; number questions are grouped in about ten steps.
    mean, mean_margin
        Weighted mean of the answers on the scale (`Item.scale_points`) and its 95 % margin;
        None where a mean has no meaning.
    """

    question: Question
    n: int
    weighted_base: float
    effective_base: float
    n_missing: int
    n_not_asked: int
    filters: tuple[str, ...]
    rows: tuple[ToplineRow, ...]
    mean: float | None = None
    mean_margin: float | None = None

    @property
    def design_effect(self) -> float:
        """Variance over that of equally weighted respondents, 1 or more; NaN without answers."""
        return self.n / self.effective_base if self.effective_base else math.nan


def margin_of_error(share: float, base: float) -> float:
    """Half the width of the 95 % confidence interval of a share: 1.96 sqrt(p (1 - p) / n).

    For a share of 0 or 1, where that formula gives no width, the rule of three: 3 / n.

    Parameters
    ----------
    share
        0 to 1.
    base
        Effective base, so that the design effect of the weights is in the margin.

    Source: Cochran, Sampling Techniques (1977), section 3.6; the rule of three is
    doi:10.1001/jama.1983.03330370053031.

    Examples
    --------
    >>> round(margin_of_error(0.5, 1000), 4)
    0.031
    >>> round(margin_of_error(0.2, 400), 4), margin_of_error(0.0, 300)
    (0.0392, 0.01)
    """
    if min(share, 1 - share) < 1e-9:
        return min(3 / base, 1.0)
    return Z_95 * math.sqrt(share * (1 - share) / base)


def toplines(data: SurveyData) -> tuple[Topline, ...]:
    """Topline of every question, in questionnaire order."""
    routing = find_routing(data)
    return tuple(
        question_topline(data, question, routing[question.column]) for question in data.codebook.questions
    )


def question_topline(data: SurveyData, question: Question, routing: Routing | None = None) -> Topline:
    """Topline of one question.

    Parameters
    ----------
    data
        Real respondents; when the codebook says they are generated there is no margin of error.
    question
        One of the codebook's.
    routing
        Who was asked; worked out when left out.
    """
    routing = routing or find_routing(data)[question.column]
    # (n,) a respondent of weight 0 counts for nothing, here as in the banner tables
    counts = data.weights > 0
    answered = routing.answered & counts
    weights = data.weights[answered]
    n = int(answered.sum())
    base = effective_base(weights)
    with_margin = base >= SMALL_BASE and not data.codebook.extra.get("generated")
    rows = [
        ToplineRow(answer, count, share, margin_of_error(share, base) if with_margin else None)
        for answer, count, share in _counts(data, question, answered)
    ]
    mean, mean_margin = _mean(data, question, answered, with_margin)
    return Topline(
        question=question,
        n=n,
        weighted_base=float(weights.sum()),
        effective_base=base,
        n_missing=int((routing.missing & counts).sum()),
        n_not_asked=int((routing.not_asked & counts).sum()),
        filters=routing.reasons,
        rows=tuple(rows),
        mean=mean,
        mean_margin=mean_margin,
    )


def _counts(data: SurveyData, question: Question, answered: np.ndarray) -> list[tuple[str, int, float]]:
    """Label, unweighted count and weighted share (0 to 1) of each answer, in rows of the topline."""
    found = []
    weights = data.weights[answered]
    for item in question.items:
        codes = data.answers[item.key].to_numpy()[answered]  # (n answered,), none missing
        k = len(item.answers)
        counts = np.bincount(codes, minlength=k)
        total = weights.sum()
        # (K,) each; a base without weight has no shares
        shares = np.bincount(codes, weights=weights, minlength=k) / total if total > 0 else np.full(k, np.nan)
        if item.part is not None:  # one option of a multi-select: its row is "ticked"
            found.append((item.part, int(counts[item.SELECTED]), float(shares[item.SELECTED])))
        elif question.type is QuestionType.NUMERIC:
            found += _steps(question, counts, shares)
        else:
            found += zip(item.answers, counts.tolist(), np.clip(shares, 0, 1).tolist(), strict=True)
    return found


def _steps(question: Question, counts: np.ndarray, shares: np.ndarray) -> list[tuple[str, int, float]]:
    """Rows of a number question: about ten equal steps of its range, then its non-substantive answers."""
    n = len(question.grid)
    size = max(1, n // 10)
    # (n,) step of each grid number, `size` of them to a step
    step_of = np.minimum(np.arange(n) // size, n // size - 1)  # the last step takes the rest
    rows = []
    for step in range(n // size):
        inside = np.flatnonzero(step_of == step)
        low, high = question.grid[inside[0]], question.grid[inside[-1]]
        label = f"{low:g} to {high:g}" if high > low else f"{low:g}"
        share = float(np.clip(shares[inside].sum(), 0, 1))
        rows.append((label, int(counts[inside].sum()), share))
    # non-substantive answers are coded behind the grid
    refusals = zip(question.non_substantive, counts[n:].tolist(), shares[n:].tolist(), strict=True)
    return rows + list(refusals)


def _mean(
    data: SurveyData, question: Question, answered: np.ndarray, with_margin: bool
) -> tuple[float | None, float | None]:
    """Weighted mean of `Item.scale_points` and its 95 % margin; None where they have no meaning."""
    if question.type not in (QuestionType.NUMERIC, QuestionType.ORDINAL):
        return None, None
    item = question.items[0]
    codes = data.answers[item.key].to_numpy()
    # (n,) scale points; NaN for a missing or non-substantive answer, which a mean leaves out
    values = np.where(codes == MISSING, np.nan, item.scale_points[codes])
    on_scale = answered & np.isfinite(values)
    weights = data.weights[on_scale]
    if not weights.sum() > 0:
        return None, None
    mean = float(np.average(values[on_scale], weights=weights))
    variance = float(np.average((values[on_scale] - mean) ** 2, weights=weights))
    base = effective_base(weights)  # of those on the scale, smaller than that of the shares
    return mean, Z_95 * math.sqrt(variance / base) if with_margin and base >= SMALL_BASE else None
