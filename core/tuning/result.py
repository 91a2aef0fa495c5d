"""Result of a tuning run beside the adapter: its figures, and what repeating it needs.

The job writes it as `outputs/result.json`; a simulation carries a copy of it, with the recipe. Runs of
earlier versions, and pulled adapters, lack some of it: what is not known is None and has no key in the file.
Needs no torch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.prompts.template import Template

_ALWAYS = (
    "validation_nll",
    "uniform_validation_nll",
    "marginals_validation_nll",
    "in_option_mass",
    "untuned_validation_nll",
    "smoothing_weight",
)
"""Fields that every run with training writes, also where they are None."""
_KEYS = {"slope_correction": "emphasis"}
"""Field -> its key in the file, where that is the one of version 0.1.0."""


@dataclass(frozen=True)
class BaseModel:
    """Base model of a run, as it was loaded.

    Attributes
    ----------
    id, revision
        Public name and commit; no path of a machine.
    sha256
        Hash of the weights.
    quantisation
        Empty or None in full precision.
    """

    id: str
    revision: str | None = None
    sha256: str | None = None
    quantisation: str | None = None


@dataclass(frozen=True)
class Smoothing:
    """Label smoothing of a run, as chosen on validation respondents.

    Attributes
    ----------
    smoothing_weight
        Respondents the teacher counts for beside a group's own answers; None for individual answers.
    teacher_validation_nll
        NLL of the teacher on the validation respondents.
    """

    smoothing_weight: float | None = None
    teacher_validation_nll: float | None = None


@dataclass(frozen=True)
class RunResult:
    """Result of a run; NLLs in nats per answer, times in seconds.

    Attributes
    ----------
    temperature, slope_correction
        How scores are to be read, see `core.models.calibration_slope.Calibration`.
    validation_nll
        NLL of the validation respondents, of the answers as they are blended; likewise for equal
        probabilities, for the training marginals and for the base model ("untuned").
    model_validation_nll
        The same NLL of the fine-tuned model alone; `teacher_validation_nll` is that of its teacher alone.
    blend_weight
        Weight of the teacher in the answers, 0 to 1, see `core.tuning.blend`; None without a teacher.
    in_option_mass
        The model's probability on legal answers.
    held_out_validation_nll, held_out_uniform_nll
        The same NLL of questions left out of training.
    steps, planned_steps, best_step
        Steps done, steps that were to be done, and the step whose weights were kept.
    ending
        "steps", "time", "early" or "kept".
    learning_seconds
        Part of `seconds` spent in training steps.
    peak_memory_mb
        Of all processes together, as `cpu_seconds`.
    base, template
        The base model as it was loaded, and how prompts were written.
    data_hash
        Hash of the survey as it was learned, see `core.tuning.registry.data_hash`.
    smoothing_weight, teacher_validation_nll
        See `Smoothing`.
    main_effects_penalty, main_effects_validation_nll
        Inverse penalty and NLL of the teacher of earlier versions, main effects under one ridge penalty.
    pulled
        Repository, revision and problems of an adapter that was trained elsewhere.
    """

    temperature: float | None = None
    slope_correction: float | None = None
    validation_nll: float | None = None
    uniform_validation_nll: float | None = None
    marginals_validation_nll: float | None = None
    in_option_mass: float | None = None
    held_out_validation_nll: float | None = None
    held_out_uniform_nll: float | None = None
    untuned_validation_nll: float | None = None
    model_validation_nll: float | None = None
    blend_weight: float | None = None
    steps: int | None = None
    planned_steps: int | None = None
    best_step: int | None = None
    ending: str | None = None
    seconds: float | None = None
    learning_seconds: float | None = None
    tokens_per_second: float | None = None
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    base: BaseModel | None = None
    template: Template | None = None
    data_hash: str | None = None
    versions: Mapping[str, str] | None = None
    machine: str | None = None
    processes: int | None = None
    sharded: bool | None = None
    smoothing_weight: float | None = None
    teacher_validation_nll: float | None = None
    main_effects_penalty: float | None = None
    main_effects_validation_nll: float | None = None
    pulled: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what `outputs/result.json` holds.

        >>> RunResult(temperature=0.9, slope_correction=0.2).to_dict()
        {'temperature': 0.9, 'emphasis': 0.2}
        """
        learned = self.steps is not None
        return {
            _KEYS.get(name, name): value
            for name, value in asdict(self).items()
            if value is not None or (learned and name in _ALWAYS)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "RunResult":
        """Read what `to_dict` wrote, or a run of an earlier version did."""
        keys = {field.name: _KEYS.get(field.name, field.name) for field in fields(cls)}
        known = {name: data[key] for name, key in keys.items() if key in data}
        base, template = known.pop("base", None), known.pop("template", None)
        return cls(
            **known,
            base=BaseModel(**base) if base else None,
            template=Template(**template) if template else None,
        )
