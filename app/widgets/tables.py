"""Heights of tables and of their rows on a page."""

import textwrap
from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

Height = Literal["content"] | int

MOST_ROWS, MOST_TALL_ROWS = 18, 9
TALL = 620
"""Height in pixels of a table with more rows than that, which then scrolls."""
TALL_ROW, ONE_LINE = 65, 36
"""Height in pixels from which Streamlit wraps texts, and the characters that fit on one line."""


def cut(text: str, column: int) -> str:
    """Text cut at a word so that it fits into three lines of a column of `column` pixels.

    >>> cut("How much do you agree that the government should do more about the weather in your area?", 150)
    'How much do you agree that the government should do more …'
    """
    return textwrap.shorten(text, 2 * column // 5, placeholder=" …")


def table_height(rows: int, most: int = MOST_ROWS) -> Height:
    """Height that shows every row of a short table and lets a long one scroll.

    >>> table_height(4), table_height(200)
    ('content', 620)
    """
    return "content" if rows <= most else TALL


class Heights(TypedDict, total=False):
    """Height in pixels of a table, and of its rows where they are not as tall as usual."""

    height: Height
    row_height: int


def roomy(rows: Iterable[Mapping[str, object]]) -> Heights:
    """Height of a table and of its rows: texts that are too long for one line are wrapped.

    >>> roomy([{"n": 4}]), roomy([{"Question": "How much are you interested in electric cars?"}])
    ({'height': 'content'}, {'height': 'content', 'row_height': 65})
    """
    rows = list(rows)
    longest = max((len(cell) for row in rows for cell in row.values() if isinstance(cell, str)), default=0)
    if longest <= ONE_LINE:
        return {"height": table_height(len(rows))}
    return {"height": table_height(len(rows), MOST_TALL_ROWS), "row_height": TALL_ROW}
