"""Plan of a scoring: which bundles ask every item of every profile, laid out once.

What stands in front (the question, or the profile) differs from bundle to bundle; what follows it is the
same for all, so its forest of tokens is built once and put behind each front.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.prompts.bundle import Bundle, Group
from core.prompts.encoding import Encoder
from core.prompts.forest import Forest, padded, portions
from core.prompts.template import Template
from core.prompts.trie import AnswerTrie
from core.survey.codebook import Item

Tokens = tuple[int, ...]


@dataclass(frozen=True)
class PlannedBundle:
    """Bundle as a forest, its groups, and per item key the rows of the profiles its prompts show."""

    forest: Forest
    groups: tuple[Group, ...]
    rows: dict[str, Sequence[int]]

    def packed(self) -> Bundle:
        """Same bundle with its mask."""
        return Bundle(self.forest.tokens, self.forest.positions, self.forest.visible, self.groups)


@dataclass(frozen=True)
class _Portion:
    """Forest of the prompts `first` up to `last`, and the node at the end of each of their sequences."""

    forest: Forest
    first: int
    last: int
    ends: np.ndarray


def plan(
    encoder: Encoder,
    template: Template,
    lines: Sequence[Sequence[str]],
    items: Sequence[Item],
    budget: int,
) -> Iterator[PlannedBundle]:
    """Bundles of about `budget` tokens that ask every item of every profile.

    Parameters
    ----------
    lines
        The lines of each profile. Profiles that are equal cost one prompt more and hardly a token.
    """
    profiles = [tuple(t for segment in encoder.lines(shown) for t in segment) for shown in lines]
    start = tuple(encoder.start)
    if not profiles or not items:
        return
    if template.order == "question_first":
        yield from _questions_in_front(encoder, start, profiles, items, budget)
    else:
        yield from _profiles_in_front(encoder, start, profiles, items, budget)


def _questions_in_front(
    encoder: Encoder, start: Tokens, profiles: Sequence[Tokens], items: Sequence[Item], budget: int
) -> Iterator[PlannedBundle]:
    """Bundles with one question each; items whose answers branch alike have one layout of the profiles."""
    # sorted profiles begin with the same lines, whose tokens a bundle holds once
    order = sorted(range(len(profiles)), key=profiles.__getitem__)
    behind = [profiles[row] + tuple(encoder.cue) for row in order]
    fronts = {item.key: start + tuple(encoder.question(item)) for item in items}
    longest = max(map(len, fronts.values()))
    layouts: dict[tuple[Tokens, ...], list[_Portion]] = {}
    for item in items:
        trie = encoder.trie(item)
        beginnings = tuple(_beginnings(trie))
        if beginnings not in layouts:
            prompts = [_sequences(prompt, trie) for prompt in behind]
            layouts[beginnings] = _layout(prompts, max(budget - longest, budget // 2))
        front = fronts[item.key]
        for portion in layouts[beginnings]:
            group = Group(item, trie, _nodes(portion.ends, trie) + len(front))
            rows = order[portion.first : portion.last]
            yield PlannedBundle(portion.forest.behind(front), (group,), {item.key: rows})


def _profiles_in_front(
    encoder: Encoder, start: Tokens, profiles: Sequence[Tokens], items: Sequence[Item], budget: int
) -> Iterator[PlannedBundle]:
    """Bundles with one profile each, and one layout of the questions."""
    tries = [encoder.trie(item) for item in items]
    behind = [tuple(encoder.question(item)) + tuple(encoder.cue) for item in items]
    prompts = [_sequences(prompt, trie) for prompt, trie in zip(behind, tries, strict=True)]
    longest = len(start) + max(map(len, profiles))
    layout = _layout(prompts, max(budget - longest, budget // 2))
    for row, profile in enumerate(profiles):
        front = start + profile
        for portion in layout:
            asked = range(portion.first, portion.last)
            counts = [len(prompts[k]) for k in asked]
            ends = np.split(portion.ends + len(front), np.cumsum(counts)[:-1])
            groups = tuple(
                Group(items[k], tries[k], _nodes(part, tries[k])) for k, part in zip(asked, ends, strict=True)
            )
            yield PlannedBundle(portion.forest.behind(front), groups, {items[k].key: [row] for k in asked})


def _beginnings(trie: AnswerTrie) -> list[Tokens]:
    """Beginnings of answers behind which a choice is left, sorted so that they share nodes; one at least."""
    return sorted(branch.prefix for branch in trie.branches) or [()]


def _sequences(prompt: Tokens, trie: AnswerTrie) -> list[Tokens]:
    """Prompt with each beginning of an answer that is read."""
    return [prompt + beginning for beginning in _beginnings(trie)]


def _nodes(ends: np.ndarray, trie: AnswerTrie) -> np.ndarray:
    """Nodes (n_prompts, n_branches) in the order of the trie's branches, from those of `_sequences`."""
    sorted_beginnings = _beginnings(trie)
    order = [sorted_beginnings.index(branch.prefix) for branch in trie.branches]
    return ends.reshape(-1, len(sorted_beginnings))[:, order]


def _layout(prompts: Sequence[Sequence[Tokens]], budget: int) -> list[_Portion]:
    """Portions of prompts, each a list of sequences, in their order."""
    counts = np.array([len(sequences) for sequences in prompts])
    starts = np.concatenate([[0], np.cumsum(counts)])  # (n_prompts + 1,)
    table = padded([sequence for sequences in prompts for sequence in sequences])  # (R, L)
    found = []
    for first, last in portions(table, starts[:-1], budget):
        forest = Forest.of(table[starts[first] : starts[last]])
        found.append(_Portion(forest, first, last, forest.ends))
    return found
