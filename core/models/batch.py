"""Batches of bundles: several read in one pass through the model.

Reading bundles together costs a quarter to a third less processor time than one after the other:
4-bit layers are unpacked once, and every layer is called once. Shorter bundles are padded; a pad
sees only itself and nobody sees it, so every number equals that of the bundle read alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.models.language_model import LanguageModel
from core.prompts.bundle import Bundle


@dataclass(frozen=True)
class PaddedBundles:
    """Tensors of B bundles, padded to S positions each.

    Attributes
    ----------
    tokens, positions
        Shape (B, S).
    visible
        Shape (B, S, S) bool: row attends to column.
    read
        Shape (M,): positions in the flattened (B * S) layout whose next-token logits are read.
    rows
        One array per bundle, shape (its tokens,): row of the M logits for each position, -1 where
        none is read.
    """

    tokens: Tensor
    positions: Tensor
    visible: Tensor
    read: Tensor
    rows: tuple[np.ndarray, ...]

    @classmethod
    def of(cls, bundles: Sequence[Bundle]) -> "PaddedBundles":
        """Batch of `bundles`, padded to the longest."""
        size = max(len(b.tokens) for b in bundles)  # S
        tokens = np.zeros((len(bundles), size), dtype=np.int64)
        positions = np.zeros_like(tokens)
        # (B, S, S): a pad sees itself, as a row of the mask without any position would give NaN
        visible = np.tile(np.eye(size, dtype=bool), (len(bundles), 1, 1))
        read: list[np.ndarray] = []
        rows, count = [], 0
        for b, bundle in enumerate(bundles):
            length = len(bundle.tokens)
            tokens[b, :length], positions[b, :length] = bundle.tokens, bundle.positions
            visible[b, :length, :length] = bundle.visible
            # positions where answers branch: the only ones whose logits are read
            wanted = np.unique(np.concatenate([group.nodes.ravel() for group in bundle.groups]))
            # inverse of `read`: position in this bundle -> row of the logits of all bundles
            row_of = np.full(length, -1, dtype=np.int64)
            row_of[wanted] = count + np.arange(len(wanted))
            rows.append(row_of)
            read.append(b * size + wanted)  # position in the flattened (B * S,) layout
            count += len(wanted)
        as_tensor = torch.from_numpy
        return cls(
            as_tensor(tokens),
            as_tensor(positions),
            as_tensor(visible),
            as_tensor(np.concatenate(read)),
            tuple(rows),
        )


def read_bundles(model: LanguageModel, bundles: Sequence[Bundle]) -> tuple[Tensor, tuple[np.ndarray, ...]]:
    """Next-token logits at the positions where answers branch, for several bundles at once.

    The language-model head sees only the positions that are read: it is given those rows of the last
    hidden states and nothing else, whatever the architecture does with its logits afterwards.

    Returns
    -------
    logits
        Shape (M, V) in float32.
    rows
        See `PaddedBundles.rows`; each array serves `core.models.scoring.answer_logprobs`.
    """
    padded = PaddedBundles.of(bundles)
    device, dtype = next(iter(model.parameters())).device, computing_type(model)
    read = padded.read.to(device)
    # additive mask (B, S, S): the lowest finite number instead of -inf, which softmax may turn into NaN
    mask = torch.zeros(padded.visible.shape, dtype=dtype, device=device)
    mask.masked_fill_(~padded.visible.to(device), torch.finfo(dtype).min)

    def keep_read(_: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Input of the head: rows (1, M, h) of the last hidden states (B, S, h)."""
        (hidden,) = inputs
        return (hidden.flatten(0, 1)[read][None],)

    hook = model.get_output_embeddings().register_forward_pre_hook(keep_read)
    try:
        output = model(
            input_ids=padded.tokens.to(device),
            position_ids=padded.positions.to(device),
            attention_mask=mask[:, None],  # (B, 1, S, S): the same for every head
            use_cache=False,
        )
    finally:
        hook.remove()
    return output.logits[0].float(), padded.rows


def computing_type(model: nn.Module) -> torch.dtype:
    """Floating-point type a model computes in; 4-bit weights are stored as integers and skipped."""
    floats = (torch.float32, torch.bfloat16, torch.float16)
    return next((p.dtype for p in model.parameters() if p.dtype in floats), torch.float32)
