"""Sharding of a base model over GPUs: every process keeps a part of each block and gathers the rest.

For models that do not fit one GPU, such as a 70B model in 4 bits on GPUs of 24 GB. It is FSDP2 of torch
(`fully_shard`): the weights of a block are gathered before its forward and its backward pass and freed
afterwards. Only frozen weights are split. The adapter, a few hundredths of the model, stays whole in
every process, so that gradients, optimiser, checkpoints and the saved adapter are those of a run on one
GPU; embedding and language-model head stay whole too.

4-bit layers have to be stored as 32-bit floats, the type of the other weights of a block once it is
prepared for QLoRA. Bytes (uint8), the usual storage, were reported to learn nothing without an error
(huggingface/accelerate#3983), 16-bit floats to change on their way over a GPU where the bits happen to
mean "not a number" (bitsandbytes#1945). Not covered: offloading to main memory, merging an adapter.

Tried on processors through gloo, where results are those of the whole model to the bit; there was no
machine with several GPUs to try it on.
"""

from typing import TYPE_CHECKING

import torch
from torch import nn

from core.errors import ModelError
from core.models.processes import Processes

if TYPE_CHECKING:
    from peft import PeftModel

STORAGE = torch.float32
"""Storage type of the 4-bit layers of a sharded model."""


def shard(model: "PeftModel", processes: Processes, base: str) -> None:
    """Shard a model with its adapter, loaded in main memory, over these processes and move it to their GPUs.

    Raises
    ------
    ModelError
        If the 4-bit layers are stored in another type, or the model names no blocks to split by.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    refuse_other_storage(model, base)
    blocks, split = _blocks(model, base), set()  # `split`: frozen parameters of all blocks
    mesh = init_device_mesh(processes.device.type, (processes.count,))
    for block in blocks:
        # the adapter's weights stay whole, so their gradients are complete in every process
        learned = {p for p in block.parameters() if p.requires_grad}
        split |= set(block.parameters()) - learned
        fully_shard(block, mesh=mesh, ignored_params=learned)
    # the outer model is wrapped too, for the order of gathering, with nothing left to split: embedding,
    # head, norms and adapter stay whole
    whole = {p for p in model.parameters() if p.requires_grad or p not in split}
    fully_shard(model, mesh=mesh, ignored_params=whole)
    for parameter in whole:  # FSDP moves only what it splits
        parameter.data = parameter.data.to(processes.device)


def refuse_other_storage(model: nn.Module, base: str) -> None:
    """Check that packed weights are stored in the one type that can be sharded.

    Raises
    ------
    ModelError
        If a 4-bit layer is stored as anything but 32-bit floats.
    """
    import bitsandbytes as bnb

    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit) and module.weight.dtype != STORAGE:
            raise ModelError(
                "The 4-bit layers of this base model are stored in a type that cannot be split over GPUs: it "
                "would learn nothing, without an error.",
                where=f"{base}, bnb_4bit_quant_storage",
                got=str(module.weight.dtype).removeprefix("torch."),
                fix="Choose the original model instead of one that was packed by somebody else: it is packed "
                "here, as float32.",
            )


def _blocks(model: "PeftModel", base: str) -> list[nn.Module]:
    """Decoder layers, found by the class names in the model's own `_no_split_modules`."""
    kinds = set(getattr(model.get_base_model(), "_no_split_modules", None) or ())
    blocks = [module for module in model.modules() if type(module).__name__ in kinds]
    if not blocks:
        raise ModelError(
            "This base model cannot be split over several GPUs.",
            where=base,
            fix="Choose a model of the Llama, Mistral or Qwen kind, or a smaller one that fits one GPU.",
        )
    return blocks
