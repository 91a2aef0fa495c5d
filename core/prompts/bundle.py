"""Bundles: many prompts in one packed sequence, with the places where answers are read.

The builder does not care what is shared: prompts are laid into one token tree, so a question
asked of many profiles, or a profile asked many questions, costs its tokens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.prompts.encoding import Encoder
from core.prompts.template import Template
from core.prompts.trie import ROOT, AnswerTrie, TokenTree
from core.survey.codebook import Item


@dataclass(frozen=True)
class Group:
    """The prompts of one item in a bundle.

    `nodes` has shape (n_prompts, n_branches): the packed position whose next-token logits decide
    each branch of the answer trie.
    """

    item: Item
    trie: AnswerTrie
    nodes: np.ndarray


@dataclass(frozen=True)
class Bundle:
    """One packed sequence of S tokens; see `TokenTree.layout` for the arrays."""

    tokens: np.ndarray
    positions: np.ndarray
    visible: np.ndarray
    groups: tuple[Group, ...]

    @property
    def n_prompts(self) -> int:
        """Number of prompts, over all items."""
        return sum(len(group.nodes) for group in self.groups)


class BundleBuilder:
    """Prompts on their way into one `Bundle`; `size` is the number of tokens so far."""

    def __init__(self, encoder: Encoder, template: Template) -> None:
        self.encoder = encoder
        self.template = template
        self.tree = TokenTree()
        self._led_to: dict[tuple[int, str], int] = {}
        self._groups: dict[str, tuple[Item, list[list[int]]]] = {}

    @property
    def size(self) -> int:
        """Number S of tokens so far, shared ones counted once."""
        return len(self.tree)

    def add(self, item: Item, lines: Sequence[str]) -> None:
        """Add the prompt that asks `item` of the profile in `lines` (see `template.profile_lines`)."""
        # Start, segments and cue, one below the other; prompts share nodes as far as they agree.
        node = self.tree.add(self.encoder.start) if self.encoder.start else ROOT
        if self.template.order == "question_first":
            node = self._below(self.tree.add(self.encoder.question(item), node), lines)
        else:
            node = self.tree.add(self.encoder.question(item), self._below(node, lines))
        cue = self.tree.add(self.encoder.cue, node)
        # Behind the cue come the beginnings of answers after which a choice is left. The logits at the
        # last token of a beginning decide between its continuations (the empty beginning: at the cue).
        branches = self.encoder.trie(item).branches
        nodes = [self.tree.add(branch.prefix, cue) for branch in branches]  # (n_branches,)
        self._groups.setdefault(item.key, (item, []))[1].append(nodes)

    def _below(self, node: int, lines: Sequence[str]) -> int:
        """Node at the end of the lines below `node`; where a line has led before is remembered."""
        for line in lines:
            end = self._led_to.get((node, line))
            if end is None:
                end = self._led_to[node, line] = self.tree.add(self.encoder.lines([line])[0], node)
            node = end
        return node

    def build(self) -> Bundle:
        """Bundle of the prompts added, grouped by item in the order items first appeared."""
        tokens, positions, visible = self.tree.layout()
        groups = tuple(
            Group(item, self.encoder.trie(item), np.array(nodes, dtype=np.int64))  # (n_prompts, n_branches)
            for item, nodes in self._groups.values()
        )
        return Bundle(tokens, positions, visible, groups)
