"""Duplicate respondents: repeated identifiers, and rows too alike to be two people's.

Two people may well give the same answers to five questions, so equal rows alone prove nothing. A row counts
as a duplicate when an earlier one equals it in every demographic and question, and fewer than one such
pair in a million surveys would be expected, had everybody drawn each answer from the survey's own shares
among those who gave the same answer to the column before (neighbouring items correlate).
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook
from core.survey.quality.flag import Action, Flag, FlagKind

CHANCE = 1e-6
"""Expected number of equal rows by chance above which equal answers are no evidence."""
FEWEST_CELLS = 10
"""Rows with fewer answers are never called duplicates."""


def find_duplicates(table: pd.DataFrame, codebook: Codebook) -> Iterator[Flag]:
    """Flags for repeated identifiers and for respondents who are in the file twice."""
    if codebook.id_column:
        repeated = int(table[codebook.id_column].dropna().duplicated().sum())
        if repeated:
            yield Flag(
                FlagKind.REPEATED_IDS,
                (codebook.id_column,),
                repeated,
                f'Column "{codebook.id_column}" repeats {repeated} identifiers; their rows stay in the '
                "same split.",
            )
    rows = duplicate_rows(table[[e.column for e in codebook.entries]])
    if len(rows):
        yield Flag(
            FlagKind.DUPLICATES,
            (),
            len(rows),
            f"{len(rows)} of {len(table)} respondents have exactly the answers of an earlier one in every "
            "column, which chance hardly explains (duplicates).",
            (Action.DROP_ROWS, Action.KEEP),
            tuple(rows.tolist()),
        )


def duplicate_rows(table: pd.DataFrame) -> np.ndarray:
    """Positions of rows that equal an earlier row and would not by chance; ascending.

    Parameters
    ----------
    table
        Demographics and questions as text; missing cells count as equal but prove nothing.

    Examples
    --------
    >>> answers = np.random.default_rng(0).integers(5, size=(100, 20)).astype(str)
    >>> duplicate_rows(pd.DataFrame(answers[[*range(100), 7]])).tolist()
    [100]
    """
    n = len(table)
    # (n, columns), numbered by appearance; -1 missing
    codes = np.column_stack([pd.factorize(table[column])[0] for column in table.columns])
    if n == 0 or table.shape[1] < FEWEST_CELLS:
        return np.zeros(0, dtype=np.int64)
    again = np.flatnonzero(pd.DataFrame(codes).duplicated().to_numpy())  # (m,) rows equal to an earlier one
    if not len(again):
        return again
    found = codes[again]  # (m, columns)
    # (m,) log-probability of the whole row, a Markov chain: each answer given the one in the column before
    log_chance = np.zeros(len(again))
    for j in range(codes.shape[1]):
        given = codes[:, j] >= 0
        # (n,) answer to the column before, where missing (0) counts as an answer; all alike in the first
        before = codes[:, j - 1] + 1 if j else np.zeros(n, dtype=np.int64)
        size = np.bincount(before[given])  # how often each answer before is followed by any answer
        # (n,) one number for the pair (answer before, answer here)
        pair = before * (codes[:, j].max() + 2) + codes[:, j]
        pairs = np.bincount(pair[given])  # how often each pair occurs
        some = found[:, j] >= 0
        rows = again[some]
        # P(answer here | answer before); a missing answer contributes nothing
        log_chance[some] += np.log(pairs[pair[rows]] / size[before[rows]])
    enough = (found >= 0).sum(axis=1) >= FEWEST_CELLS
    # Expected number of other rows equal to this one: n P(row).
    return again[enough & (np.log(n) + log_chance < np.log(CHANCE))]
