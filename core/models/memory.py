"""Estimate of the memory and time of a tuning run before it starts, with a sentence for the user.

Memory of tuning, in bytes, for the linear parameters `Lin`, the embedding `Emb` and the LoRA update
`LoRA` of a model with L blocks of width h and MLP width ff:

    weights       QLoRA: Lin (4 + 0.127) / 8 + 2 Emb      LoRA: 2 (Lin + Emb)     (4 bytes on a processor)
    update        LoRA (4 weight + 4 gradient + 8 Adam; 2 for 8-bit Adam)
    activations   tokens (2 L h + 2 (10 h + 8 ff))        with checkpointing: block inputs and one block
                  tokens L 2 (10 h + 8 ff)                without
                  with dropout a block also keeps the adapter's inputs, 6 h + ff, and which were dropped
    logits        10 V per position that is read
    context       0.8 GB

On a processor numbers take 4 bytes, and measured activations are larger by a seventh. Predictions for
one GPU were within about 10 % of published figures, those for a processor within 20 % of what
`core.lab.bench.models` measured.
Time is 4 FLOP per linear parameter and token (6 with checkpointing) at the machine's pace. On a processor
the bundles of a step are shared among the cores, and every layer adds what is not a matrix product: of the
embedded model that is more than half. Processor time measured and predicted per step, embedded model on
three surveys: 0.18 to 0.23 s and 0.20 s; 135 million parameters: 8.9 to 10.9 s and 9.7 to 10.8 s.

Of several GPUs, each reads its share of a step's bundles. Where the model fits one, every GPU holds the
whole of it. Where it does not, each holds 1/N of the linear layers and, for a moment, two whole blocks;
the scales of 4-bit layers, the embedding and the update stay whole. Published figures for two GPUs were
12 % above this formula, so a quarter is added. Every process loads the model in main memory first.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from core.models.machine import Gpu, Machine
from core.models.shape import Shape

Verdict = Literal["fits", "tight", "too large"]
GB = 1e9
CONTEXT = 0.8 * GB
DOUBLE_QUANT_BITS = 4 + 0.127
CPU_ACTIVATIONS = 1.15
TIGHT, TOTAL = 0.85, 0.95
"""Share of the free memory above which a run is tight, and of all memory above which it is too large."""
SHARDED_MARGIN = 1.25
"""Factor on the formula where the base model is sharded over GPUs."""
WORTH_SHARING = 100_000_000
"""Linear parameters from which a process per GPU saves more time than it takes to start."""
CPU_EFFICIENCY = 0.55
"""Share of the speed of a matrix product that the products of a step reach on a processor."""
CPU_LAYER = 0.03
"""Seconds of one core per layer beside its matrix products, for all bundles of a step together."""


@dataclass(frozen=True)
class TrainingLoad:
    """Size of one step of a run, which decides its memory and time.

    Attributes
    ----------
    tokens
        Tokens read at once: bundles times their length.
    positions
        Positions the language-model head is applied to.
    bundles
        Bundles of a step, the units that processes or cores share.
    dropout
        Whether the adapter's inputs are subject to dropout, which keeps copies of them.
    """

    tokens: int
    positions: int
    rank: int = 16
    adapter: Literal["qlora", "lora"] = "qlora"
    modules: str = "all-linear"
    checkpointing: bool = False
    eight_bit_adam: bool = False
    bundles: int = 1
    dropout: bool = False

    def share(self, processes: int) -> "TrainingLoad":
        """Load of the process with the largest share of the bundles."""
        part = math.ceil(self.bundles / processes) / self.bundles
        return replace(self, tokens=math.ceil(self.tokens * part), positions=math.ceil(self.positions * part))


@dataclass(frozen=True)
class Placement:
    """Layout of a run: number of processes, one per GPU, and whether the base model is sharded over them."""

    processes: int = 1
    sharded: bool = False


@dataclass(frozen=True)
class MemoryEstimate:
    """Predicted memory and time of a run, and whether it fits the machine.

    Attributes
    ----------
    needed, available
        Bytes.
    verdict
        "fits", "tight" or "too large".
    sentence
        Message for the user, with what to change when it does not fit.
    seconds_per_step
        Predicted time of one step, rough.
    placement
        Layout the estimate is for.
    """

    needed: int
    available: int
    verdict: Verdict
    sentence: str
    seconds_per_step: float
    placement: Placement = Placement()


def memory(shape: Shape, load: TrainingLoad, *, on_gpu: bool = True, shards: int = 1) -> float:
    """Peak memory of fine-tuning in bytes, on each of `shards` GPUs; see the formula of this module.

    >>> llama = Shape(32, 4096, 4096, 4096, 11008, 32000, tied=False)
    >>> f"{memory(llama, TrainingLoad(1024, 1024, rank=8, checkpointing=True)) / 1e9:.1f} GB"
    '5.8 GB'
    """
    number = 2 if on_gpu else 4  # bytes of a weight or activation: bfloat16 or float32
    # LoRA weights and gradients in 32 bits, and the two moments of Adam
    update = shape.lora(load.rank, load.modules) * (4 + 4 + (2 if load.eight_bit_adam else 8))
    # bytes per token: activations of one block
    block = number * (10 * shape.hidden + 8 * shape.feed_forward)
    if load.dropout:  # a copy, and a byte for each number that says whether it was dropped
        inputs = 6 * shape.hidden + shape.feed_forward if load.modules == "all-linear" else 2 * shape.hidden
        block += (number + 1) * inputs
    # all blocks; with checkpointing only their inputs are kept, and one block is recomputed at a time
    blocks = number * shape.layers * shape.hidden + block if load.checkpointing else shape.layers * block
    activations = load.tokens * blocks * (1 if on_gpu else CPU_ACTIVATIONS)
    logits = load.positions * shape.vocabulary * (10 if on_gpu else 16)
    rest = update + activations + logits + CONTEXT
    if shards == 1:
        return weights(shape, load, number) + rest
    # linear layers are divided; two whole blocks are gathered at a time: one in use, one prefetched
    split = shape.linear * (0.5 if load.adapter == "qlora" else number)
    kept = weights(shape, load, number) - split
    return SHARDED_MARGIN * (split / shards + 2 * split / shape.layers + kept + rest)


def weights(shape: Shape, load: TrainingLoad, number: int = 2) -> float:
    """Bytes of the base model's weights; those that are not packed into 4 bits take `number` bytes each."""
    packed = load.adapter == "qlora"
    return shape.linear * (DOUBLE_QUANT_BITS / 8 if packed else number) + shape.embedding * number


