"""Answer log-probabilities and in-option mass from logits, by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from core.models.scoring import answer_logprobs, in_option_mass
from core.prompts.trie import AnswerTrie

A, B, C, END = 0, 1, 2, 3
"""Tokens; answers are "a", "ab" and "c", so that after "a" there is a choice between stopping and "b"."""
TRIE = AnswerTrie.build([(A,), (A, B), (C,)], END)


@dataclass
class Prompts:
    """Two prompts whose branching nodes are positions 0 to 3."""

    nodes: np.ndarray
    trie: AnswerTrie


GROUP = Prompts(np.array([[0, 1], [2, 3]]), TRIE)
ROW_OF = np.array([0, 1, 2, 3])
# next-token probabilities of a, b, c and the end, at the first and the second node of each prompt
PROBABILITIES = torch.tensor(
    [[0.2, 0.4, 0.2, 0.2], [0.1, 0.6, 0.1, 0.2], [0.6, 0.1, 0.2, 0.1], [0.25, 0.25, 0.25, 0.25]]
)


def test_answers_share_one_at_every_branch():
    # first prompt: a or c at even odds, then b against the end 3 to 1; second: 3 to 1, then even odds
    expected = [[1 / 2 * 1 / 4, 1 / 2 * 3 / 4, 1 / 2], [3 / 4 * 1 / 2, 3 / 4 * 1 / 2, 1 / 4]]
    found = answer_logprobs(PROBABILITIES.log(), ROW_OF, GROUP).exp()
    assert found.numpy() == pytest.approx(np.array(expected), abs=1e-6)


def test_mass_is_what_the_whole_vocabulary_leaves_to_the_answers():
    # a then the end or b, and c: 0.2 (0.2 + 0.6) + 0.2, and 0.6 (0.25 + 0.25) + 0.2
    found = in_option_mass(PROBABILITIES.log(), ROW_OF, GROUP)
    assert found.numpy() == pytest.approx([0.36, 0.5], abs=1e-6)
