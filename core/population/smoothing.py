"""Unseen profiles: no respondent has them, but they could exist, and small samples should not exclude them.

New profiles are drawn from the tree of pairwise associations that explains the respondents best (Chow-Liu
tree), and kept only if nobody has them and every pair of their categories occurs in some respondent: a
retired 18-year-old is not invented if no young respondent is retired. They share a small part of the total
weight, in proportion to how often the tree draws them, and stay marked. What needs three demographics to be
impossible cannot be distinguished from rare, which is why smoothing is off unless asked for.

Reference: Chow & Liu (1968), doi:10.1109/TIT.1968.1054142.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from core.errors import MarginalsError

LARGEST_PART = 0.5
DRAWS_PER_RESPONDENT = 5
MOST_DRAWS = 100_000


@dataclass(frozen=True)
class UnseenProfiles:
    """New profiles, one row each, and their weights, which add up to the asked part of the total."""

    profiles: pd.DataFrame
    weights: np.ndarray


def unseen_profiles(
    profiles: pd.DataFrame, weights: np.ndarray, part: float, rng: np.random.Generator
) -> UnseenProfiles:
    """Likely profiles that no respondent has, with their weights.

    Parameters
    ----------
    profiles
        One row per respondent, one text column per demographic, no gaps.
    weights
        Shape (n,), design weights.
    part
        Part of the total weight of respondents and new profiles together that the new ones get, 0 to 0.5.

    Raises
    ------
    MarginalsError
        If `part` is out of range.
    """
    if not 0 <= part <= LARGEST_PART:
        raise MarginalsError(
            "The part of unseen profiles is out of range.",
            where="smoothing",
            got=part,
            fix=f"Give a number from 0 to {LARGEST_PART:g}, for example 0.05.",
        )
    # category numbers of the respondents, (n, demographics)
    coded = [pd.factorize(profiles[column]) for column in profiles.columns]
    codes = np.column_stack([c for c, _ in coded]) if coded else np.empty((len(profiles), 0), int)
    if not part or codes.shape[1] < 2:
        return UnseenProfiles(profiles.iloc[:0], np.empty(0))
    draws = min(DRAWS_PER_RESPONDENT * len(codes), MOST_DRAWS)
    drawn = _draw_from_tree(codes, weights, draws, rng)
    new, counts = np.unique(drawn, axis=0, return_counts=True)
    # drawn profiles nobody has but all of whose pairs occur; a draw's frequency is its weight
    kept = ~_occurs(new, codes[weights > 0]) & _pairs_occur(new, codes[weights > 0])
    new, counts = new[kept], counts[kept]
    share = counts / counts.sum() if len(counts) else counts
    columns = {
        column: pd.Series(np.asarray(options, dtype=object)[new[:, i]], dtype="str")
        for i, (column, (_, options)) in enumerate(zip(profiles.columns, coded, strict=True))
    }
    # part of the total of old and new weights together: the new ones get part / (1 - part) of the old
    return UnseenProfiles(pd.DataFrame(columns), share * weights.sum() * part / (1 - part))


def _draw_from_tree(
    codes: np.ndarray, weights: np.ndarray, size: int, rng: np.random.Generator
) -> np.ndarray:
    """Profiles drawn from the Chow-Liu tree, (size, demographics): each category given its parent's."""
    k = codes.shape[1]
    information = np.zeros((k, k))  # lower triangle: mutual information of each pair
    for i in range(k):
        for j in range(i):
            information[i, j] = _mutual_information(_table(codes, weights, j, i))
    # the tree with the largest sum of mutual information; a zero would be no edge, hence the shift
    tree = minimum_spanning_tree(np.where(information > 0, -information - 1, 0))
    reached, parents = breadth_first_order(tree, 0, directed=False)
    # parents before children; what no edge reaches is drawn by itself
    order = [*reached.tolist(), *(set(range(k)) - set(reached.tolist()))]
    drawn = np.zeros((size, k), dtype=codes.dtype)
    for column in order:
        parent = int(parents[column]) if column < len(parents) and parents[column] >= 0 else None
        if parent is None:
            shares = np.bincount(codes[:, column], weights)
            drawn[:, column] = _pick(np.tile(shares, (size, 1)), rng)
        else:
            # row of the pair's table that belongs to the parent drawn, (size, categories)
            drawn[:, column] = _pick(_table(codes, weights, parent, column)[drawn[:, parent]], rng)
    return drawn


def _table(codes: np.ndarray, weights: np.ndarray, first: int, second: int) -> np.ndarray:
    """Weighted contingency table of two demographics."""
    table = np.zeros((codes[:, first].max() + 1, codes[:, second].max() + 1))
    np.add.at(table, (codes[:, first], codes[:, second]), weights)
    return table


def _mutual_information(table: np.ndarray) -> float:
    """Mutual information of a table, nats; a hair above 0 if independent, so that there is still an edge."""
    p = table / table.sum()
    expected = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    ratio = np.divide(p, expected, out=np.ones_like(p), where=p > 0)
    return float((p * np.log(ratio)).sum()) + 1e-12


def _pick(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drawn category of each row, in proportion to the row's weights."""
    total = weights.cumsum(axis=1)
    return (total <= rng.random((len(weights), 1)) * total[:, -1:]).sum(axis=1)


def _occurs(new: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Mask of the new profiles that some respondent has, shape (new,)."""
    known = set(map(bytes, np.ascontiguousarray(codes)))
    return np.array([bytes(row) in known for row in np.ascontiguousarray(new)], dtype=bool)


def _pairs_occur(new: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Mask of the new profiles every pair of whose categories some respondent has, shape (new,)."""
    possible = np.ones(len(new), dtype=bool)
    for i in range(codes.shape[1]):
        for j in range(i):
            seen = np.zeros((codes[:, i].max() + 1, codes[:, j].max() + 1), dtype=bool)
            seen[codes[:, i], codes[:, j]] = True
            # codes that only occur with weight 0 lie beyond the table: never seen
            shape = np.maximum(seen.shape, new[:, [i, j]].max(axis=0, initial=0) + 1)
            padded = np.zeros(shape, dtype=bool)
            padded[: seen.shape[0], : seen.shape[1]] = seen
            possible &= padded[new[:, i], new[:, j]]
    return possible
