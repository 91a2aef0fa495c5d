"""Equality of answer texts, and numbers in texts."""

import math
import re
import unicodedata

import numpy as np
import pandas as pd

from core.survey.codebook import format_number

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"'})


def label_key(text: str) -> str:
    r"""Text without differences nobody can see: kinds of space, of quotes, of letter encoding.

    Examples
    --------
    >>> label_key("Don\u2019t\u00a0 know ")
    "Don't know"
    """
    return " ".join(unicodedata.normalize("NFKC", text.translate(_QUOTES)).split())


def parse_number(text: str) -> float:
    """Number that a cell holds, or NaN when it holds none ("nan" and "inf" are not numbers).

    Examples
    --------
    >>> parse_number(" 57.0 "), parse_number("about 57")
    (57.0, nan)
    """
    text = text.strip()
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else math.nan


def distinct_texts(cells: pd.Series) -> list[str]:
    """Distinct texts of a column in order of appearance; missing cells are none.

    Examples
    --------
    >>> distinct_texts(pd.Series(["b", None, "a", "b"]))
    ['b', 'a']
    """
    return [str(text) for text in pd.Series(cells.unique()).dropna().tolist()]


def parse_numbers(cells: pd.Series) -> np.ndarray:
    """`parse_number` of every cell, NaN where it is missing; each distinct text is read once. Shape (n,).

    Examples
    --------
    >>> parse_numbers(pd.Series(["2", None, "2", "two"])).tolist()
    [2.0, nan, 2.0, nan]
    """
    code, texts = pd.factorize(cells)
    return np.array([*(parse_number(str(text)) for text in texts), math.nan])[code]  # the last one: missing


def match_labels(labels: tuple[str, ...]) -> dict[str, int]:
    """Position of each label under its own text and, where that is unambiguous, under its `label_key`."""
    keys = [label_key(label) for label in labels]
    positions = {key: position for position, key in enumerate(keys) if keys.count(key) == 1}
    return positions | {label: position for position, label in enumerate(labels)}


def find_label(text: str, positions: dict[str, int]) -> int | None:
    """Position of `text` among labels (see `match_labels`); "1.0" finds "1".

    Examples
    --------
    >>> find_label(" Yes", match_labels(("No", "Yes"))), find_label("Maybe", match_labels(("No", "Yes")))
    (1, None)
    """
    found = positions.get(text)
    if found is None:
        found = positions.get(label_key(text))
    if found is None:
        number = parse_number(text)
        found = None if math.isnan(number) else positions.get(format_number(number))
    return found
