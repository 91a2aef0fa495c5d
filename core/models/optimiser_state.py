"""An optimiser's memory as named tensors and plain numbers, so that safetensors and JSON can hold it."""

import torch
from torch import Tensor


def optimiser_state(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Tensors and plain numbers of the optimiser's state, named ``<parameter>.<what>``."""
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, float] = {}
    for parameter, memory in optimiser.state_dict()["state"].items():
        for what, value in memory.items():
            kind = tensors if isinstance(value, Tensor) else numbers
            kind[f"{parameter}.{what}"] = value
    return tensors, numbers


def restore_optimiser(
    optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor], numbers: dict[str, float]
) -> None:
    """Put back what `optimiser_state` gave; settings such as the learning rate stay as they are."""
    memory: dict[int, dict[str, Tensor | float]] = {}
    for name, value in (tensors | numbers).items():
        parameter, _, what = name.partition(".")
        memory.setdefault(int(parameter), {})[what] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": memory})
