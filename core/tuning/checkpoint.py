"""Checkpoints of a tuning run: everything needed to resume it with an identical result.

A checkpoint is a folder ``step-<n>`` with the trained weights, the state of the optimiser and of the
random generator as safetensors, and the `TrainerState` as JSON. It is written under another name and
renamed, so a run killed while writing finds the one before. Only the newest is kept, beside
``best.safetensors``, the weights with the lowest validation NLL so far.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import torch
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from core.models.optimiser_state import optimiser_state, restore_optimiser
from core.store.files import read_json, write_bytes, write_json

_STEP = re.compile(r"step-(\d+)")
BEST, AVERAGE = "best.safetensors", "average.safetensors"


@dataclass
class TrainerState:
    """State of the training loop.

    Attributes
    ----------
    step
        Optimiser steps taken.
    seconds
        Training time, without the time between a kill and a resume.
    losses
        Training loss of the last steps.
    untuned_nll
        Validation NLL of the monitored respondents before the first step.
    best_nll, best_step, best_losses
        Lowest validation NLL of the checks, its step and its losses (n,); None before the first check.
    gain_losses
        Losses (n,) of the last check that was a gain, see `core.tuning.convergence`.
    checks_without_gain
        Number of checks since that one.
    averaged
        Steps in the average of the weights, see `core.tuning.weight_average`.
    decay_from, last_step
        Step after which the learning rate falls, and the last step; None before that is known.
    decay_reason
        Why it falls: "early", "steps" or "time".
    """

    step: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    untuned_nll: float | None = None
    best_nll: float | None = None
    best_step: int | None = None
    best_losses: list[float] | None = None
    gain_losses: list[float] | None = None
    checks_without_gain: int = 0
    averaged: int = 0
    decay_from: int | None = None
    last_step: int | None = None
    decay_reason: str | None = None


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    """Trained parameters by name."""
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def save(
    folder: Path,
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    state: TrainerState,
    average: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a checkpoint, with the average of the weights where there is one, and remove older ones.

    Raises
    ------
    OSError
        If the disk is full; the previous checkpoint stays.
    """
    final = folder / f"step-{state.step:07d}"
    unfinished = folder / f".{final.name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        _write(unfinished / "weights.safetensors", trained(model))
        tensors, numbers = optimiser_state(optimiser)
        _write(unfinished / "optimiser.safetensors", tensors | _random_state())
        if average:
            _write(unfinished / AVERAGE, average)
        write_json(unfinished / "course.json", {"course": asdict(state), "optimiser": numbers})
        shutil.rmtree(final, ignore_errors=True)
        unfinished.rename(final)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for older in folder.glob("step-*"):
        if older != final:
            shutil.rmtree(older, ignore_errors=True)


def save_best(folder: Path, model: nn.Module) -> None:
    """Write the trained weights as the best so far."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / BEST, trained(model))


def load_best(folder: Path, model: nn.Module) -> None:
    """Load the best weights into the model."""
    _put(load_file(folder / BEST), model)


def load(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer) -> TrainerState | None:
    """Trainer state of the newest checkpoint; None without one.

    The states of model, optimiser and random generator are restored with it.
    """
    found = newest(folder)
    if found is None:
        return None
    state = read_json(found / "course.json")
    _put(load_file(found / "weights.safetensors"), model)
    memory = load_file(found / "optimiser.safetensors")
    torch.set_rng_state(memory.pop("random"))
    if "random.cuda" in memory:
        torch.cuda.set_rng_state(memory.pop("random.cuda"))
    restore_optimiser(optimiser, memory, state["optimiser"])
    known = {f.name for f in fields(TrainerState)}  # of earlier versions there may be others
    return TrainerState(**{name: v for name, v in state["course"].items() if name in known})


def load_average(folder: Path, model: nn.Module) -> dict[str, Tensor] | None:
    """Average of the weights in the newest checkpoint, on the devices of the model; None without one."""
    found = newest(folder)
    if found is None or not (found / AVERAGE).exists():
        return None
    tensors = load_file(found / AVERAGE)
    return {name: tensors[name].to(p.device) for name, p in trained(model).items()}


def newest(folder: Path) -> Path | None:
    """Folder of the newest complete checkpoint; None without one."""
    steps = {path: _STEP.fullmatch(path.name) for path in folder.glob("step-*")}
    return max((path for path, match in steps.items() if match), default=None)


def _random_state() -> dict[str, Tensor]:
    state = {"random": torch.get_rng_state()}
    if torch.cuda.is_available():
        state["random.cuda"] = torch.cuda.get_rng_state()
    return state


def _put(weights: dict[str, Tensor], model: nn.Module) -> None:
    with torch.no_grad():
        for name, parameter in trained(model).items():
            parameter.copy_(weights[name])


def _write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    write_bytes(path, to_bytes({name: t.detach().contiguous().cpu() for name, t in tensors.items()}))
