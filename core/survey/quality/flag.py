"""A quality or safety flag: what was noticed in a survey, how often, and what one click would do about it."""

from dataclasses import dataclass
from enum import StrEnum

LEFT_OUT_BY_YOU = "left out by you"
"""How the reason begins that the codebook gives for a column the user took out."""


class FlagKind(StrEnum):
    """What was noticed."""

    FEW_RESPONDENTS = "few respondents"
    PERSONAL_DATA = "personal data"
    FREE_TEXT = "free text"
    LEAK = "leak"
    DUPLICATES = "duplicates"
    REPEATED_IDS = "repeated identifiers"
    NO_ANSWERS = "no answers"
    STRAIGHT_LINING = "straight-lining"
    SPEEDERS = "speeders"
    WEIGHTS = "weights"
    WEIGHTING_EFFICIENCY = "weighting efficiency"
    CONSTANT = "constant column"
    SMALL_BASE = "small base"
    UNUSED_OPTION = "unused option"
    ROUNDING = "rounding"
    LEFT_OUT = "left out"
    EXPORT_HEADER = "export header rows"


class Action(StrEnum):
    """What can be done about a flag; none of them touches the uploaded file."""

    EXCLUDE_COLUMN = "exclude column"
    INCLUDE_COLUMN = "include column"
    DROP_ROWS = "drop respondents"
    KEEP = "keep"


@dataclass(frozen=True)
class Flag:
    """One thing a researcher should know before trusting a survey.

    Attributes
    ----------
    kind
        What was noticed.
    columns
        Columns of the file it concerns; empty when it concerns whole respondents.
    count
        How many cells, respondents, options or columns, as the sentence says.
    sentence
        The finding in plain words.
    actions
        What can be done about it; the first is the suggestion.
    rows
        Positions of the respondents concerned, ascending; only where they can be dropped.
    is_note
        Whether it is only for information, such as a column that is already left out.
    """

    kind: FlagKind
    columns: tuple[str, ...]
    count: int
    sentence: str
    actions: tuple[Action, ...] = (Action.KEEP,)
    rows: tuple[int, ...] = ()
    is_note: bool = False

    @property
    def suggested(self) -> Action:
        """The one-click action that is usually right."""
        return self.actions[0]

    @property
    def key(self) -> str:
        """Names the flag among those of one survey, stable while the survey is edited."""
        return ": ".join([str(self.kind), *self.columns])


def percent(share: float) -> str:
    """A share in whole per cent that never rounds to all or nothing.

    Examples
    --------
    >>> percent(0.912), percent(0.999), percent(0.001), percent(1.0)
    ('91 %', 'over 99 %', 'under 1 %', '100 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def name_columns(columns: tuple[str, ...] | list[str], most: int = 5) -> str:
    """Column names in one line, shortened.

    Examples
    --------
    >>> name_columns(["a", "b", "c"], most=2)
    '"a", "b" and 1 more'
    """
    shown = ", ".join(f'"{shorten(column)}"' for column in columns[:most])
    return shown + (f" and {len(columns) - most} more" if len(columns) > most else "")


def shorten(text: str, most: int = 60) -> str:
    """A long header cut at `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
