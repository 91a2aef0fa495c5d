import pandas as pd
import pytest

from core.survey.readers.checkbox_cells import TickStyle, read_ticks, read_written


def ticks(*cells):
    return read_ticks(pd.Series(list(cells), dtype="str"))


@pytest.mark.parametrize(
    ("cells", "style", "marks", "blanks"),
    [
        (("1", "0", None), TickStyle.FLAG, {"1"}, {"0"}),
        (("Checked", "Unchecked"), TickStyle.FLAG, {"Checked"}, {"Unchecked"}),
        (("Apple", None), TickStyle.LABEL, {"Apple"}, set()),
        (("Apple", "Apple ", "Not selected"), TickStyle.LABEL, {"Apple", "Apple "}, {"Not selected"}),
        (("0", None), TickStyle.NEVER, set(), {"0"}),
        (("x", "n/a"), TickStyle.FLAG, {"x"}, set()),  # n/a: not asked, neither ticked nor unticked
    ],
)
def test_cells_are_ticks_their_absence_or_nothing(cells, style, marks, blanks):
    found = ticks(*cells)
    assert (found.style, found.marks, found.blanks) == (style, marks, blanks)


@pytest.mark.parametrize("cells", [("Yes", "No"), ("Apple", "Pear"), ("1", "2", "0"), tuple("abcde")])
def test_other_answers_are_no_ticks(cells):
    assert ticks(*cells) is None


def test_a_tick_everybody_has_may_be_another_answer():
    assert ticks("1", "1").always and not ticks("1", None).always and not ticks("1", "0").always


def test_any_text_behind_other_is_a_tick():
    found = read_written(pd.Series(["tram", "0", " ", "n/a", None, "by foot"], dtype="str"))
    assert found.style is TickStyle.WRITTEN and found.marks == {"tram", "by foot"}
