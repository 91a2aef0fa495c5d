"""Result of an experiment: the figures of each variant, and the verdict on the claim.

Typed inside the process; `to_dict` is what the job's `result.json` holds and ``experiment --json`` prints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class ExperimentRow:
    """Figures of one variant; None where it does not answer every question that is compared.

    Attributes
    ----------
    name, x
        As in `core.experiments.variants.Variant`.
    kl, rmse_scaled, nll
        KL(real || simulated) and NLL in nats, RMSE as a share of the scale's length.
    sd_ratio
        Spread of the simulated over that of the real answers, on scales and numbers.
    floor_kl
        KL of a perfect simulation.
    temperature
        At which it was read.
    weights_mb
        Size of the base model in memory; None for baselines.
    seconds
        Time to train and test it.
    """

    name: str
    x: float | None = None
    kl: float | None = None
    rmse_scaled: float | None = None
    nll: float | None = None
    sd_ratio: float | None = None
    floor_kl: float | None = None
    temperature: float | None = None
    weights_mb: float | None = None
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON and charts."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ExperimentRow":
        """Read what `to_dict` wrote, or an earlier version did."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})


@dataclass(frozen=True)
class ExperimentResult:
    """Result of a finished experiment.

    Attributes
    ----------
    experiment
        Its key.
    rows
        One per variant, in their order.
    verdict
        "supports", "contradicts" or "undecided".
    sentence
        What this survey says about the claim.
    """

    experiment: str
    rows: Sequence[ExperimentRow]
    verdict: str
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "experiment": self.experiment,
            "rows": [row.to_dict() for row in self.rows],
            "verdict": self.verdict,
            "sentence": self.sentence,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ExperimentResult":
        """Read what `to_dict` wrote."""
        rows = tuple(map(ExperimentRow.from_dict, data["rows"]))
        return cls(data.get("experiment", ""), rows, data["verdict"], data["sentence"])
