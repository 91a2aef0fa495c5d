"""A table of text to a guessed codebook (in the making)."""

import pandas as pd

from core.errors import CodebookError
from core.survey.codebook import Codebook


def guess_codebook(table: pd.DataFrame, title: str) -> Codebook:
    """Guess what the columns mean."""
    raise CodebookError("A codebook is needed for now.", where=title)
