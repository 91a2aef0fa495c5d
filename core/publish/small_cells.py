"""Rare categories, whose names may identify a person: pointed out before anything is published.

Published are the codebook, means over held-out respondents and, inside a teacher, counts of background
without small cells (`core.tuning.protected_counts`). But the name of a category that only a few respondents
are in already says something about them.
"""

from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_CELL


def rare_categories(data: SurveyData) -> list[tuple[str, str]]:
    """Pairs (label, category) of demographics with at least one respondent, but fewer than `SMALL_CELL`."""
    found = []
    for demographic in data.codebook.demographics:
        counts = data.profiles[demographic.column].value_counts()
        rare = [option for option in demographic.options if 0 < counts.get(option, 0) < SMALL_CELL]
        found += [(demographic.label, option) for option in rare]
    return found


def rare_note(data: SurveyData) -> str | None:
    """Sentence about the rare categories; None if there are none.

    Without the counts: the sentence may be on a shared screen.
    """
    rare = rare_categories(data)
    if not rare:
        return None
    named = ", ".join(f"{label}: {option}" for label, option in rare[:5])
    more = f" and {len(rare) - 5} more" if len(rare) > 5 else ""
    return (
        f"The codebook names categories with fewer than {SMALL_CELL} respondents ({named}{more}). "
        "If that could identify somebody, merge them in the survey and teach the model again."
    )
