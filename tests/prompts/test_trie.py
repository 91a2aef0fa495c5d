import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.trie import AnswerTrie, TokenTree

END = 99


def test_a_shared_prefix_is_stored_once():
    tree = TokenTree()
    first, second = tree.add([5, 6, 7]), tree.add([5, 6, 8, 9])
    assert len(tree) == 5
    tokens, positions, visible = tree.layout()
    assert tokens.tolist() == [5, 6, 7, 8, 9]
    assert positions.tolist() == [0, 1, 2, 2, 3]
    assert np.flatnonzero(visible[first]).tolist() == [0, 1, 2]
    assert np.flatnonzero(visible[second]).tolist() == [0, 1, 3, 4]


def test_adding_the_same_prompt_twice_adds_nothing():
    tree = TokenTree()
    assert tree.add([1, 2, 3]) == tree.add([1, 2, 3])
    assert tree.missing([1, 2, 3, 4, 5]) == 2


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5), min_size=1, max_size=8))
def test_every_node_sees_exactly_its_own_prompt(prompts):
    tree = TokenTree()
    ends = [tree.add(p) for p in prompts]
    tokens, positions, visible = tree.layout()
    for prompt, end in zip(prompts, ends, strict=True):
        assert tokens[visible[end]].tolist() == prompt
        assert positions[visible[end]].tolist() == list(range(len(prompt)))


def test_letters_branch_once():
    trie = AnswerTrie.build([[11], [12], [13]], END)
    assert len(trie.branches) == 1
    assert trie.branches[0].children.tolist() == [11, 12, 13]
    assert trie.branches[0].leads_to.tolist() == np.eye(3).tolist()


def test_an_answer_that_begins_another_ends_in_the_terminator():
    trie = AnswerTrie.build([[1], [1, 0], [1, 0, 0], [2]], END)  # 1, 10, 100, 2
    assert [b.prefix for b in trie.branches] == [(), (1,), (1, 0)]
    assert trie.branches[0].children.tolist() == [1, 2]
    assert trie.branches[0].leads_to.tolist() == [[1, 1, 1, 0], [0, 0, 0, 1]]
    assert trie.branches[1].children.tolist() == [0, END]
    assert trie.branches[1].leads_to.tolist() == [[0, 1, 1, 0], [1, 0, 0, 0]]


def test_digits_of_0_to_100_branch_eleven_times():
    """The root, one node for each of the first digits 1 to 9, and the node of 10, with which 100 begins."""
    answers = [[int(d) for d in str(n)] for n in range(101)]
    trie = AnswerTrie.build(answers, END)
    assert len(trie.branches) == 11
    assert all(b.leads_to.sum(axis=1).min() >= 1 for b in trie.branches)


@given(
    st.lists(
        st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple), min_size=2, max_size=12, unique=True
    ),
    st.integers(0, 2**32 - 1),
)
def test_answer_probabilities_add_up_to_one(answers, seed):
    trie = AnswerTrie.build(answers, END)
    rng = np.random.default_rng(seed)
    logprob = np.zeros(len(answers))
    for branch in trie.branches:
        logits = rng.normal(size=len(branch.children))
        logprob += (logits - np.log(np.exp(logits).sum())) @ branch.leads_to
    assert np.exp(logprob).sum() == pytest.approx(1.0)


def test_repeated_or_empty_answers_are_refused():
    with pytest.raises(ValueError, match="different and not empty"):
        AnswerTrie.build([[1], [1]], END)
    with pytest.raises(ValueError, match="different and not empty"):
        AnswerTrie.build([[1], []], END)
