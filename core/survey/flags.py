"""The sentences about an imported survey that are stored with it; the findings are those of `quality`."""

from collections.abc import Iterator

import pandas as pd

from core.survey.quality.find import find_flags
from core.survey.respondents import SurveyData


def find_warnings(table: pd.DataFrame, data: SurveyData, guessed: bool) -> Iterator[str]:
    """Sentences about the imported survey; none of them stops the import.

    Parameters
    ----------
    table
        The file as text.
    data
        The respondents built from it.
    guessed
        Whether the codebook was inferred.
    """
    flags = find_flags(table, data.codebook, guessed, data.profiles, data.answers)
    yield from (flag.sentence for flag in flags if not flag.is_note)
    yield from data.codebook.extra.get("notes", ()) if guessed else ()
