"""Will it fit, and how long will it take? Asked before a run starts, answered in words.

Memory of tuning, in bytes, for the linear parameters `Lin`, the embedding `Emb` and the LoRA update
`LoRA` of a model with L blocks of width h and MLP width ff:

    weights       QLoRA: Lin (4 + 0.127) / 8 + 2 Emb      LoRA: 2 (Lin + Emb)     (4 bytes on a processor)
    update        LoRA (4 weight + 4 gradient + 8 Adam; 2 for 8-bit Adam)
    activations   tokens (2 L h + 2 (10 h + 8 ff))        with checkpointing: block inputs and one block
                  tokens L 2 (10 h + 8 ff)                without
    logits        10 V per position that is read
    context       0.8 GB

On a processor numbers take 4 bytes, and measured activations are half as large again. Predictions for
one GPU were within about 10 % of published figures, and learning uses one.
Time is 4 FLOP per linear parameter and token (6 with checkpointing) at the machine's pace.
"""

from dataclasses import dataclass, replace
from typing import Literal

from core.models.machine import Machine
from core.models.shape import Shape

GB = 1e9
CONTEXT = 0.8 * GB
DOUBLE_QUANT_BITS = 4 + 0.127
CPU_ACTIVATIONS = 1.5
TIGHT, TOTAL = 0.85, 0.95
"""Share of the free memory above which a fit is tight, and of all memory above which it is none."""
CPU_EFFICIENCY = 0.5
"""Share of the speed of a matrix product that a step reaches on a processor."""


@dataclass(frozen=True)
class Load:
    """What a run asks of a machine.

    Attributes
    ----------
    tokens
        Tokens read at once: bundles times their length.
    positions
        Positions the language-model head is applied to.
    """

    tokens: int
    positions: int
    rank: int = 16
    adapter: Literal["qlora", "lora"] = "qlora"
    modules: str = "all-linear"
    checkpointing: bool = False
    eight_bit_adam: bool = False


@dataclass(frozen=True)
class Fit:
    """Whether a run fits.

    Attributes
    ----------
    needed, available
        Bytes.
    verdict
        "fits", "tight" or "too large".
    sentence
        What the user reads, with what to change when it does not fit.
    seconds_per_step
        Rough time of one step.
    """

    needed: int
    available: int
    verdict: Literal["fits", "tight", "too large"]
    sentence: str
    seconds_per_step: float


def memory(shape: Shape, load: Load, *, on_gpu: bool = True) -> float:
    """Peak memory of tuning in bytes; see the formula of this module.

    >>> llama = Shape(32, 4096, 4096, 4096, 11008, 32000, tied=False)
    >>> f"{memory(llama, Load(1024, 1024, rank=8, checkpointing=True)) / 1e9:.1f} GB"
    '5.8 GB'
    """
    number = 2 if on_gpu else 4
    packed = load.adapter == "qlora"
    weights = shape.linear * (DOUBLE_QUANT_BITS / 8 if packed else number) + shape.embedding * number
    update = shape.lora(load.rank, load.modules) * (4 + 4 + (2 if load.eight_bit_adam else 8))
    block = number * (10 * shape.hidden + 8 * shape.feed_forward)
    blocks = number * shape.layers * shape.hidden + block if load.checkpointing else shape.layers * block
    activations = load.tokens * blocks * (1 if on_gpu else CPU_ACTIVATIONS)
    logits = load.positions * shape.vocabulary * (10 if on_gpu else 16)
    return weights + update + activations + logits + CONTEXT


def estimate(shape: Shape, load: Load, machine: Machine) -> Fit:
    """Compare what a run needs with what the machine has.

    "too large" is what cannot fit even with everything else closed; "tight" is more than is free now.
    """
    on_gpu = bool(machine.gpus)
    total, free = _space(machine)
    needed = memory(shape, load, on_gpu=on_gpu)
    flops = load.tokens * shape.linear * (6 if load.checkpointing else 4)
    speed = (
        machine.gpus[0].speed if on_gpu else CPU_EFFICIENCY * machine.core_speed * (machine.cores + 1) // 2
    )
    verdict = "too large" if needed > TOTAL * total else "tight" if needed > TIGHT * free else "fits"
    where = "on the GPU" if on_gpu else "in memory"
    sentence = f"Needs about {_gb(needed)} {where}; {_gb(free)} of {_gb(total)} are free."
    if verdict != "fits":
        sentence += " " + _advice(shape, load, machine, verdict)
    return Fit(int(needed), int(free), verdict, sentence, flops / speed)


def _space(machine: Machine) -> tuple[int, int]:
    """Total and free memory of where learning runs."""
    if machine.gpus:
        return machine.gpus[0].total, machine.gpus[0].free
    return machine.memory, machine.free_memory


def _advice(shape: Shape, load: Load, machine: Machine, verdict: str) -> str:
    """What to change, the mildest thing that helps first."""
    start = "It is tight" if verdict == "tight" else "It does not fit"
    changes = {
        "turn on gradient checkpointing under Advanced": replace(load, checkpointing=True),
        "choose QLoRA instead of LoRA": replace(load, adapter="qlora"),
        "choose QLoRA and gradient checkpointing": replace(load, adapter="qlora", checkpointing=True),
    }
    for words, changed in changes.items():
        if changed != load and memory(shape, changed, on_gpu=bool(machine.gpus)) < TIGHT * _space(machine)[1]:
            return f"{start}: {words}."
    if verdict == "tight":
        return "It is tight: close other programs first."
    if len(machine.gpus) > 1:
        return f"{start} one GPU, and learning is not split over several: choose a smaller base model."
    return f"{start}: choose a smaller base model, or a machine with more memory."


def _gb(size: float) -> str:
    return f"{size / GB:.1f} GB" if size < 10 * GB else f"{size / GB:.0f} GB"
