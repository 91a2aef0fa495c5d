"""Answer texts to answer codes, and demographic texts to the options of the codebook.

A text that is no legal answer is an error that names column, text and rows; it never becomes a
missing value. Only differences nobody can see (`labels.label_key`) are forgiven.
"""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook, Demographic, Item, Question, QuestionType
from core.survey.labels import find_label, label_key, match_labels, parse_number
from core.survey.reading import row_number
from core.survey.respondents import MISSING

_SHOWN = 4


class IllegalAnswers:
    """Texts that are no legal answer, collected so that all columns are reported at once."""

    def __init__(self, numbers: np.ndarray | None = None) -> None:
        """`numbers`: row of each respondent in the file, shape (n,); counted from 2 without."""
        self._numbers = numbers
        self._found: list[tuple[str, str, int, int]] = []

    def add(self, column: str, text: str, rows: np.ndarray) -> None:
        """Note that `text` stands in `column` at these row positions."""
        first = row_number(int(rows[0])) if self._numbers is None else int(self._numbers[rows[0]])
        self._found.append((column, text, len(rows), first))

    def check(self) -> None:
        """Raise one `CodebookError` that lists what was collected; do nothing when there is nothing."""
        if not self._found:
            return
        columns = list(dict.fromkeys(column for column, *_ in self._found))
        got = "; ".join(
            f'"{column}": {text!r} ({count} times, first in row {row})'
            for column, text, count, row in self._found[:_SHOWN]
        )
        rest = len(self._found) - _SHOWN
        raise CodebookError(
            "The file has answers that the codebook does not list.",
            where="column " + ", ".join(f'"{column}"' for column in columns[:_SHOWN]),
            got=got + (f"; and {rest} more" if rest > 0 else ""),
            fix="Add them to the options of that column (or widen its range), or correct the file.",
        )


def code_answers(table: pd.DataFrame, codebook: Codebook, numbers: np.ndarray | None = None) -> pd.DataFrame:
    """Answer codes: the position of every answer among the legal answers of its item.

    Parameters
    ----------
    table
        The file as text (`reading.read_csv`).
    codebook
        Must only name columns of the table.
    numbers
        Row of each respondent in the file, for messages; counted from 2 without.

    Returns
    -------
    DataFrame
        One int16 column per item key: index into `Item.answers`, -1 where nothing was answered. In
        a multi-select an empty cell is "not asked" and `multi_none` is "ticked nothing".

    Raises
    ------
    CodebookError
        If a cell holds something that is no legal answer.
    """
    illegal = IllegalAnswers(numbers)
    coded: dict[str, np.ndarray] = {}
    for question in codebook.questions:
        column = table[question.column]
        if question.type is QuestionType.MULTI:
            chosen = _code_multi(column, question, codebook, illegal)
            for item, part in zip(question.items, chosen.T, strict=True):
                coded[item.key] = part
        else:
            coded[question.column] = _code_each(column, _finder(question), illegal)
    illegal.check()
    return pd.DataFrame(coded, index=range(len(table)), dtype=np.int16)


def code_profiles(table: pd.DataFrame, codebook: Codebook, numbers: np.ndarray | None = None) -> pd.DataFrame:
    """Profiles: demographics as option texts, numbers put into their bands; missing is NA.

    The parameters are those of `code_answers`.

    Raises
    ------
    CodebookError
        If a cell holds something that is no option.
    """
    illegal = IllegalAnswers(numbers)
    profiles = {}
    for demographic in codebook.demographics:
        codes = _code_each(table[demographic.column], _band_finder(demographic), illegal)
        options = np.array([*demographic.options, None], dtype=object)  # code -1 is the last: missing
        profiles[demographic.column] = pd.Series(options[codes], dtype="str")
    illegal.check()
    return pd.DataFrame(profiles, index=range(len(table)))


