"""Figures of the structure axis, and how they are stored: nothing that computes them is loaded.

`core.comparison.structure` makes them once per simulation; pages, verdicts and reports read them. Methods are
named as in `core.comparison.structure.SHOWN`, the simulation itself is "model".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.comparison.subgroup_figures import SubgroupFigures

MODEL, PERFECT = "model", "perfect"
"""The simulation, and one without any error: real answers drawn from the model itself."""


@dataclass(frozen=True)
class LinkFigures:
    """Associations over a number of pairs; None where there is no pair, or either side is constant.

    Attributes
    ----------
    pairs
        How many.
    real, simulated, difference
        Mean V, and mean of simulated less real V.
    rank_agreement
        Spearman over the pairs.
    """

    pairs: int
    real: float | None
    simulated: float | None
    difference: float | None
    rank_agreement: float | None


@dataclass(frozen=True)
class MethodLinks:
    """Associations of one method: of questions with demographics, and with each other."""

    demographics: LinkFigures
    questions: LinkFigures

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "MethodLinks":
        """Read plain data, e.g. from JSON."""
        return cls(LinkFigures(**data["demographics"]), LinkFigures(**data["questions"]))


@dataclass(frozen=True)
class HalvesAgreement:
    """Rank agreement of the real associations between two halves; None where it is not defined."""

    demographics: float | None
    questions: float | None


Pair = tuple[str, str, float, float]
"""Two variables, real and simulated V."""


@dataclass(frozen=True)
class AssociationFigures:
    """Associations of answers, by method.

    Attributes
    ----------
    ceiling
        What no simulation can exceed.
    methods
        Name -> figures; "model" is one of them.
    pairs
        Every pair compared, with the model's V.
    """

    ceiling: HalvesAgreement
    methods: Mapping[str, MethodLinks]
    pairs: tuple[Pair, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: methods stand beside `ceiling` and `pairs`."""
        found: dict[str, Any] = {"ceiling": asdict(self.ceiling)}
        for name, links in self.methods.items():
            found[name] = asdict(links)
            if name == "model":
                found["pairs"] = [list(pair) for pair in self.pairs]
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "AssociationFigures":
        """Read what `to_dict` wrote."""
        return cls(
            ceiling=HalvesAgreement(**data["ceiling"]),
            methods={
                name: MethodLinks.from_dict(links)
                for name, links in data.items()
                if name not in ("ceiling", "pairs")
            },
            pairs=tuple((a, b, real, simulated) for a, b, real, simulated in data.get("pairs", ())),
        )


@dataclass(frozen=True)
class EffectFigures:
    """Agreement of the effects in one method's answers with the real ones.

    Attributes
    ----------
    sign_agreement
        Share of the significant effects with the same sign; None where there is none, or the method has none.
    slope
        Simulated on real, each weighted by the precision of the real one, errors in variables corrected; None
        where the effects do not exceed their noise.
    excluded
        Share of real 95 % intervals that leave out the simulated coefficient; 0.05 if effects are the same.
    """

    sign_agreement: float | None
    slope: float | None
    excluded: float | None


@dataclass(frozen=True)
class TransferFigures:
    """Effects compared, those significant at 95 %, and per method how far they transfer."""

    coefficients: int
    significant: int
    methods: Mapping[str, EffectFigures]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "TransferFigures":
        """Read plain data, e.g. from JSON."""
        methods = {name: EffectFigures(**found) for name, found in data["methods"].items()}
        return cls(data["coefficients"], data["significant"], methods)


@dataclass(frozen=True)
class FidelityScore:
    """Population Fidelity Score of one demographic, or of all groups pooled; components from 0 to 1.

    Attributes
    ----------
    group
        Label of the demographic, or "All groups".
    cells, questions
        Most cells of a question, and how many questions.
    score_accuracy, score_adaptability, score_structure, pfs
        Components and the score; None where undefined (fewer than three cells have no rank order).
    """

    group: str
    cells: int
    questions: int
    score_accuracy: float | None
    score_adaptability: float | None
    score_structure: float | None
    pfs: float | None


@dataclass(frozen=True)
class InformativeQuestion:
    """Question a classifier recognises a simulation by, and the AUC lost when its answers are shuffled."""

    column: str
    auc_lost: float


@dataclass(frozen=True)
class Detectability:
    """Detectability: how well a classifier distinguishes simulated from real respondents.

    Attributes
    ----------
    auc
        0.5 (no better than chance) to 1 (always right).
    pmse
        Propensity score mean-squared error, 0 (no better than chance) to 0.25.
    telling
        The most informative questions; none where it is no better than chance.
    """

    auc: float
    pmse: float
    telling: tuple[InformativeQuestion, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Detectability":
        """Read plain data, e.g. from JSON."""
        return cls(
            data["auc"], data["pmse"], tuple(InformativeQuestion(**found) for found in data["telling"])
        )


@dataclass(frozen=True)
class Structure:
    """Structure of a simulation: associations of answers, groups, effects of demographics.

    Attributes
    ----------
    n
        Respondents compared with.
    association
        Cramér's V of all pairs, see `core.comparison.association`.
    subgroups
        Distances and differences of groups, see `core.comparison.subgroups`.
    transfer
        Effects of demographics, see `core.comparison.transfer`.
    fidelity
        Method, or `PERFECT` -> Population Fidelity Scores.
    detectability
        Method -> how well its answers are distinguished from real ones.
    """

    n: int
    association: AssociationFigures
    subgroups: SubgroupFigures
    transfer: TransferFigures
    fidelity: Mapping[str, tuple[FidelityScore, ...]]
    detectability: Mapping[str, Detectability]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what a simulation's `structure.json` holds."""
        return {
            "n": self.n,
            "association": self.association.to_dict(),
            "subgroups": self.subgroups.to_dict(),
            "transfer": asdict(self.transfer),
            "fidelity": {name: [asdict(score) for score in scores] for name, scores in self.fidelity.items()},
            "detectability": {
                name: asdict(found) | {"telling": [asdict(question) for question in found.telling]}
                for name, found in self.detectability.items()
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Structure":
        """Read what `to_dict` wrote."""
        return cls(
            n=data["n"],
            association=AssociationFigures.from_dict(data["association"]),
            subgroups=SubgroupFigures.from_dict(data["subgroups"]),
            transfer=TransferFigures.from_dict(data["transfer"]),
            fidelity={
                name: tuple(FidelityScore(**score) for score in scores)
                for name, scores in data["fidelity"].items()
            },
            detectability={
                name: Detectability.from_dict(found) for name, found in data["detectability"].items()
            },
        )
