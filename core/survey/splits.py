"""Splits of the respondents: training, validation (settings are chosen by it) and test."""

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.reading import row_number

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}
_NAMES = {
    "train": "train", "training": "train",
    "validation": "validation", "val": "validation", "valid": "validation", "dev": "validation",
    "test": "test", "testing": "test", "holdout": "test", "hold-out": "test",
}  # fmt: skip


def read_split(column: pd.Series, numbers: np.ndarray | None = None) -> np.ndarray:
    """Split that the file itself names.

    Parameters
    ----------
    column
        Text column with train, validation (or val, dev) and test (or holdout); case does not matter.
    numbers
        Row of each respondent in the file, for messages; counted from 2 without.

    Returns
    -------
    ndarray
        Shape (n,), each "train", "validation" or "test".

    Raises
    ------
    CodebookError
        If a cell is empty or says something else, or a split has no respondents.
    """
    where = f'column "{column.name}"'
    # (n,) name of the split, NaN where the text is none
    named = column.fillna("").str.strip().str.casefold().map(_NAMES)
    wrong = np.flatnonzero(named.isna())
    if len(wrong):
        first = row_number(int(wrong[0])) if numbers is None else numbers[wrong[0]]
        got = column.iloc[int(wrong[0])]
        raise CodebookError(
            "The split column has a value that is no split.",
            where=f"{where}, {len(wrong)} rows, first: {first}",
            got="an empty cell" if pd.isna(got) else repr(got),
            fix="Use train, validation and test, or set the split column to none.",
        )
    empty = [name for name in SHARES if not (named == name).any()]
    if empty:
        raise CodebookError(
            "A split has no respondents.",
            where=where,
            got=", ".join(empty),
            fix="Give each of train, validation and test respondents, or set the split column to none.",
        )
    return named.to_numpy(dtype=object)


def draw_split(ids: np.ndarray | pd.Series, seed: int) -> np.ndarray:
    """Random 70/10/20 split; rows of the same respondent stay together.

    Parameters
    ----------
    ids
        Shape (n,), respondent identifiers.
    seed
        The same seed and identifiers give the same split.

    Returns
    -------
    ndarray
        Shape (n,), each "train", "validation" or "test"; with three or more respondents none is empty.

    Examples
    --------
    >>> split = draw_split(np.array([str(i) for i in range(1000)]), seed=0)
    >>> {name: int((split == name).sum()) for name in SHARES}
    {'train': 700, 'validation': 100, 'test': 200}
    """
    respondent, distinct = pd.factorize(ids)  # (rows,) number of the respondent a row belongs to
    n = len(distinct)
    # From three respondents on, test and validation have one each however few they are; train keeps the rest.
    n_test = max(round(SHARES["test"] * n), n >= 3)
    n_validation = max(round(SHARES["validation"] * n), n >= 3)
    order = np.random.default_rng(seed).permutation(n)
    # (n,) in shuffled order: first test, then validation, all others train
    of_respondent = np.full(n, "train", dtype=object)
    of_respondent[order[:n_test]] = "test"
    of_respondent[order[n_test : n_test + n_validation]] = "validation"
    return of_respondent[respondent]
