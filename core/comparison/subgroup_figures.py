"""Figures of demographic groups, and how they are stored; see `core.comparison.subgroups`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Distances:
    """Mean distances of simulated from real shares over items; None where no item has the base."""

    kl: float | None
    tv: float | None


@dataclass(frozen=True)
class GroupFigures:
    """Figures of one demographic group.

    Attributes
    ----------
    column, label, option
        The demographic and the category.
    n, n_effective
        Respondents, unweighted, and their effective base.
    floor
        What a perfect simulation would show; None for a group too small to be shown.
    methods
        Name -> distances.
    """

    column: str
    label: str
    option: str
    n: int
    n_effective: float
    floor: Distances | None = None
    methods: Mapping[str, Distances] = field(default_factory=dict)

    @property
    def suppressed(self) -> bool:
        """Whether the group is too small to be shown."""
        return self.floor is None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: methods stand beside the rest."""
        base = {
            name: getattr(self, name)
            for name in ("column", "label", "option", "n", "n_effective", "suppressed")
        }
        if self.floor is None:
            return base
        return base | {name: asdict(found) for name, found in {"floor": self.floor, **self.methods}.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "GroupFigures":
        """Read what `to_dict` wrote."""
        known = ("column", "label", "option", "n", "n_effective")
        found = {k: Distances(**d) for k, d in data.items() if k not in (*known, "suppressed")}
        floor = found.pop("floor", None)
        return cls(**{name: data[name] for name in known}, floor=floor, methods=found)


@dataclass(frozen=True)
class GroupSummary:
    """Summary of all groups for one method.

    Attributes
    ----------
    tv
        Base-weighted mean over groups.
    worst_tv, worst_group
        Of the group furthest off beyond chance.
    slope, slope_low, slope_high
        Of simulated on real group differences; None where real groups do not differ measurably.
    """

    tv: float | None
    worst_tv: float | None
    worst_group: str | None
    slope: float | None = None
    slope_low: float | None = None
    slope_high: float | None = None


@dataclass(frozen=True)
class SubgroupFigures:
    """Figures of all groups, and how far the real ones differ.

    Attributes
    ----------
    groups
        Every group somebody belongs to.
    methods
        Name -> all groups.
    differences
        Root mean square of the real differences beyond chance, 0 when there are none.
    """

    groups: tuple[GroupFigures, ...]
    methods: Mapping[str, GroupSummary]
    differences: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "groups": [group.to_dict() for group in self.groups],
            "methods": {name: asdict(found) for name, found in self.methods.items()},
            "differences": self.differences,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SubgroupFigures":
        """Read what `to_dict` wrote."""
        return cls(
            groups=tuple(map(GroupFigures.from_dict, data["groups"])),
            methods={name: GroupSummary(**found) for name, found in data["methods"].items()},
            differences=data.get("differences"),
        )
