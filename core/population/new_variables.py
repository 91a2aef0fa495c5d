"""Variables no respondent has: drawn for the people afterwards, independently or as the user says.

The survey knows nothing of how such a variable correlates with the others, and the model was not fine-tuned
on it, so it changes no simulated answer. It can be independent of everything, or follow one demographic by
shares the user gives within each of its categories; given that, it is independent of all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.totals import ROUNDING, check_numbers, does_not_add_up, rounded
from core.survey.codebook import no_such_demographic


@dataclass(frozen=True)
class NewVariable:
    """Variable that nobody in the starting sample has.

    Attributes
    ----------
    name
        Its column.
    shares
        Category -> share, used when `given` is empty.
    given
        Demographic it follows, or "".
    within
        Category of `given` -> category -> share; one row for each category that occurs.
    """

    name: str
    shares: Mapping[str, float] = field(default_factory=dict)
    given: str = ""
    within: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = dict(self.within) if self.given else {"": self.shares}
        for category, shares in tables.items():
            where = f"{self.name}, {self.given}: {category}" if category else self.name
            check_numbers(where, shares)
            if abs(sum(shares.values()) - 1) > ROUNDING:
                raise does_not_add_up(where, 100 * sum(shares.values()))

    @property
    def note(self) -> str:
        """Assumption about it, in words."""
        if not self.given:
            return f"No respondent has {self.name}: it is dealt independently of everything else."
        return (
            f"No respondent has {self.name}: it follows {self.given} as you gave it and is otherwise "
            "independent."
        )

    def draw(self, people: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
        """Categories drawn for every person; the shares are met to one person (within each group).

        Raises
        ------
        MarginalsError
            If the variable exists already, or a category of `given` has no shares.
        CodebookError
            If `given` is not a demographic of the people.
        """
        if self.name in people.columns and people[self.name].notna().any():
            raise MarginalsError("The variable exists already.", where=self.name, fix="Choose another name.")
        if not self.given:
            return pd.Series(_drawn(self.shares, len(people), rng), dtype="str")
        if self.given not in people.columns:
            raise no_such_demographic(self.given, people.columns, self.name)
        group = people[self.given].fillna("")
        missing = sorted(set(group) - set(self.within))
        if missing:
            raise MarginalsError(
                "A category has no shares for a new variable.",
                where=f"{self.name}, {self.given}",
                got=missing[0] or "no answer",
                fix="Give its shares too.",
            )
        drawn = np.empty(len(people), dtype=object)
        for category in sorted(set(group)):
            rows = np.flatnonzero(group == category)
            # each group by itself, so the shares hold within it
            drawn[rows] = _drawn(self.within[category], len(rows), rng)
        return pd.Series(drawn, dtype="str")


def _drawn(shares: Mapping[str, float], size: int, rng: np.random.Generator) -> np.ndarray:
    """Categories in random order, shape (size,), each as often as its rounded share."""
    numbers = np.array(list(shares.values()), dtype=float)
    counts = rounded(size * numbers / numbers.sum(), 0).astype(int)
    return rng.permutation(np.repeat(np.array(list(shares), dtype=object), counts))
