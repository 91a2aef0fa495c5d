"""Figures of a population once it was built: how well it meets its targets, and what that cost.

Stored beside the population as JSON. Populations of earlier versions lack some of it, which is then empty.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.population.association import Association
from core.population.diagnosis import MissingCombination

Shares = dict[str, dict[str, float]]
"""Demographic column -> category -> share, 0 to 1."""


@dataclass(frozen=True)
class AchievedShare:
    """Shares (0 to 1) of one category of a demographic with targets, and the respondents it rests on.

    Attributes
    ----------
    survey, asked, achieved
        Weighted among the respondents, asked for, and among the people.
    respondents
        Unweighted; None where it was not counted.
    """

    column: str
    label: str
    option: str
    survey: float
    asked: float
    achieved: float
    respondents: int | None = None


@dataclass(frozen=True)
class JointShare:
    """Shares (0 to 1) of one combination of categories with a target of its own."""

    columns: tuple[str, ...]
    options: tuple[str, ...]
    asked: float
    achieved: float


@dataclass(frozen=True)
class PopulationFigures:
    """Figures of a population.

    Attributes
    ----------
    worst_margin_error
        Largest difference between an asked and an achieved share, in percentage points.
    weighting_efficiency, design_effect
        Kish's efficiency of the weights (0 to 1), and 1 / efficiency.
    effective_base
        Equally weighted respondents the weighted ones are worth.
    verdict, explanation
        What these come to, in a word and in words.
    respondents
        Real ones behind the population.
    incidence
        Share of people who pass the screener; 1 without one.
    rounds, converged, trace
        Of raking; the worst error of a share after each round.
    capped, excluded
        Respondents whose weight is held at the cap, and those the targets leave no weight.
    filled
        Respondents with a filled demographic.
    notes
        How targets were read, mapped and assumed.
    missing
        Combinations that are asked for and nobody has.
    achieved, joint
        Every category of the demographics with targets, and every interlocking target.
    exchanged
        People exchanged after the draw.
    unseen_people, distinct_profiles
        People whose profile no respondent has, and profiles drawn at all.
    associations
        How strongly demographics are associated, in the survey and in the population.
    """

    worst_margin_error: float
    weighting_efficiency: float
    design_effect: float
    effective_base: float
    verdict: str = ""
    explanation: str = ""
    respondents: int | None = None
    incidence: float = 1.0
    rounds: int | None = None
    converged: bool | None = None
    trace: tuple[float, ...] = ()
    capped: int | None = None
    excluded: int | None = None
    filled: int | None = None
    notes: tuple[str, ...] = ()
    missing: tuple[MissingCombination, ...] = ()
    achieved: tuple[AchievedShare, ...] = ()
    joint: tuple[JointShare, ...] = ()
    exchanged: int | None = None
    unseen_people: int | None = None
    distinct_profiles: int | None = None
    associations: tuple[Association, ...] = ()

    @property
    def asked_shares(self) -> Shares:
        """Shares asked for."""
        return self._shares("asked")

    @property
    def achieved_shares(self) -> Shares:
        """Shares the people have."""
        return self._shares("achieved")

    @property
    def labels(self) -> dict[str, str]:
        """Column -> what a demographic with targets is called."""
        return {row.column: row.label for row in self.achieved}

    def _shares(self, which: str) -> Shares:
        shares: Shares = {}
        for row in self.achieved:
            shares.setdefault(row.column, {})[row.option] = getattr(row, which)
        return shares

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as stored beside the population."""
        return asdict(self) | {"associations": [pair.to_dict() for pair in self.associations]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PopulationFigures":
        """Read what `to_dict` wrote, from JSON too, or what an earlier version did."""
        known = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        missing = [
            MissingCombination(_pair(row["columns"]), _pair(row["options"]), row["expected"])
            for row in known.pop("missing", ())
        ]
        joint = [
            JointShare(tuple(row["columns"]), tuple(row["options"]), row["asked"], row["achieved"])
            for row in known.pop("joint", ())
        ]
        return cls(
            **known
            | {"trace": tuple(known.get("trace", ())), "notes": tuple(known.get("notes", ()))}
            | {"missing": tuple(missing), "joint": tuple(joint)}
            | {"achieved": tuple(AchievedShare(**row) for row in known.get("achieved", ()))}
            | {"associations": tuple(map(Association.from_dict, known.get("associations", ())))}
        )


def _pair(names: list[str]) -> tuple[str, str]:
    first, second = names
    return first, second
