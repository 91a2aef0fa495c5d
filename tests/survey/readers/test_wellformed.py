"""The fast and the strict reader give the same cells, or the fast one declines."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import FileError
from core.survey.readers import wellformed
from core.survey.readers.delimited import DELIMITERS, read_grid
from core.survey.readers.grid import make_grid
from core.survey.readers.wellformed import quotes_enclose_cells, read_wellformed

PIECES = st.sampled_from(
    ["a", "é", " ", ",", ",", '"', '"', '""', "\n", "\n", "\r\n", "\r", ";", "\ufeff", "\x1c"]
)
CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=5)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


def cells_of(grid):
    return grid.head, [column.to_pylist() for column in grid.columns]


def strictly(text, delimiter=","):
    """What Python's own strict reader makes of a text; None for an error or rows of different lengths."""
    try:
        rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if r]
    except csv.Error:
        return None
    if not rows or len({len(row) for row in rows}) > 1:
        return None
    return cells_of(make_grid(rows))


@given(st.lists(PIECES, max_size=30).map("".join))
@example('a,b\n"c"d,e\n')
@example('a,b\nc"d,e"f\n')
@example('a,b\n"c,d\n')
@example('\n\na,b\n\n"","""\n"""')
@example("a,b\nc,\x0bd\x85\n")
@settings(max_examples=1500)
def test_the_fast_reader_gives_the_cells_of_the_strict_one_or_declines(text):
    found = read_wellformed(text, ",")
    assert found is None or cells_of(found) == strictly(text)


@given(TABLES, st.sampled_from(list(DELIMITERS)), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
@settings(max_examples=200)
def test_the_fast_reader_takes_every_file_that_is_written_properly(rows, delimiter, quoting):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, quoting=quoting, lineterminator="\r\n").writerows(rows)
    if buffer.getvalue().startswith("\ufeff"):
        return
    found = read_wellformed(buffer.getvalue(), delimiter)
    assert found is not None
    assert cells_of(found) == strictly(buffer.getvalue(), delimiter)


@given(st.lists(st.sampled_from(['"', '""', ",", "a", "\n"]), max_size=20).map("".join), st.integers(1, 5))
@settings(max_examples=300)
def test_looking_at_quotes_in_parts_finds_the_same(text, part):
    whole = quotes_enclose_cells(text.encode(), ",")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wellformed, "_AT_ONCE", part)
        assert quotes_enclose_cells(text.encode(), ",") == whole


def test_a_header_over_several_lines_and_many_blocks_of_rows_stay_text():
    rows = [["id", "In which\nyear?"]] + [[f"00{i}", "1.0" if i % 2 else ""] for i in range(600_000)]
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    found = read_wellformed(buffer.getvalue(), ",")
    assert len(found.columns[0].chunks) > 1
    assert cells_of(found) == (rows[:3], [list(column) for column in zip(*rows, strict=True)])


@pytest.mark.parametrize(
    "text", ["x" * 200_000 + ",b\n", "a,b\n" + "x" * 200_000 + ",y\n", "a,b\n" + "x" * 5_000_000 + ",y\n"]
)
def test_a_cell_longer_than_any_answer_is_left_to_the_strict_reader(text):
    assert read_wellformed(text, ",") is None
    with pytest.raises(FileError, match="field larger than field limit|only one column"):
        read_grid(text, "a.csv")
