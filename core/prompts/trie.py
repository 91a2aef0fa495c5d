"""Token trees: shared prefixes read once, and legal answers as a trie.

`TokenTree` holds the prompts of a bundle as one packed sequence: every node is a token that
attends to its ancestors only, at the position of its depth. Reading the packed sequence gives, at
every node, exactly what reading that prompt alone would give. The mask is dense, (S, S), so a
bundle should stay within about a thousand tokens.

`AnswerTrie` turns the legal answers of one item into branching nodes. The log-probability of an
answer is the sum, over the branching nodes on its path, of the log-softmax among the children
there; an answer that is the beginning of another one ends in a terminator.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

ROOT = -1


class TokenTree:
    """Forest of S token nodes, children after their parents; `add` returns the node where a prompt ends."""

    def __init__(self) -> None:
        self.tokens: list[int] = []
        self.parents: list[int] = []
        self._child: dict[tuple[int, int], int] = {}

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, tokens: Sequence[int], parent: int = ROOT) -> int:
        """Node of the last of `tokens`, appended below `parent`; nodes that are already there are shared."""
        for token in tokens:
            key = (parent, token)
            node = self._child.get(key)
            if node is None:
                node = self._child[key] = len(self.tokens)
                self.tokens.append(token)
                self.parents.append(parent)
            parent = node
        return parent

    def missing(self, tokens: Sequence[int], parent: int = ROOT) -> int:
        """Number of nodes that `add` would create, 0 to ``len(tokens)``."""
        for i, token in enumerate(tokens):
            parent = self._child.get((parent, token), -2)  # ROOT is -1
            if parent == -2:  # nothing below a new node can be shared
                return len(tokens) - i
        return 0

    def layout(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Packed arrays of the forest.

        Returns
        -------
        tokens, positions
            Shape (S,): token ids and depths (0 for a root).
        visible
            Shape (S, S) bool: row attends to column; a node sees its ancestors and itself.
        """
        size = len(self.tokens)
        # a root's parent is a node behind the last one, which sees nothing and is its own parent
        parent = np.array([*self.parents, ROOT], dtype=np.int64) % (size + 1)
        visible = np.zeros((size + 1, size + 1), dtype=bool)
        np.fill_diagonal(visible[:size, :size], True)
        # Each node sees itself and 2^k - 1 ancestors; the next 2^k are those that its 2^k-th ancestor sees.
        ancestor = parent
        while (ancestor < size).any():
            visible |= visible[ancestor]
            ancestor = ancestor[ancestor]
        visible = visible[:size, :size]
        # The position is the depth, not the place in the sequence: siblings share one, as if each prompt
        # were read alone.
        return np.array(self.tokens, dtype=np.int64), visible.sum(axis=1) - 1, visible.copy()


@dataclass(frozen=True)
class Branch:
    """A node of the answer trie with two or more continuations: one softmax over its C children.

    Attributes
    ----------
    prefix
        Tokens fed after the cue to reach the node; empty for the first choice.
    children
        Shape (C,): token ids of the possible continuations.
    leads_to
        Shape (C, K) of 0/1: which answers lie behind which child.
    """

    prefix: tuple[int, ...]
    children: np.ndarray
    leads_to: np.ndarray


@dataclass(frozen=True)
class AnswerTrie:
    """The legal answers of one item as branching nodes.

    Attributes
    ----------
    branches
        Nodes where a choice is left.
    n_answers
        Number K of answers.
    within
        Shape (K,), log of the share an answer has of all answers with the same tokens (the numbers of a
        band); None where every answer has tokens of its own.
    """

    branches: tuple[Branch, ...]
    n_answers: int
    within: np.ndarray | None = None

    def spread(self, leaf_of: np.ndarray, within: np.ndarray) -> "AnswerTrie":
        """Trie of K answers, several of which end in the same leaf of this one: `leaf_of` (K,) says where."""
        branches = tuple(replace(b, leads_to=b.leads_to[:, leaf_of]) for b in self.branches)
        return AnswerTrie(branches, len(leaf_of), within)

    @classmethod
    def build(cls, answers: Sequence[Sequence[int]], terminator: int) -> "AnswerTrie":
        """Trie of K different, non-empty token sequences.

        Parameters
        ----------
        answers
            Token ids of each answer, as they follow the cue.
        terminator
            Token that ends an answer which is also the beginning of another one.

        Raises
        ------
        ValueError
            If two answers have the same tokens or one has none.
        """
        paths = [tuple(a) for a in answers]
        if len(set(paths)) != len(paths) or not all(paths):
            raise ValueError("answers must be different and not empty")
        # Inner nodes: every proper prefix of an answer, the empty one included.
        prefixes = {p[:i] for p in paths for i in range(len(p))}
        # "1" is a prefix of "10": only with a terminator behind it is stopping there a choice of its own.
        paths = [(*p, terminator) if p in prefixes else p for p in paths]
        branches = []
        for prefix in sorted(prefixes, key=lambda p: (len(p), p)):
            depth = len(prefix)
            # (answer k, its next token) of every answer that passes through this node
            behind = [(k, p[depth]) for k, p in enumerate(paths) if p[:depth] == prefix and len(p) > depth]
            children = sorted({token for _, token in behind})
            if len(children) > 1:  # a single child has probability 1 and adds nothing
                leads_to = np.zeros((len(children), len(paths)), dtype=np.float32)  # (C, K)
                for k, token in behind:
                    leads_to[children.index(token), k] = 1.0
                branches.append(Branch(prefix, np.array(children), leads_to))
        return cls(tuple(branches), len(paths))
