"""Bands of a numeric question's legal numbers, for shares and the distances between them.

On a 0 to 100 scale almost every number is given by a handful of people, so distances between shares of
single numbers are mostly noise. Shares, KL, Jensen-Shannon and total variation of such a question
therefore work on about ten bands of equal width; means, RMSE, Wasserstein, RPS and NLL use the numbers.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.survey.codebook import Item, QuestionType, format_number

MOST_BANDS = 16
"""Most bands of a numeric question; with no more legal numbers than this it has none."""


@dataclass(frozen=True)
class AnswerBands:
    """Groups of neighbouring answers.

    Attributes
    ----------
    labels
        One per band, B of them; answers that are not numbers keep a band of their own.
    band_of
        Shape (K,), band of each answer.
    """

    labels: tuple[str, ...]
    band_of: np.ndarray

    @property
    def firsts(self) -> np.ndarray:
        """Position of the first answer of each band, shape (B,)."""
        return np.unique(self.band_of, return_index=True)[1]

    def sum(self, table: np.ndarray) -> np.ndarray:
        """Add up the answers of each band: (..., K) becomes (..., B)."""
        return table @ (self.band_of[:, None] == np.arange(len(self.labels))).astype(float)


def answer_bands(item: Item, most: int = MOST_BANDS) -> AnswerBands:
    """Bands of an item's answers: each its own unless the item is numeric with more than `most` numbers.

    Examples
    --------
    >>> from core.survey.codebook import Question
    >>> item = Question("p", "How likely?", QuestionType.NUMERIC, range=(0, 100)).items[0]
    >>> answer_bands(item).labels[:2], answer_bands(item).labels[-1]
    (('0 to 9', '10 to 19'), '100')
    """
    values = item.value_array[np.isfinite(item.value_array)]
    if item.type is not QuestionType.NUMERIC or len(values) <= most:
        return AnswerBands(item.answers, np.arange(len(item.answers)))
    width = _band_width(values, most)
    # band number -> positions of its answers; the small number keeps 0.3 / 0.1 from falling below 3
    members: dict[int, list[int]] = {}
    for position in np.flatnonzero(np.isfinite(item.value_array)):
        members.setdefault(math.floor(item.value_array[position] / width + 1e-9), []).append(int(position))
    labels: list[str] = []
    band_of = np.zeros(len(item.answers), dtype=int)
    for positions in members.values():
        band_of[positions] = len(labels)
        low, high = (format_number(item.value_array[positions[i]]) for i in (0, -1))
        labels.append(low if low == high else f"{low} to {high}")
    # "Don't know" and the like follow after the numbers
    for position in np.flatnonzero(~np.isfinite(item.value_array)):
        band_of[position] = len(labels)
        labels.append(item.answers[position])
    return AnswerBands(tuple(labels), band_of)


def _band_width(values: np.ndarray, most: int) -> float:
    """Smallest 1, 2 or 5 times a power of ten, in whole steps of the grid, that gives few enough bands."""
    step = float(values[1] - values[0])
    exponent = math.floor(math.log10(step))
    while True:
        for digit in (1, 2, 5):
            width = digit * 10.0**exponent
            # edges must lie on the grid of legal numbers
            whole = width >= step and abs(width / step - round(width / step)) < 1e-9
            n_bands = math.floor(values[-1] / width + 1e-9) - math.floor(values[0] / width + 1e-9) + 1
            if whole and n_bands <= most:
                return width
        exponent += 1