def split_selections(cell: str, options: dict[str, int], separator: str) -> list[str]:
    """Texts of the options ticked in one multi-select cell; an option may itself contain the separator.

    Examples
    --------
    >>> split_selections("Price; Range; or both", match_labels(("Price", "Range; or both")), "; ")
    ['Price', 'Range; or both']
    """
    parts = cell.split(separator.strip() or separator)
    joiner = separator.strip() or separator
    chosen, start = [], 0
    # Longest match first: join as many parts as make an option; a part that makes none stands for itself.
    while start < len(parts):
        for end in range(len(parts), start, -1):
            text = joiner.join(parts[start:end])
            if end == start + 1 or find_label(text, options) is not None:
                if label_key(text):
                    chosen.append(text.strip())
                start = end
                break
    return chosen


def _code_each(column: pd.Series, find: Callable[[str], int | None], illegal: IllegalAnswers) -> np.ndarray:
    """Codes of a column, shape (n,) int16; each distinct text is looked up once."""
    number, texts = pd.factorize(column)  # (n,) which distinct text, -1 missing
    code_of = np.full(len(texts) + 1, MISSING, dtype=np.int16)  # (texts + 1,), the last serves missing cells
    for i, text in enumerate(texts):
        if not label_key(text):  # nothing but spaces: missing
            continue
        code = find(text)
        if code is None:
            illegal.add(str(column.name), text, np.flatnonzero(number == i))
        else:
            code_of[i] = code
    return code_of[number]


def _finder(question: Question) -> Callable[[str], int | None]:
    """Lookup of one answer text: its code among the question's legal answers, None if it is none."""
    labels = match_labels(question.items[0].answers)
    if question.type is not QuestionType.NUMERIC or question.range is None:
        return lambda text: find_label(text, labels)
    low, high = question.range
    grid = np.array(question.grid)

    def find(text: str) -> int | None:
        number = parse_number(text)
        if math.isnan(number):
            return find_label(text, labels)
        # any number in the range is legal and takes the code of the nearest step of the grid
        return int(np.abs(grid - number).argmin()) if low <= number <= high else None

    return find


def _band_finder(demographic: Demographic) -> Callable[[str], int | None]:
    """Lookup of one demographic text: its option, the band a number falls into, or None."""
    labels = match_labels(demographic.options)
    if not demographic.bands:
        return lambda text: find_label(text, labels)
    substantive = [i for i, o in enumerate(demographic.options) if o not in demographic.non_substantive]
    if len(substantive) != len(demographic.bands):
        raise CodebookError(
            "The bands and the options do not match.",
            where=f'column "{demographic.column}"',
            got=f"{len(demographic.bands)} lower bounds, {len(substantive)} options",
            fix="Give one option per band, or leave the options out.",
        )

    def find(text: str) -> int | None:
        number = parse_number(text)
        if math.isnan(number):
            return find_label(text, labels)
        # bands[b] <= number < bands[b + 1]; below the first band is no option
        band = int(np.searchsorted(demographic.bands, number, side="right")) - 1
        return substantive[band] if band >= 0 else None

    return find


def _code_multi(
    column: pd.Series, question: Question, codebook: Codebook, illegal: IllegalAnswers
) -> np.ndarray:
    """Codes of a multi-select, shape (n, options): selected, not selected or missing (not asked)."""
    labels = match_labels(question.options)
    separator = question.separator or codebook.multi_separator
    number, cells = pd.factorize(column)  # (n,) which distinct cell, -1 missing
    # (cells + 1, options); the last row serves missing cells
    code_of = np.full((len(cells) + 1, len(question.options)), MISSING, dtype=np.int16)
    for i, cell in enumerate(cells):
        if not label_key(cell):
            continue
        code_of[i] = Item.NOT_SELECTED
        # an option that contains the separator is no list of two
        whole = find_label(cell, labels)
        if whole is not None:
            code_of[i, whole] = Item.SELECTED
        elif label_key(cell) != label_key(codebook.multi_none):
            for text in split_selections(cell, labels, separator):
                position = find_label(text, labels)
                if position is None:
                    illegal.add(question.column, text, np.flatnonzero(number == i))
                else:
                    code_of[i, position] = Item.SELECTED
    return code_of[number]
