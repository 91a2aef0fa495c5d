"""Plan: everything that decides which people a population has. The same plan gives the same people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import MarginalsError
from core.population.drawing import DrawMethod
from core.population.marginals import Marginals
from core.population.new_variables import NewVariable
from core.population.screening import Frame, Screener
from core.population.smoothing import LARGEST_PART

LARGEST_POPULATION = 1_000_000


@dataclass(frozen=True)
class PopulationPlan:
    """Plan of a population.

    Attributes
    ----------
    marginals
        Targets; None for the survey's own.
    size
        Number of people, 1 to a million.
    seed
        Same seed, same people.
    cap
        Largest raked weight in multiples of the mean weight; None for no limit.
    method
        How people are drawn.
    unseen
        Part of the starting sample's weight given to likely profiles no respondent has, 0 to 0.5.
    screener
        Who qualifies.
    new
        Variables no respondent has.
    """

    marginals: Marginals | None = None
    size: int = 1000
    seed: int = 0
    cap: float | None = None
    method: DrawMethod = DrawMethod.EXACT
    unseen: float = 0.0
    screener: Screener = field(default_factory=Screener)
    new: tuple[NewVariable, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_POPULATION:
            raise MarginalsError(
                "The population size is out of range.",
                where="population size",
                got=self.size,
                fix=f"Give a whole number from 1 to {LARGEST_POPULATION:,}.",
            )
        if self.cap is not None and not self.cap > 1:
            raise MarginalsError(
                "The cap on weights is too low: the mean weight is 1.",
                where="cap",
                got=self.cap,
                fix="Give a number above 1, for example 5, or no cap.",
            )
        if not 0 <= self.unseen <= LARGEST_PART:
            raise MarginalsError(
                "The part of unseen profiles is out of range.",
                where="smoothing",
                got=self.unseen,
                fix=f"Give a number from 0 to {LARGEST_PART:g}, for example 0.05.",
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, without the targets, which are kept beside it."""
        return {
            "cap": self.cap,
            "method": str(self.method),
            "unseen": self.unseen,
            "screener": {
                "conditions": {c: list(a) for c, a in self.screener.conditions.items()},
                "frame": str(self.screener.frame),
            },
            "new": [
                {"name": v.name, "shares": v.shares, "given": v.given, "within": v.within} for v in self.new
            ],
        }

    @classmethod
    def from_dict(
        cls, found: Mapping[str, Any], marginals: Marginals | None, size: int, seed: int
    ) -> "PopulationPlan":
        """Read what `to_dict` wrote; keys left out have their defaults."""
        screener = found.get("screener", {})
        conditions = {c: tuple(a) for c, a in screener.get("conditions", {}).items()}
        return cls(
            marginals,
            size,
            seed,
            found.get("cap"),
            DrawMethod(found.get("method", DrawMethod.EXACT)),
            found.get("unseen", 0.0),
            Screener(conditions, Frame(screener.get("frame", Frame.EVERYBODY))),
            tuple(NewVariable(**variable) for variable in found.get("new", ())),
        )
