"""Weights that cannot be used, or that cost much of the sample: negative, missing, extreme."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook
from core.survey.labels import parse_number
from core.survey.quality.flag import Action, Flag, FlagKind, percent
from core.survey.roles import is_weight_header
from core.survey.weights import weighting_efficiency

EXTREME = 5.0
"""Weights above this many times the mean are called extreme; the usual point to trim at."""
LOW_EFFICIENCY = 0.5


def find_weight_flags(table: pd.DataFrame, codebook: Codebook) -> Iterator[Flag]:
    """Flags about the weight column, and about columns that look like one but cannot be used.

    Parameters
    ----------
    table
        The file as text.
    codebook
        What its columns mean.
    """
    column = codebook.weight_column
    if column:
        weights = read_weights(table[column])
        wrong = list(_unusable(column, weights, table[column]))
        yield from wrong or _costly(column, weights)
        return
    used = {entry.column for entry in codebook.questions}
    for column in table.columns:
        if column in used and is_weight_header(str(column)):
            weights = read_weights(table[column])
            if np.isfinite(weights).sum() > 0.5 * len(weights) and 0.2 < np.nanmean(np.abs(weights)) < 5:
                yield from _unusable(str(column), weights, table[column])


def read_weights(cells: pd.Series) -> np.ndarray:
    """Weights as numbers, shape (n,), NaN where a cell is empty or no number."""
    number, texts = pd.factorize(cells)
    values = np.array([*(parse_number(str(text)) for text in texts), np.nan])
    return values[number]


def _unusable(column: str, weights: np.ndarray, cells: pd.Series) -> Iterator[Flag]:
    empty = cells.isna().to_numpy()
    for what, rows in (
        ("missing", np.flatnonzero(empty)),
        ("no number", np.flatnonzero(np.isnan(weights) & ~empty)),
        ("negative", np.flatnonzero(weights < 0)),
    ):
        if len(rows):
            yield Flag(
                FlagKind.WEIGHTS,
                (column,),
                len(rows),
                f'In the weight column "{column}" {len(rows)} of {len(weights)} weights are {what}; '
                "with them the survey cannot be weighted.",
                (Action.EXCLUDE_COLUMN, Action.DROP_ROWS),
                tuple(rows.tolist()),
            )


def _costly(column: str, weights: np.ndarray) -> Iterator[Flag]:
    """How much of the sample the weights leave, and how many of them are extreme."""
    if not weights.sum() > 0:
        return
    relative = weights / weights.mean()
    efficiency = weighting_efficiency(weights)
    base = efficiency * len(weights)
    extreme = np.flatnonzero(relative > EXTREME)
    zero = int((weights == 0).sum())
    sentence = (
        f"The weights leave an effective base of {efficiency:.0%} of the respondents "
        f"({base:.0f} of {len(weights)}, weighting efficiency)."
    )
    if zero:
        sentence += f" {zero} respondents have weight 0 and count for nothing."
    low = efficiency < LOW_EFFICIENCY
    yield Flag(FlagKind.WEIGHTING_EFFICIENCY, (column,), round(base), sentence, is_note=not (low or zero))
    if len(extreme):
        share = weights[extreme].sum() / weights.sum()
        yield Flag(
            FlagKind.WEIGHTS,
            (column,),
            len(extreme),
            f"{len(extreme)} weights are more than {EXTREME:g} times the mean (the largest "
            f"{relative.max():.1f} times): {percent(len(extreme) / len(weights))} of the respondents carry "
            f"{percent(float(share))} of the weight.",
            (Action.KEEP, Action.EXCLUDE_COLUMN),
            tuple(extreme.tolist()),
        )