def place(shape: Shape, load: TrainingLoad, machine: Machine) -> Placement:
    """Layout with one process per GPU where that is faster; sharded over as few GPUs as hold the base model.

    A layout that is not tight is preferred to a tight one, and a whole model to a sharded one.
    """
    gpus = len(machine.gpus) if machine.shares_gpus else 1
    shared = min(gpus, load.bundles)
    if gpus == 1 or shape.linear < WORTH_SHARING:
        return Placement()
    for limit in (TIGHT * _smallest(machine).total, TOTAL * _smallest(machine).total):
        if memory(shape, load.share(shared)) <= limit:
            return Placement(shared)
        for count in range(shared, gpus + 1):
            if _loading(shape, load, count) > TOTAL * machine.memory:
                break
            if memory(shape, load.share(count), shards=count) <= limit:
                return Placement(count, sharded=True)
    return Placement()


def _loading(shape: Shape, load: TrainingLoad, processes: int) -> float:
    """Bytes of main memory taken while every process loads the whole base model."""
    return processes * weights(shape, load)


def estimate(shape: Shape, load: TrainingLoad, machine: Machine) -> MemoryEstimate:
    """Estimate of memory and time of a run on a machine.

    "too large" does not fit even with all other programs closed; "tight" is more than is free now.
    """
    on_gpu = bool(machine.gpus)
    placement = place(shape, load, machine)
    share = load.share(placement.processes)
    total, free = _space(machine)
    needed = _needed(shape, load, machine)
    # 2 FLOP per parameter and token forwards, 2 for the gradient by activations, 2 for recomputation
    flops = share.tokens * shape.linear * (6 if load.checkpointing else 4)
    flops += 4 * share.positions * shape.hidden * shape.vocabulary  # the head, where answers are read
    if on_gpu:
        seconds = flops / _smallest(machine).speed
    else:
        one_core = flops / (CPU_EFFICIENCY * machine.core_speed) + CPU_LAYER * shape.layers
        seconds = one_core / min(machine.cores, load.bundles)  # see `core.tuning.data_parallel`
    verdict: Verdict
    verdict = "too large" if needed > TOTAL * total else "tight" if needed > TIGHT * free else "fits"
    where = "on each GPU" if placement.processes > 1 else "on the GPU" if on_gpu else "in memory"
    sentence = f"Needs about {_gb(needed)} {where}; {_gb(free)} of {_gb(total)} are free."
    if placement.processes > 1:
        sentence = f"{_layout(shape, load, placement)} {sentence}"
    if verdict != "fits":
        sentence += " " + _advice(shape, load, machine, verdict)
    return MemoryEstimate(int(needed), int(free), verdict, sentence, seconds, placement)


