"""Recipe: the settings of a tuning run, checked when made and stored beside the run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from core.errors import RecipeError
from core.models.catalogue import EMBEDDED, EMBEDDED_ID
from core.survey.codebook import Codebook

Adapter = Literal["qlora", "lora"]
Penalty = Literal["none", "distance", "squared_mean", "rps"]
PENALTY_ALIASES: Mapping[str, Penalty] = {"seed": "distance"}
"""Names of earlier versions, still read in stored recipes and on the command line."""
TargetKind = Literal["smoothed", "cells", "individual"]
Modules = Literal["all-linear", "attention"]
Optimiser = Literal["adamw", "adamw_8bit", "paged_adamw_8bit"]


@dataclass(frozen=True)
class Recipe:
    """Settings of fine-tuning. The defaults suit the embedded model on two processor cores."""

    base: str = EMBEDDED
    """"embedded", a Hub id or a folder."""
    adapter: Adapter = "qlora"
    """4-bit base (QLoRA) or full-precision base (LoRA)."""
    penalty: Penalty = "rps"
    """Extra loss term for ordinal and numeric questions; rps keeps the spread of the answers."""
    penalty_weight: float = 1.0
    """Weight of the penalty (lambda), 0 or more; ignored for "none"."""
    penalty_slope: float = 1.0
    """Of "distance": how fast the penalty grows with the distance, per scale length, above 0."""
    penalty_width: float = 0.0
    """Of "distance": distance that costs nothing, as a share of the scale, 0 to below 1."""
    contrast: float = 10.0
    """Weight of the contrast term, 0 or more; only with smoothed labels."""
    targets: TargetKind = "smoothed"
    """Labels: answer shares of the respondents matching the shown demographics, smoothed or raw
    ("cells"); or each respondent's own answer."""
    rank: int = 16
    """Rank of the LoRA update, 1-256."""
    alpha: float | None = None
    """Scale of the update: it is multiplied by alpha / rank. None: alpha = rank."""
    dropout: float = 0.0
    """Share of the adapter's inputs dropped in training, 0 to below 1."""
    modules: Modules = "all-linear"
    """Layers that get an update: all linear ones, or the query and value projections only."""
    rslora: bool = False
    """Rank-stabilised LoRA: alpha / sqrt(rank) (arXiv 2312.03732)."""
    dora: bool = False
    """Weight-decomposed LoRA, about twice the time per step (arXiv 2402.09353)."""
    gradient_checkpointing: bool = False
    """Recompute activations instead of keeping them: about half the memory, a third more time."""
    optimiser: Optimiser = "adamw"
    """8-bit optimisers need an NVIDIA GPU; on other machines AdamW is used."""
    learning_rate: float = 1e-3
    """Peak learning rate, above 0."""
    steps: int | None = None
    """Ceiling of optimiser steps; None picks it from the number of questions."""
    epochs: float | None = None
    """Ceiling in passes over the questions x training respondents; used when `steps` is None."""
    max_seconds: float | None = None
    """Time limit of learning in seconds, after which the run ends wherever it is; None for none."""
    patience: int = 2
    """The end begins after this many validation checks in a row without a gain, 1 or more."""
    seed: int = 0
    """Same survey, recipe and seed: same adapter, unless there is a time limit."""
    hold_out_questions: tuple[str, ...] = ()
    """Question columns left out of training, to measure unseen questions."""

    def __post_init__(self) -> None:
        if self.penalty in PENALTY_ALIASES:
            object.__setattr__(self, "penalty", PENALTY_ALIASES[self.penalty])
        choices = {
            "adapter": get_args(Adapter),
            "penalty": get_args(Penalty),
            "targets": get_args(TargetKind),
            "modules": get_args(Modules),
            "optimiser": get_args(Optimiser),
        }
        for name, legal in choices.items():
            self._require(getattr(self, name) in legal, name, " or ".join(legal))
        self._require(1 <= self.rank <= 256, "rank", "1 to 256")
        self._require(self.alpha is None or self.alpha > 0, "alpha", "a number above 0")
        self._require(0 <= self.dropout < 1, "dropout", "0 to below 1")
        self._require(self.learning_rate > 0, "learning_rate", "a number above 0")
        self._require(self.penalty_weight >= 0, "penalty_weight", "0 or more")
        self._require(self.contrast >= 0, "contrast", "0 or more")
        self._require(self.penalty_slope > 0, "penalty_slope", "a number above 0")
        self._require(0 <= self.penalty_width < 1, "penalty_width", "0 to below 1")
        self._require(self.steps is None or self.steps >= 1, "steps", "1 or more")
        self._require(self.epochs is None or self.epochs > 0, "epochs", "more than 0")
        self._require(self.max_seconds is None or self.max_seconds > 0, "max_seconds", "more than 0")
        self._require(self.patience >= 1, "patience", "1 or more")

    def _require(self, fine: bool, name: str, legal: str) -> None:
        """Raise RecipeError naming a setting and its legal values unless `fine`."""
        if not fine:
            raise RecipeError(
                "A tuning setting is out of range.", where=name, got=getattr(self, name), fix=f"Use {legal}."
            )

    @property
    def is_embedded(self) -> bool:
        """Whether the base model is the one that ships with Understudy."""
        return self.base in (EMBEDDED, EMBEDDED_ID)

    def check(self, codebook: Codebook) -> None:
        """Raise RecipeError if a held-out question is not in the survey, or none is left to train on."""
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
        """Dictionary as stored in a job's `spec.json`."""
        return asdict(self) | {"hold_out_questions": list(self.hold_out_questions)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recipe":
        """Recipe that `to_dict` wrote; unknown keys raise RecipeError."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise RecipeError(
                "Unknown tuning settings.", got=unknown, fix=f"Known: {', '.join(sorted(known))}."
            )
        data = dict(data)
        data["hold_out_questions"] = tuple(data.get("hold_out_questions") or ())
        return cls(**data)
