from core.survey.readers.grid import HEAD, make_grid


def test_rows_become_columns_over_several_blocks():
    rows = [[str(i), "" if i % 2 else "x"] for i in range(10_000)]
    grid = make_grid(iter(rows))
    assert len(grid) == 10_000 and grid.head == rows[:HEAD]
    numbers, marks = (column.to_pylist() for column in grid.below(1))
    assert numbers == [str(i) for i in range(1, 10_000)]
    assert marks[:2] == [None, "x"]


def test_no_rows_are_an_empty_grid():
    assert len(make_grid([])) == 0 and make_grid([]).below(1) == []
