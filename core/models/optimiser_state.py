"""State of an optimiser as named tensors and plain numbers, so that safetensors and JSON can hold it."""

import torch
from torch import Tensor


def optimiser_state(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Tensors and plain numbers of the optimiser's state, named ``<parameter>.<entry>``."""
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
    """Restore the state that `optimiser_state` returned; settings such as the learning rate are kept."""
    memory: dict[int, dict[str, Tensor | float]] = {}
    for name, value in (tensors | numbers).items():
        parameter, _, what = name.partition(".")
        memory.setdefault(int(parameter), {})[what] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": memory})
