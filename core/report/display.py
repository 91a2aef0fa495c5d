"""Bars of one question (real and simulated shares of its answers), and answer labels in lines.

A numeric question can have a hundred legal numbers; its bars are then the bands of equal width on
which its distances are computed, with the shares of their numbers added up.
"""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.sweep import QuestionSweep

Shares = Mapping[str, Mapping[str, float]]
"""Column of a demographic -> option -> share (0 to 1)."""
REAL, SIMULATED, GENERATED = "Real survey answers", "Simulated answers", "Generated survey answers"
"""Names of the bars; the last is that of the survey's own answers when they were generated."""
LABEL_WIDTH, WIDEST_LABEL = 34, 56
"""Usual and largest number of characters per line of an answer label."""


@dataclass(frozen=True)
class Bars:
    """Bars of one question, K of them.

    Attributes
    ----------
    answers
        Full label of each bar.
    real
        Shape (K,), weighted share of the real answers.
    simulated
        Shape (n_T, K), simulated share at each temperature.
    binned
        Whether some bars stand for several legal numbers.
    """

    answers: tuple[str, ...]
    real: np.ndarray
    simulated: np.ndarray
    binned: bool


def bars(question: QuestionSweep) -> Bars:
    """Bars of a question: one per answer, or one per band on which its distances are computed."""
    # real shares (K,), simulated ones (n_T, K)
    real, simulated = np.asarray(question.real, float), np.asarray(question.simulated, float)
    bands = question.bands
    if bands is None:
        return Bars(question.answers, real, simulated, binned=False)
    # shares of the numbers of a band are added up along the last axis: K becomes the number of bands
    return Bars(bands.labels, bands.sum(real), bands.sum(simulated), binned=True)


def wrap(text: str, width: int = LABEL_WIDTH) -> list[str]:
    """Lines of at most `width` characters, whole words where possible; never empty.

    Examples
    --------
    >>> wrap("Strongly in favour of it", 12)
    ['Strongly in', 'favour of it']
    """
    return textwrap.wrap(text, width) or [text or "(blank)"]


def label_lines(answers: tuple[str, ...]) -> list[list[str]]:
    """Full labels of the answers as lines: at most three each where 56 characters per line allow it."""
    longest = max(len(answer) for answer in answers)
    # a third of the longest label, and 8 characters because lines break at words
    width = min(max(LABEL_WIDTH, longest // 3 + 8), WIDEST_LABEL)
    return [wrap(answer, width) for answer in answers]
