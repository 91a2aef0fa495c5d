"""What one question shows: its answers as bars of real and simulated shares.

A numeric question can have a hundred legal numbers; its bars are bins of equal width. Shares are
summed exactly, and the distances printed beside the bars stay those of the unbinned answers.
"""

import math
import re
import textwrap
from dataclasses import dataclass

import numpy as np

from core.comparison.sweep import QuestionSweep
from core.survey.codebook import format_number

MOST_BARS = 16
"""A numeric question with more legal numbers than this is binned for display."""
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
        Whether a bar stands for several legal numbers.
    """

    answers: tuple[str, ...]
    real: np.ndarray
    simulated: np.ndarray
    binned: bool


def bars(question: QuestionSweep, most: int = MOST_BARS) -> Bars:
    """The bars to draw for a question.

    Parameters
    ----------
    question
        Shares of every legal answer.
    most
        Largest number of numeric bars; answers such as "Don't know" keep a bar of their own.
    """
    real, simulated = np.asarray(question.real, float), np.asarray(question.simulated, float)
    numbers = _numbers(question.answers) if str(question.type) == "numeric" else {}
    if len(numbers) <= most:
        return Bars(tuple(question.answers), real, simulated, binned=False)
    labels, positions = _bins(numbers, most)
    others = [i for i in range(len(question.answers)) if i not in numbers]
    labels += [question.answers[i] for i in others]
    positions += [[i] for i in others]
    return Bars(
        answers=tuple(labels),
        real=np.array([real[p].sum() for p in positions]),
        simulated=np.stack([simulated[:, p].sum(axis=1) for p in positions], axis=1),
        binned=True,
    )


def _numbers(answers: tuple[str, ...]) -> dict[int, float]:
    """Position -> number, of the answers that are numbers."""
    is_number = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
    return {i: float(answer) for i, answer in enumerate(answers) if is_number.fullmatch(answer)}


def _bins(numbers: dict[int, float], most: int) -> tuple[list[str], list[list[int]]]:
    values = sorted(numbers.values())
    step = min(b - a for a, b in zip(values, values[1:], strict=False))
    width = _bin_width(values[0], values[-1], step, most)
    members: dict[int, list[int]] = {}
    for position, value in numbers.items():
        members.setdefault(math.floor(value / width + 1e-9), []).append(position)
    labels = []
    for index in sorted(members):
        inside = [numbers[position] for position in members[index]]
        low, high = format_number(min(inside)), format_number(max(inside))
        labels.append(low if low == high else f"{low} to {high}")
    return labels, [members[index] for index in sorted(members)]


def _bin_width(low: float, high: float, step: float, most: int) -> float:
    """Smallest 1, 2 or 5 times a power of ten that gives at most `most` bins, in whole steps."""
    exponent = math.floor(math.log10(step))
    while True:
        for digit in (1, 2, 5):
            width = digit * 10.0**exponent
            whole_steps = abs(width / step - round(width / step)) < 1e-9 and width >= step
            if whole_steps and math.floor(high / width) - math.floor(low / width) + 1 <= most:
                return width
        exponent += 1


def wrap(text: str, width: int = LABEL_WIDTH) -> list[str]:
    """Lines of at most `width` characters, whole words where possible; never empty.

    Examples
    --------
    >>> wrap("Strongly in favour of it", 12)
    ['Strongly in', 'favour of it']
    """
    return textwrap.wrap(text, width) or [text or "(blank)"]


def label_lines(answers: tuple[str, ...]) -> list[list[str]]:
    """Full answer labels as lines: at most three lines each where 56 characters a line allow it."""
    longest = max(len(answer) for answer in answers)
    width = min(max(LABEL_WIDTH, longest // 3 + 8), WIDEST_LABEL)
    return [wrap(answer, width) for answer in answers]
