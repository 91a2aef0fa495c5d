"""Design weights: how many people of the population each respondent stands for."""

import numpy as np
import pandas as pd

from core.errors import CodebookError
from core.survey.labels import parse_numbers
from core.survey.reading import row_number
from core.survey.shares import effective_base


def scale_weights(column: pd.Series, numbers: np.ndarray | None = None) -> np.ndarray:
    """Weights as numbers with mean 1.

    Parameters
    ----------
    column
        Text column of the file.
    numbers
        Row of each respondent in the file, for messages; counted from 2 without.

    Returns
    -------
    ndarray
        Shape (n,), non-negative, mean 1.

    Raises
    ------
    CodebookError
        If a weight is missing, not a number or negative, or all are zero.

    Examples
    --------
    >>> scale_weights(pd.Series(["1", "3"], name="weight")).tolist()
    [0.5, 1.5]
    """
    weights = parse_numbers(column)
    named = row_number(np.arange(len(column))) if numbers is None else numbers
    _check(column, named, column.isna().to_numpy(), "A weight is missing.", "Give every respondent a weight")
    _check(column, named, np.isnan(weights), "A weight is not a number.", "Correct it")
    _check(column, named, weights < 0, "A weight is negative.", "Correct it")
    if not weights.sum() > 0:
        raise CodebookError(
            "All weights are zero.", where=f'column "{column.name}"', fix=_fix("Correct them")
        )
    return weights / weights.mean()


def weighting_efficiency(weights: np.ndarray) -> float:
    """Share of the sample size that is left after weighting, ``(sum w)^2 / (n sum w^2)``.

    Source: Kish, Survey Sampling (1965), section 11.7.

    Examples
    --------
    >>> weighting_efficiency(np.array([0.5, 1.5]))
    0.8
    """
    return effective_base(weights) / len(weights)


def _fix(start: str) -> str:
    return f"{start}, or set the weight column to none."


def _check(column: pd.Series, numbers: np.ndarray, wrong: np.ndarray, what: str, fix: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        first = ", ".join(str(numbers[i]) for i in rows[:3])
        got = column.iloc[int(rows[0])]
        raise CodebookError(
            what,
            where=f'column "{column.name}", {len(rows)} rows, first: {first}',
            got=None if pd.isna(got) else repr(got),
            fix=_fix(fix),
        )
