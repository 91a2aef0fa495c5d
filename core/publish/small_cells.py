"""Categories so rare that naming them may name a person: said before anything is published.

Published are the codebook and means over held-out respondents, never a cell of a table. But the
name of a category that only a few respondents are in is itself something about them.
"""

from core.survey.respondents import SurveyData

SMALL_CELL = 5
"""Categories with fewer respondents are pointed out."""


def rare_categories(data: SurveyData) -> list[tuple[str, str]]:
    """Background categories with respondents, but fewer than `SMALL_CELL`: (field label, category)."""
    found = []
    for field in data.codebook.demographics:
        counts = data.profiles[field.column].value_counts()
        found += [(field.label, option) for option in field.options if 0 < counts.get(option, 0) < SMALL_CELL]
    return found


def rare_note(data: SurveyData) -> str | None:
    """A sentence about the rare categories, None when there are none.

    The counts themselves are not said: the sentence is shown where people share their screens.
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
