"""Dataclasses of arrays come back as they were, bit by bit."""

from dataclasses import dataclass

import numpy as np

from core.tuning.array_files import read_arrays, write_arrays


@dataclass(frozen=True)
class Leaf:
    table: np.ndarray
    name: str


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    keys: tuple[str, ...]
    number: float


def test_what_is_written_is_read(tmp_path):
    tables = (
        np.array([[0.1, np.nan]]),
        np.arange(3, dtype=np.float32),
        np.zeros((0, 4)),
        np.array([True, False]),
    )
    tree = Tree(tuple(Leaf(t, f"é{k}") for k, t in enumerate(tables)), ("a", "ß"), 0.1)
    write_arrays(tree, tmp_path / "new", "tree")
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["tree.json", "tree.safetensors"]
    back = read_arrays(Tree, tmp_path / "new", "tree")
    assert (back.keys, back.number) == (tree.keys, tree.number)
    assert [leaf.name for leaf in back.leaves] == [leaf.name for leaf in tree.leaves]
    for found, table in zip(back.leaves, tables, strict=True):
        assert found.table.dtype == table.dtype and found.table.tobytes() == table.tobytes()
        assert found.table.shape == table.shape


def test_a_column_of_a_table_is_written_as_it_is(tmp_path):
    """Not every array lies in one piece in memory."""
    table = np.arange(6.0).reshape(2, 3).T
    write_arrays(Leaf(table, "t"), tmp_path, "leaf")
    assert read_arrays(Leaf, tmp_path, "leaf").table.tolist() == table.tolist()


def test_not_a_number_comes_back(tmp_path):
    write_arrays(Tree((), (), float("nan")), tmp_path, "tree")
    assert np.isnan(read_arrays(Tree, tmp_path, "tree").number)
