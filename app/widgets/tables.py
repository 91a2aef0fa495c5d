"""How tall a table may grow on a page."""

MOST_ROWS = 18
TALL = 620
"""Height in pixels of a table with more rows than that, which then scrolls."""


def table_height(rows: int) -> str | int:
    """Show every row of a short table; let a long one scroll.

    >>> table_height(4), table_height(200)
    ('content', 620)
    """
    return "content" if rows <= MOST_ROWS else TALL
