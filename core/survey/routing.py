"""Routing: respondents who were not asked a question, distinguished from those who did not answer it.

Export files write both as an empty cell, so it is inferred. Not asked are (1) those whose answer to an
earlier question or demographic goes with an empty cell nearly always, while others answer (a filter:
"Never" to "How often do you fly?"), and (2) those who skipped a whole block of questions in a row and went on
after it (a module shown to some). All other empty cells are missing answers, those of people who stopped
early included. A question skipped by chance by everybody with a rare answer cannot be distinguished from a
filter; groups must be large enough that this is all but impossible.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.respondents import MISSING, SurveyData

FILTERED = 0.02
"""At most this share of a filtered group answers nevertheless."""
SMALLEST_GROUP = 10
_CHANCE = math.log(1e-6)
"""Log-probability below which a group without answers is no coincidence."""
_MOST_ANSWERS = 50
"""Numeric questions with more legal answers are not looked at as filters."""
_BLOCK = 3
"""Questions in a row that make a block."""
_SAME = 0.95
"""Overlap (Jaccard) of the empty cells of neighbours in a block."""
_MOST_FILTERS = 4


@dataclass(frozen=True)
class Routing:
    """Who was asked one question.

    Attributes
    ----------
    answered
        Shape (n,), whether there is an answer.
    not_asked
        Shape (n,), whether the question was not put to the respondent, as far as it shows.
    reasons
        Why, in words, one per filter or block.
    """

    answered: np.ndarray
    not_asked: np.ndarray
    reasons: tuple[str, ...] = ()

    @property
    def missing(self) -> np.ndarray:
        """Shape (n,), asked but not answered."""
        return ~self.answered & ~self.not_asked


@dataclass(frozen=True)
class _Filter:
    """An earlier column that may decide who is asked: one code per respondent, -1 unknown."""

    text: str
    answers: tuple[str, ...]
    codes: np.ndarray


def find_routing(data: SurveyData) -> dict[str, Routing]:
    """Routing of each question, by question column.

    Parameters
    ----------
    data
        The respondents; questions in the order they were asked.
    """
    answered = {
        # one item is enough: a multi-select is answered or missing with all its options
        question.column: (data.answers[question.items[0].key] != MISSING).to_numpy()
        for question in data.codebook.questions
    }
    filters = list(_demographic_filters(data))  # grows with every question: only earlier ones can filter
    blocks = _skipped_blocks(answered)
    found = {}
    for question in data.codebook.questions:
        column = question.column
        not_asked, reasons = _filtered(answered[column], filters)
        # (n,) members of a skipped block whom no filter explains
        skipped = blocks.get(column, np.zeros(len(data), dtype=bool)) & ~not_asked
        if skipped.sum() >= SMALLEST_GROUP:
            not_asked = not_asked | skipped
            reasons = (*reasons, "a block of questions shown only to some")
        found[column] = Routing(answered[column], not_asked, reasons)
        filters += _question_filters(data, column)
    return found


def _demographic_filters(data: SurveyData) -> Iterator[_Filter]:
    for demographic in data.codebook.demographics:
        options = list(demographic.options)
        codes = pd.Categorical(data.profiles[demographic.column], categories=options).codes
        yield _Filter(demographic.label, demographic.options, np.asarray(codes, dtype=np.int64))


def _question_filters(data: SurveyData, column: str) -> list[_Filter]:
    question = data.codebook.question(column)
    if question.type is QuestionType.NUMERIC and len(question.items[0].answers) > _MOST_ANSWERS:
        return []
    return [
        _Filter(
            item.text + (f" ({item.part})" if item.part else ""),
            item.answers,
            data.answers[item.key].to_numpy(dtype=np.int64),
        )
        for item in question.items
    ]


def _filtered(answered: np.ndarray, filters: list[_Filter]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Respondents not asked because of earlier answers, shape (n,) bool, and the filters in words."""
    not_asked = np.zeros(len(answered), dtype=bool)
    reasons: list[str] = []
    empty = 1 - answered.mean() if len(answered) else 0.0
    if (~answered).sum() < SMALLEST_GROUP or not answered.any():
        return not_asked, ()
    # Greedy: each round names the filter that explains most of the empty cells still unexplained.
    for _ in range(_MOST_FILTERS):
        best: tuple[_Filter, np.ndarray] | None = None
        group = np.zeros(len(answered), dtype=bool)
        for candidate in filters:
            codes = _filtering_codes(candidate, answered, float(empty))
            # (n,) respondents with a filtering code, no answer and no explanation yet
            inside = np.isin(candidate.codes, codes) & ~answered & ~not_asked if len(codes) else None
            # A later filter must explain more, so that the first of equals, the root of a chain, is named.
            if inside is not None and inside.sum() > group.sum():
                best, group = (candidate, codes), inside
        if best is None or group.sum() < SMALLEST_GROUP:
            break
        not_asked |= group
        reasons.append(_reason(*best))
    return not_asked, tuple(reasons)


def _filtering_codes(candidate: _Filter, answered: np.ndarray, empty: float) -> np.ndarray:
    """Codes of a filter with (nearly) no answers behind them, more than chance would leave empty."""
    known = candidate.codes >= 0
    # (K,) per code of the filter: respondents with it, and how many of them answered the question
    size = np.bincount(candidate.codes[known], minlength=len(candidate.answers))
    given = np.bincount(candidate.codes[known & answered], minlength=len(candidate.answers))
    # A filter lets somebody through: without a code most of whose holders answer it explains nothing.
    open_to_some = (given > 0.5 * size).any()
    if not open_to_some or not 0 < empty < 1:
        return np.zeros(0, dtype=np.int64)
    # If answers were missing at random, all `size` of a group were empty with probability empty ** size.
    closed = (size >= SMALLEST_GROUP) & (given <= FILTERED * size) & (size * math.log(empty) < _CHANCE)
    return np.flatnonzero(closed)


def _reason(candidate: _Filter, codes: np.ndarray) -> str:
    answers = [f'"{candidate.answers[code]}"' for code in codes[:3]]
    more = f" or {len(codes) - 3} more" if len(codes) > 3 else ""
    return f'{" or ".join(answers)}{more} to "{candidate.text}"'


def _skipped_blocks(answered: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Respondents who skipped a whole block, shape (n,) bool, for each question of the block.

    A block is three or more questions in a row with (nearly) the same respondents missing.

    Whoever answers nothing after the block stopped early and is left out.
    """
    columns = list(answered)
    if not columns:
        return {}
    empty = ~np.column_stack([answered[column] for column in columns])  # (n, questions)
    # (n, questions), whether the respondent answers this question or a later one
    later = np.logical_or.accumulate(~empty[:, ::-1], axis=1)[:, ::-1]
    found: dict[str, np.ndarray] = {}
    start = 0
    for j in range(1, len(columns) + 1):
        if j < len(columns) and _same_gaps(empty[:, j - 1], empty[:, j]):
            continue  # question j belongs to the block that began at `start`
        # Block start ... j - 1 ends here. At the end of the questionnaire nobody goes on after it.
        if j - start >= _BLOCK and j < len(columns):
            skipped = empty[:, start:j].all(axis=1) & later[:, j]
            found |= dict.fromkeys(columns[start:j], skipped)
        start = j
    return found


def _same_gaps(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two questions are empty for (nearly) the same respondents, and for more than a handful."""
    either = (one | other).sum()
    return bool(either >= SMALLEST_GROUP and (one & other).sum() >= _SAME * either)
