import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.forest import NOTHING, Forest, padded, portions
from core.prompts.trie import TokenTree

SEQUENCES = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=5).map(tuple), min_size=1, max_size=12)


def test_shared_beginnings_have_one_node():
    forest = Forest.of(padded([(5, 6), (5, 6, 7), (5, 8)]))
    assert forest.tokens.tolist() == [5, 6, 7, 8]
    assert forest.positions.tolist() == [0, 1, 2, 1]
    assert forest.paths.tolist() == [[0, 1, NOTHING], [0, 1, 2], [0, 3, NOTHING]]
    assert forest.ends.tolist() == [1, 2, 3]
    behind = forest.behind([1, 2])
    assert behind.tokens.tolist() == [1, 2, 5, 6, 7, 8]
    assert behind.positions.tolist() == [0, 1, 2, 3, 4, 3]
    assert behind.paths.tolist() == [[0, 1, 2, 3, NOTHING], [0, 1, 2, 3, 4], [0, 1, 2, 5, NOTHING]]


@given(SEQUENCES, st.lists(st.integers(0, 3), max_size=3))
def test_a_forest_of_sorted_sequences_is_the_token_tree(sequences, front):
    sequences = sorted(sequences)
    tree = TokenTree()
    ends = [tree.add([*front, *sequence]) for sequence in sequences]
    forest = Forest.of(padded(sequences)).behind(front)
    tokens, positions, visible = tree.layout()
    assert np.array_equal(forest.tokens, tokens)
    assert np.array_equal(forest.positions, positions)
    assert np.array_equal(forest.visible, visible)
    assert forest.ends.tolist() == ends


@given(SEQUENCES, st.integers(1, 12))
def test_portions_keep_to_the_budget_and_leave_nothing_out(sequences, budget):
    table = padded(sorted(sequences))
    found = list(portions(table, np.arange(len(table)), budget))
    assert [first for first, _ in found] == [0, *(last for _, last in found[:-1])]
    assert found[-1][1] == len(table)
    for first, last in found:
        assert last - first == 1 or len(Forest.of(table[first:last]).tokens) <= budget
    # a portion ends only where one more prompt would have been too much
    for (first, last), _ in zip(found, found[1:], strict=False):
        assert len(Forest.of(table[first : last + 1]).tokens) > budget
