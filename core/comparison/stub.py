"""Stub of a table: which rows a question gets, each a fixed function of its answer distribution.

Every row is arithmetic on shares, so it means the same for real and for simulated answers. Shares and boxes
are of everybody who answered, answers such as "Don't know" included, so that a box is the sum of the shares
shown above it. Mean and Net Promoter Score are of those who gave an answer on the scale.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.survey.answer_bands import answer_bands
from core.survey.codebook import Item, Question, QuestionType, format_number
from core.survey.scales import order_options

FEWEST_STEPS, MOST_STEPS = 4, 11
"""Scales with fewer steps have no boxes (top and bottom would overlap), with more steps neither."""
_NPS_SCALE = np.arange(11)
_RECOMMEND = re.compile(
    r"recomm?[ae]n|recomiend|recommand|empf[eio]hl|raccomand|consigli|aanbev|anbefal|rekommend|suositel"
    r"|polec|doporuč|odporúč|рекоменд|推薦|推荐|勧め|薦め|추천|promoter|\bnps\b",
    re.IGNORECASE,
)
"""Asks whether one would recommend something: only then a scale from 0 to 10 has promoters."""


class RowKind(StrEnum):
    """Kind of a row: what it shows."""

    SHARE = "share"
    BOX = "box"
    MEAN = "mean"
    NPS = "nps"

    @property
    def is_share(self) -> bool:
        """Whether the row is a share of those who answered, tested as a proportion."""
        return self in (RowKind.SHARE, RowKind.BOX)


@dataclass(frozen=True)
class StubRow:
    """Row of a table.

    Attributes
    ----------
    kind, label
        What it shows.
    item
        The item it is computed from; a "select all that apply" question has one per option.
    values
        Shape (K,): 1 for answers that count and 0 for others in shares and boxes; the number of each answer
        in a mean; 100, 0 and -100 for promoters, passives and detractors. NaN: left out of the base.
    """

    kind: RowKind
    label: str
    item: Item
    values: np.ndarray


def stub(question: Question) -> tuple[StubRow, ...]:
    """Rows of a question: its answers, then boxes, mean and NPS where its scale has them.

    Examples
    --------
    >>> scale = ("Always", "Often", "Rarely", "Never", "Don't know")
    >>> question = Question("q", "How often?", QuestionType.ORDINAL, scale, non_substantive=("Don't know",))
    >>> [row.label for row in stub(question)[5:]]
    ['Top 2 box: Always, Often', 'Bottom 2 box: Rarely, Never', 'Mean (1 = Always, 4 = Never)']
    """
    if question.type is QuestionType.MULTI:
        return tuple(
            StubRow(RowKind.SHARE, str(item.part), item, item.value_array) for item in question.items
        )
    (item,) = question.items
    bands = answer_bands(item)
    shares = [
        StubRow(RowKind.SHARE, label, item, (bands.band_of == band).astype(float))
        for band, label in enumerate(bands.labels)
    ]
    return (*shares, *_scale_rows(item))


def _scale_rows(item: Item) -> list[StubRow]:
    if not item.is_ordered:
        return []
    steps = np.flatnonzero(np.isfinite(item.value_array))
    rows = []
    if FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        ends = (steps[:2], steps[-2:]) if _falls(item, steps) else (steps[-2:], steps[:2])
        for name, chosen in zip(("Top 2 box", "Bottom 2 box"), ends, strict=True):
            label = f"{name}: {', '.join(item.answers[i] for i in chosen)}"
            counted = np.isin(np.arange(len(item.answers)), chosen).astype(float)
            rows.append(StubRow(RowKind.BOX, label, item, counted))
    if len(steps) > 1:
        rows.append(StubRow(RowKind.MEAN, *_mean(item, steps)))
    if asks_to_recommend(item):
        scores = np.full(len(item.answers), np.nan)
        scores[steps] = np.select([_NPS_SCALE > 8, _NPS_SCALE > 6], [100.0, 0.0], -100.0)
        rows.append(StubRow(RowKind.NPS, "Net Promoter Score (9-10 minus 0-6)", item, scores))
    return rows


def _falls(item: Item, steps: np.ndarray) -> bool:
    """Whether the scale runs from much to little, "Excellent" first; False for words that are not known."""
    words = [item.answers[i] for i in steps]
    return item.type is QuestionType.ORDINAL and order_options(words) == words[::-1]


def _mean(item: Item, steps: np.ndarray) -> tuple[str, Item, np.ndarray]:
    """Label, item and numbers of the mean."""
    low, high = (format_number(item.scale_points[steps[i]]) for i in (0, -1))
    if item.type is QuestionType.NUMERIC or item.first_number is not None:
        return f"Mean ({low} to {high})", item, item.scale_points
    return (
        f"Mean ({low} = {item.answers[steps[0]]}, {high} = {item.answers[steps[-1]]})",
        item,
        item.scale_points,
    )


def asks_to_recommend(item: Item) -> bool:
    """Whether a Net Promoter Score makes sense: would they recommend, from 0 to 10 in numbers.

    The numbers may have words after them. The wording is known in the larger languages of Europe and in
    Chinese, Japanese and Korean.

    Source: Reichheld (2003), "The One Number You Need to Grow", Harvard Business Review 81(12).

    Examples
    --------
    >>> scale, asked = QuestionType.NUMERIC, "How likely are you to recommend us?"
    >>> asks_to_recommend(Question("q", asked, scale, range=(0, 10)).items[0])
    True
    >>> asks_to_recommend(Question("q", "How far do you trust us?", scale, range=(0, 10)).items[0])
    False
    """
    steps = np.isfinite(item.value_array)
    return (
        item.is_ordered
        and bool(_RECOMMEND.search(item.text))
        and np.array_equal(item.scale_points[steps], _NPS_SCALE)
    )
