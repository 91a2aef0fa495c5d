"""Forest of token sequences: every shared beginning once, built from arrays without a loop over tokens.

Sorted sequences share their beginnings with the one before, so comparing neighbours finds them all. A forest
is the part of a bundle that does not change: the profiles behind every question (or the questions behind
every profile) are laid out once and `behind` puts another front before them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

NOTHING = -1
"""In the place of a token or node behind the end of a sequence."""


@dataclass(frozen=True)
class Forest:
    """Forest of S token nodes, parents before their children.

    Attributes
    ----------
    tokens, positions
        Shape (S,): token ids, and numbers of tokens before them on their path.
    paths
        Shape (R, L): the nodes of each of R sequences from its beginning, `NOTHING` behind its end.
    front
        Number of nodes that all paths begin with, numbered 0, 1, …; see `behind`.
    """

    tokens: np.ndarray
    positions: np.ndarray
    paths: np.ndarray
    front: int = 0

    @classmethod
    def of(cls, sequences: np.ndarray) -> "Forest":
        """Forest of sorted token sequences, shape (R, L) with `NOTHING` behind their ends."""
        new = _is_new(sequences)
        numbered = np.where(new, np.cumsum(new).reshape(new.shape) - 1, NOTHING)
        # The node of a shared token is the newest one above it in its column.
        paths = np.maximum.accumulate(numbered, axis=0)
        paths[sequences == NOTHING] = NOTHING
        return cls(sequences[new], np.nonzero(new)[1], paths)

    def behind(self, front: Sequence[int]) -> "Forest":
        """Forest with the tokens of `front` before every sequence."""
        size = len(front)
        first = np.arange(size)
        paths = np.where(self.paths == NOTHING, NOTHING, self.paths + size)
        return Forest(
            np.concatenate([np.asarray(front, dtype=np.int64), self.tokens]),
            np.concatenate([first, self.positions + size]),
            np.concatenate([np.broadcast_to(first, (len(paths), size)), paths], axis=1),
            size + self.front,
        )

    @property
    def ends(self) -> np.ndarray:
        """Last node of each sequence, shape (R,); sequences must not be empty."""
        return self.paths.max(axis=1)  # children are numbered after their parents

    @property
    def visible(self) -> np.ndarray:
        """Mask of shape (S, S): row attends to column; a node sees its ancestors and itself."""
        visible = np.zeros((len(self.tokens), len(self.tokens)), dtype=bool)
        for column in range(self.paths.shape[1]):
            at = self.paths[:, column]
            here = np.flatnonzero(at != NOTHING)  # rows whose sequence reaches this column
            visible[at[here, None], self.paths[here, : column + 1]] = True
        return visible


def padded(sequences: Sequence[Sequence[int]]) -> np.ndarray:
    """Token sequences as an array (R, L), `NOTHING` behind the end of those shorter than the longest."""
    lengths = np.fromiter(map(len, sequences), dtype=np.int64, count=len(sequences))
    table = np.full((len(sequences), lengths.max(initial=0)), NOTHING, dtype=np.int64)
    flat = [token for sequence in sequences for token in sequence]
    table[np.arange(table.shape[1]) < lengths[:, None]] = flat
    return table


def portions(sequences: np.ndarray, starts: np.ndarray, budget: int) -> Iterator[tuple[int, int]]:
    """Ranges of prompts whose forests have at most `budget` nodes, or one prompt where it alone has more.

    Parameters
    ----------
    sequences
        Shape (R, L), see `Forest.of`.
    starts
        Shape (n_prompts,): first sequence of each prompt; sequences of one prompt stay together.
    """
    new = _is_new(sequences)
    fresh = np.add.reduceat(new.sum(axis=1), starts)  # nodes of each prompt behind the one before it
    # the first prompt of a portion has nothing to share: all tokens of its first sequence are new
    alone = fresh + (sequences[starts] != NOTHING).sum(axis=1) - new[starts].sum(axis=1)
    first, size = 0, 0
    for prompt, (more, whole) in enumerate(zip(fresh.tolist(), alone.tolist(), strict=True)):
        if prompt > first and size + more > budget:
            yield first, prompt
            first, size = prompt, 0
        size += more if prompt > first else whole
    yield first, len(starts)


def _is_new(sequences: np.ndarray) -> np.ndarray:
    """Mask (R, L) of tokens with a node of their own: those not shared with the sequence before."""
    same = np.zeros(sequences.shape, dtype=bool)
    same[1:] = sequences[1:] == sequences[:-1]
    # a token is shared only if all tokens before it are
    return (sequences != NOTHING) & ~np.logical_and.accumulate(same, axis=1)
