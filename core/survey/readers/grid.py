"""All cells of a file before anything is known about them: columns of text, with the first rows to look at.

Rows are turned into Arrow columns a few thousand at a time, so that ten million cells are never ten million
Python objects at once.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

HEAD = 3
"""No platform writes more header rows."""
_AT_ONCE = 4096


@dataclass(frozen=True)
class Grid:
    """Cells as text, header rows included.

    Attributes
    ----------
    head
        The first rows, at most `HEAD`.
    columns
        Every column from top to bottom; an empty cell is an empty text.
    """

    head: list[list[str]]
    columns: tuple[pa.ChunkedArray, ...]

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def below(self, n_rows: int) -> list[pa.ChunkedArray]:
        """The columns without their first rows, empty cells missing."""
        missing = pa.scalar(None, pa.string())
        bodies = (column.slice(n_rows) for column in self.columns)
        return [pc.if_else(pc.equal(body, ""), missing, body) for body in bodies]


def make_grid(rows: Iterable[list[str]]) -> Grid:
    """Rows of equal length as columns.

    Examples
    --------
    >>> grid = make_grid([["id", "q"], ["1", ""], ["2", "Yes"]])
    >>> len(grid), grid.head[1], [column.to_pylist() for column in grid.below(1)]
    (3, ['1', ''], [['1', '2'], [None, 'Yes']])
    """
    rows = iter(rows)
    head: list[list[str]] = []
    chunks: list[list[pa.Array]] = []
    while part := list(itertools.islice(rows, _AT_ONCE)):
        head = head or [list(row) for row in part[:HEAD]]
        chunks.append([pa.array(cells, pa.string()) for cells in zip(*part, strict=True)])
    columns = tuple(pa.chunked_array(arrays, pa.string()) for arrays in zip(*chunks, strict=True))
    return Grid(head, columns)
