"""The fast way to cut a well-formed delimited text: many rows at a time, by Arrow.

Arrow and Python's csv module agree on files whose quotes all open at the start of a cell and close at its
end (RFC 4180), and differ on others: Arrow repairs what the strict reader reports. So every quote is looked
at first, and whatever is in doubt is declined: the strict reader then reads it, or says what is wrong.
"""

import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from core.survey.readers.grid import HEAD, Grid

_QUOTE = ord('"')
_AT_ONCE = 1 << 24
_BEGINNING = 1 << 20


def read_wellformed(text: str, delimiter: str) -> Grid | None:
    r"""All cells of a text whose rows are equally long and whose quotes leave no doubt; else None.

    Parameters
    ----------
    text
        Decoded, without a byte order mark.
    delimiter
        One character.

    Examples
    --------
    >>> read_wellformed('id,q\n1,"a ""b"", c"\n', ",").head
    [['id', 'q'], ['1', 'a "b", c']]
    >>> read_wellformed('id,q\n1,"a" b\n', ",") is read_wellformed("id,q\n1\n", ",") is None
    True
    """
    lone_returns = "\r" in text and text.count("\r") != text.count("\r\n")
    if not delimiter.isascii() or lone_returns or text.startswith("\ufeff"):
        return None
    content = text.encode()
    if not quotes_enclose_cells(content, delimiter):
        return None
    try:
        width = _width(text, delimiter)
        table = _parse(content, delimiter, width)
    except (csv.Error, pa.ArrowInvalid):  # rows of different lengths, or a cell longer than any answer
        return None
    if width < 2 or table.num_columns != width or _longest_cell(table) > csv.field_size_limit():
        return None
    rows = table.slice(0, HEAD).to_pydict().values()
    return Grid([list(row) for row in zip(*rows, strict=True)], tuple(table.columns))


def quotes_enclose_cells(content: bytes, delimiter: str) -> bool:
    """Whether every quote opens a cell at its start, closes it at its end, or is doubled inside it.

    Examples
    --------
    >>> [quotes_enclose_cells(text, ",") for text in (b'"a",b', b'a"b",c', b'"a"b,c', b'"a,b')]
    [True, False, False, False]
    """
    characters = np.frombuffer(content, np.uint8)
    around = np.zeros(256, dtype=bool)
    around[list(b'\r\n"' + delimiter.encode())] = True  # a quote beside a quote is a doubled one
    opened = 0
    for start in range(0, len(characters), _AT_ONCE):
        quotes = start + np.flatnonzero(characters[start : start + _AT_ONCE] == _QUOTE)
        opening, closing = quotes[opened::2], quotes[1 - opened :: 2]
        # clipped at both ends of the text: there the quote finds itself, and no other cell is beside it
        before = characters.take(opening - 1, mode="clip")
        after = characters.take(closing + 1, mode="clip")
        if not (around[before].all() and around[after].all()):
            return False
        opened = (opened + len(quotes)) % 2
    return not opened


def _width(text: str, delimiter: str) -> int:
    """Number of cells in the first row that is not blank."""
    rows = csv.reader(io.StringIO(text[:_BEGINNING], newline=""), delimiter=delimiter)
    return len(next(filter(None, rows), []))


def _parse(content: bytes, delimiter: str, width: int) -> pa.Table:
    """Every cell as text, the header included; an empty cell is an empty text."""
    return arrow_csv.read_csv(
        pa.BufferReader(content),
        read_options=arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 22),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False, column_types={f"f{i}": pa.string() for i in range(width)}
        ),
    )


def _longest_cell(table: pa.Table) -> int:
    """In bytes."""
    return max(pc.max(pc.binary_length(column)).as_py() for column in table.columns)
