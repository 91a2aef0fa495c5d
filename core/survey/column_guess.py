"""Column guess from the texts of one column: type, options in order, range, refusals.

Only the distinct answers count, not the header. "Yes" and "No" stay text. Numbers from 0 to 10 are a
scale with its gaps filled, other numbers are numeric, and more than `MAX_OPTIONS` texts are free text.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.survey.codebook import QuestionType, format_number
from core.survey.labels import label_key, parse_number
from core.survey.refusals import find_refusals
from core.survey.roles import header_words
from core.survey.scales import order_options

MAX_OPTIONS = 40
"""A column with more different answers than this is free text, unless it is numeric or multi-select."""
MULTI_SEPARATORS = (" | ", ";")
NOTHING_TICKED = "(none selected)"
_SHORT_SCALE = 11
_AGE_BANDS = (18.0, 30.0, 45.0, 60.0, 75.0)
_FIRST = ("yes", "ja", "sí", "si", "true", "1")
_LAST = re.compile(
    r"^(other|others|another|something else|none|andere|sonstige|otr[oa]s?|"
    r"ningun[oa])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ColumnGuess:
    """Guess of how one column is answered.

    Attributes
    ----------
    column
        Header.
    counts
        Distinct answers and how often each occurs, most frequent first.
    type
        How it is answered; None when it cannot be used, and `reason` says why.
    options, range, refusals
        As in the codebook.
    separator
        Of a multi-select.
    reason
        Why the column cannot be used.
    wording
        The question, where the file says it.
    """

    column: str
    counts: dict[str, int] = field(repr=False)
    type: QuestionType | None
    options: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    refusals: tuple[str, ...] = ()
    separator: str | None = None
    reason: str = ""
    wording: str = ""

    @property
    def numbers(self) -> dict[float, int]:
        """The answers that are numbers and how often each occurs, ascending."""
        found: Counter[float] = Counter()
        for label, count in self.counts.items():
            number = parse_number(label)
            if not math.isnan(number):
                found[number] += count
        return dict(sorted(found.items()))

    @property
    def found_options(self) -> tuple[str, ...]:
        """The options guessed, else the distinct answers: numbers ascending, texts by frequency."""
        if self.options or len(self.counts) > MAX_OPTIONS:
            return self.options
        texts = [label for label in self.counts if math.isnan(parse_number(label))]
        return (*(format_number(number) for number in self.numbers), *texts)


def guess_column(column: pd.Series) -> ColumnGuess:
    """Column guess from the distinct answers.

    Examples
    --------
    >>> guess = guess_column(pd.Series(["Never", "Often", "Don't know", "Sometimes"], name="q1"))
    >>> str(guess.type), guess.options, guess.refusals
    ('ordinal', ('Never', 'Sometimes', 'Often', "Don't know"), ("Don't know",))
    """
    counts = {str(k): int(v) for k, v in column.value_counts().items() if label_key(str(k))}
    name = str(column.name)
    if len(counts) < 2:
        reason = "the same answer everywhere" if counts else "no answers"
        return ColumnGuess(name, counts, None, reason=reason)
    separator = _multi_separator(counts)
    if separator:
        parts = Counter(part for cell in counts for part in _parts(cell, separator))
        return ColumnGuess(
            name, counts, QuestionType.MULTI, tuple(_by_count(list(parts), parts)), separator=separator
        )
    counts = _merge_lookalikes(counts)
    refusals = find_refusals(tuple(counts))
    substantive = [label for label in counts if label not in refusals]
    if len(substantive) < 2:
        refusals, substantive = (), list(counts)
    numbers = [parse_number(label) for label in substantive]
    if not any(math.isnan(number) for number in numbers):
        return _numeric(name, counts, numbers, refusals)
    if len(counts) > MAX_OPTIONS:
        return ColumnGuess(name, counts, None, reason=f"{len(counts)} different answers")
    ordered = order_options(substantive)
    kind = QuestionType.ORDINAL if ordered else QuestionType.SINGLE
    options = (*(ordered or _by_count(substantive, counts)), *refusals)
    return ColumnGuess(name, counts, kind, options, refusals=refusals)


def choose_bands(guess: ColumnGuess) -> tuple[float, ...]:
    """Lower bounds for a numeric demographic: the usual ones for ages, else about five equal shares."""
    numbers, counts = np.array(list(guess.numbers)), list(guess.numbers.values())
    lowest, highest = float(numbers[0]), float(numbers[-1])
    words = header_words(guess.column)
    if re.search(r"\b(age|alter|edad|old)\b", words) and 0 <= lowest and _AGE_BANDS[0] <= highest <= 120:
        below = (10.0 * math.floor(lowest / 10),) if lowest < _AGE_BANDS[0] else ()
        return (*below, *(b for b in _AGE_BANDS if b <= highest))
    shares = np.quantile(np.repeat(numbers, counts), [0.2, 0.4, 0.6, 0.8])
    step = _nice((highest - lowest) / 20)
    inner = sorted({float(np.round(s / step) * step) for s in shares})
    lowest = math.floor(lowest / step) * step
    return (lowest, *(float(f"{b:.10g}") for b in inner if lowest < b <= highest))


def _parts(cell: str, separator: str) -> list[str]:
    if cell == NOTHING_TICKED:
        return []
    return [part.strip() for part in cell.split(separator.strip()) if part.strip()]


def _multi_separator(counts: dict[str, int]) -> str | None:
    """The separator of a "select all that apply" column: the same few parts in many combinations."""
    for separator in MULTI_SEPARATORS:
        cells = [_parts(cell, separator) for cell in counts]
        parts = Counter(part for cell in cells for part in set(cell))
        several = [cell for cell in cells if len(cell) > 1]
        shared = sum(1 for cell in several if all(parts[part] > 1 for part in cell))
        if (
            2 <= len(parts) <= MAX_OPTIONS
            and len(cells) > len(parts)
            and len(several) >= 2
            and shared >= 0.5 * len(several)
            and sum(len(cell) == len(set(cell)) for cell in cells) == len(cells)
        ):
            return separator
    return None


def _merge_lookalikes(counts: dict[str, int]) -> dict[str, int]:
    """Counts with spellings that only differ in invisible ways added to the most frequent of them."""
    first: dict[str, str] = {}
    merged: dict[str, int] = {}
    for label, count in counts.items():
        label = first.setdefault(label_key(label), label)
        merged[label] = merged.get(label, 0) + count
    return merged


def _numeric(
    name: str, counts: dict[str, int], numbers: list[float], refusals: tuple[str, ...]
) -> ColumnGuess:
    """A short scale of whole numbers is ordinal with its gaps filled; other numbers are numeric."""
    low, high = min(numbers), max(numbers)
    whole = all(number.is_integer() for number in numbers)
    if whole and low >= 0 and high < _SHORT_SCALE:
        if high - low == 1:
            options = (format_number(low), format_number(high), *refusals)
            return ColumnGuess(name, counts, QuestionType.SINGLE, options, refusals=refusals)
        top = 10 if low == 0 and high >= 8 else int(high)
        options = (*(str(number) for number in range(int(low), top + 1)), *refusals)
        return ColumnGuess(name, counts, QuestionType.ORDINAL, options, refusals=refusals)
    limits = round_limits(low, high)
    if limits is None:
        return ColumnGuess(name, counts, None, reason="all numbers are the same")
    return ColumnGuess(name, counts, QuestionType.NUMERIC, range=limits, refusals=refusals)


def round_limits(low: float, high: float) -> tuple[float, float] | None:
    """Round limits around the numbers found: 0 to 100 for a slider, else to the next round step."""
    if low == high:
        return None
    if low >= 0 and 50 < high <= 100 and low <= 15:
        return 0.0, 100.0
    step = _nice((high - low) / 5)
    return float(f"{math.floor(low / step) * step:.10g}"), float(f"{math.ceil(high / step) * step:.10g}")


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... at or above `step`; at least the power below it."""
    scale = 10.0 ** math.floor(math.log10(step))
    return next(m * scale for m in (1, 2, 5, 10) if m * scale >= step * (1 - 1e-9))


def _by_count(labels: list[str], counts: dict[str, int]) -> list[str]:
    """Most frequent first, "Yes" before "No", "Other" and "None" last."""
    return sorted(labels, key=lambda x: (bool(_LAST.match(x)), x.lower() not in _FIRST, -counts[x], x))
