"""The settings of a tuning run, checked when made and stored beside the run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from core.errors import RecipeError
from core.models.catalogue import EMBEDDED
from core.survey.codebook import Codebook

Penalty = Literal["none", "seed", "squared_mean", "rps"]


@dataclass(frozen=True)
class Recipe:
    """How a model is taught a survey. The defaults suit the embedded model on two processor cores."""

    base: str = EMBEDDED
    """"embedded", a Hub id or a folder."""
    adapter: Literal["qlora", "lora"] = "qlora"
    """4-bit base (QLoRA) or full-precision base (LoRA)."""
    penalty: Penalty = "rps"
    """Extra loss term for ordinal and numeric questions; rps keeps the spread of the answers."""
    penalty_weight: float = 1.0
    """Weight of the penalty, 0 or more; ignored for "none"."""
    targets: Literal["smoothed", "individual"] = "smoothed"
    """Answer shares of matching respondents, smoothed; or each respondent's own answer."""
    rank: int = 16
    """Inner size of the LoRA update, 1-256."""
    learning_rate: float = 1e-3
    """Peak step size, above 0."""
    steps: int | None = None
    """Optimiser steps; None picks them from the number of questions."""
    epochs: float | None = None
    """Passes over the questions x training respondents; used when `steps` is None."""
    max_seconds: float = 150.0
    """Time limit; on a slow machine the run is shortened, not cut off."""
    seed: int = 0
    """Same survey, recipe and seed: same adapter, as long as the time limit is not reached."""
    hold_out_questions: tuple[str, ...] = ()
    """Question columns left out of tuning, to see how unseen questions fare."""

    def __post_init__(self) -> None:
        checks = (
            (self.adapter in ("qlora", "lora"), "adapter", "qlora or lora"),
            (
                self.penalty in ("none", "seed", "squared_mean", "rps"),
                "penalty",
                "none, seed, squared_mean or rps",
            ),
            (self.targets in ("smoothed", "individual"), "targets", "smoothed or individual"),
            (1 <= self.rank <= 256, "rank", "1 to 256"),
            (self.learning_rate > 0, "learning_rate", "a number above 0"),
            (self.penalty_weight >= 0, "penalty_weight", "0 or more"),
            (self.steps is None or self.steps >= 1, "steps", "1 or more"),
            (self.epochs is None or self.epochs > 0, "epochs", "more than 0"),
            (self.max_seconds > 0, "max_seconds", "more than 0"),
        )
        for fine, name, legal in checks:
            if not fine:
                raise RecipeError(
                    "A tuning setting is out of range.",
                    where=name,
                    got=getattr(self, name),
                    fix=f"Use {legal}.",
                )

    def check(self, codebook: Codebook) -> None:
        """Raise RecipeError if a held-out question is not in the survey, or nothing is left to learn."""
        columns = [q.column for q in codebook.questions]
        for column in self.hold_out_questions:
            if column not in columns:
                raise RecipeError(
                    "A held-out question is not in the survey.",
                    where="hold_out_questions",
                    got=column,
                    fix="Use one of: " + ", ".join(columns),
                )
        if set(columns) <= set(self.hold_out_questions):
            raise RecipeError(
                "Every question is held out.", where="hold_out_questions", fix="Keep at least one."
            )

    def to_dict(self) -> dict[str, Any]:
        """As stored in a job's `spec.json`."""
        return asdict(self) | {"hold_out_questions": list(self.hold_out_questions)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recipe":
        """Read what `to_dict` wrote; unknown keys raise RecipeError."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise RecipeError(
                "Unknown tuning settings.", got=unknown, fix=f"Known: {', '.join(sorted(known))}."
            )
        data = dict(data)
        data["hold_out_questions"] = tuple(data.get("hold_out_questions") or ())
        return cls(**data)