def _needed(shape: Shape, load: TrainingLoad, machine: Machine) -> float:
    """Peak memory in bytes of a run in the layout of `place`, on the GPU that holds most."""
    placement = place(shape, load, machine)
    shards = placement.processes if placement.sharded else 1
    return memory(shape, load.share(placement.processes), on_gpu=bool(machine.gpus), shards=shards)


def _layout(shape: Shape, load: TrainingLoad, placement: Placement) -> str:
    """Sentence about the layout of a run on several GPUs."""
    count = placement.processes
    if not placement.sharded:
        return f"{count} GPUs learn together: each holds the base model and takes its share of every step."
    return (
        f"The base model is sharded over {count} GPUs: each keeps 1/{count} of its layers and fetches the "
        f"rest layer by layer. Loading takes about {_gb(_loading(shape, load, count))} of main memory."
    )


def _smallest(machine: Machine) -> Gpu:
    return min(machine.gpus, key=lambda gpu: gpu.total)


def _space(machine: Machine) -> tuple[int, int]:
    """Total and free bytes of the memory a run is in; of several GPUs, the least of each."""
    if machine.gpus:
        return _smallest(machine).total, min(gpu.free for gpu in machine.gpus)
    return machine.memory, machine.free_memory


def _advice(shape: Shape, load: TrainingLoad, machine: Machine, verdict: str) -> str:
    """Sentence about what to change: the mildest change after which the run fits."""
    start = "It is tight" if verdict == "tight" else "It does not fit"
    changes = {
        "turn on gradient checkpointing under Advanced": replace(load, checkpointing=True),
        "choose QLoRA instead of LoRA": replace(load, adapter="qlora"),
        "choose QLoRA and gradient checkpointing": replace(load, adapter="qlora", checkpointing=True),
    }
    total, free = _space(machine)
    limit = TIGHT * free if verdict == "tight" else TOTAL * total
    for words, changed in changes.items():
        if changed != load and _needed(shape, changed, machine) <= limit:
            return f"{start}: {words}."
    if verdict == "tight":
        return "It is tight: close other programs first."
    if machine.shares_gpus:
        count = len(machine.gpus)
        return (
            f"{start}, nor sharded over {count} GPUs, for which loading takes "
            f"{_gb(_loading(shape, load, count))} of main memory: choose a smaller base model."
        )
    return f"{start}: choose a smaller base model, or a machine with more memory."


def _gb(size: float) -> str:
    return f"{size / GB:.1f} GB" if size < 10 * GB else f"{size / GB:.0f} GB"
