"""The stub of a table: which rows a question gets, each a fixed function of its answer distribution.

Every row is arithmetic on shares, so it means the same for real and for simulated answers. Shares and boxes
are of everybody who answered, answers such as "Don't know" included, so that a box is the sum of the shares
shown above it. Mean and Net Promoter Score are of those who gave an answer on the scale.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.comparison.bands import answer_bands
from core.survey.codebook import Item, Question, QuestionType, format_number
from core.survey.scales import order_options

FEWEST_STEPS, MOST_STEPS = 4, 11
"""Scales with fewer steps have no boxes (top and bottom would overlap), with more steps neither."""
_NPS_SCALE = tuple(range(11))


class RowKind(StrEnum):
    """What a row of a table shows."""

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
    """One row.

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
    """The rows of a question: its answers, then boxes, mean and NPS where its scale has them.

    Examples
    --------
    >>> scale = ("Always", "Often", "Rarely", "Never", "Don't know")
    >>> question = Question("q", "How often?", QuestionType.ORDINAL, scale, non_substantive=("Don't know",))
    >>> [row.label for row in stub(question)[5:]]
    ['Top 2 box: Always, Often', 'Bottom 2 box: Rarely, Never', 'Mean (1 = Always, 4 = Never)']
    """
    if question.type is QuestionType.MULTI:
        yes = np.array([1.0, 0.0])
        return tuple(StubRow(RowKind.SHARE, str(item.part), item, yes) for item in question.items)
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
    steps = np.flatnonzero(np.isfinite(item.codes))
    rows = []
    if FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        ends = (steps[:2], steps[-2:]) if _falls(item, steps) else (steps[-2:], steps[:2])
        for name, chosen in zip(("Top 2 box", "Bottom 2 box"), ends, strict=True):
            label = f"{name}: {', '.join(item.answers[i] for i in chosen)}"
            counted = np.isin(np.arange(len(item.answers)), chosen).astype(float)
            rows.append(StubRow(RowKind.BOX, label, item, counted))
    if len(steps) > 1:
        rows.append(StubRow(RowKind.MEAN, *_mean(item, steps)))
    if is_nps_scale(item):
        scores = np.full(len(item.answers), np.nan)
        scores[steps] = [100.0 if step > 8 else 0.0 if step > 6 else -100.0 for step in _NPS_SCALE]
        rows.append(StubRow(RowKind.NPS, "Net Promoter Score (9-10 minus 0-6)", item, scores))
    return rows


def _falls(item: Item, steps: np.ndarray) -> bool:
    """Whether the scale runs from much to little, "Excellent" first; only told for known scales of words."""
    words = [item.answers[i] for i in steps]
    return item.type is QuestionType.ORDINAL and order_options(words) == words[::-1]


def _mean(item: Item, steps: np.ndarray) -> tuple[str, Item, np.ndarray]:
    """Label, item and numbers of the mean; steps of a scale of words count from 1."""
    if item.type is QuestionType.NUMERIC:
        low, high = (format_number(item.codes[steps[i]]) for i in (0, -1))
        return f"Mean ({low} to {high})", item, item.codes
    low, high = item.answers[steps[0]], item.answers[steps[-1]]
    return f"Mean (1 = {low}, {len(steps)} = {high})", item, item.codes + 1


def is_nps_scale(item: Item) -> bool:
    """Whether the scale is the 0 to 10 of a Net Promoter Score: those numbers, or words that start with them.

    Source: Reichheld (2003), "The One Number You Need to Grow", Harvard Business Review 81(12).
    """
    steps = np.flatnonzero(np.isfinite(item.codes))
    if not item.is_ordered or len(steps) != len(_NPS_SCALE):
        return False
    numbers = [re.match(r"\d+(?![\d.,])", item.answers[i].strip()) for i in steps]
    return tuple(int(n.group()) if n else None for n in numbers) == _NPS_SCALE
