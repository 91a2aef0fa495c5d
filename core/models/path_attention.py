"""Attention along the paths of a forest: what a node sees is gathered, instead of masking all else.

A dense mask compares every token of a bundle with every other, though each sees no more than its own short
prompt. Gathering the keys of each path costs (path length)² per path, whatever the size of the bundle, so a
bundle may be large. And as nothing but the prompt itself takes part, in an order of its own, the numbers of
a prompt do not depend on the others in its bundle: they are the same to the bit (tested), whoever is asked
together. Prompts longer than `MAX_PATH` tokens are cheaper behind a dense mask.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.models.language_model import LanguageModel
from core.prompts.forest import NOTHING, Forest

MAX_PATH = 64
"""Tokens of the longest prompt that is read along its path."""
PATH_BUNDLE_TOKENS = 768
"""Tokens after which a bundle is full: hidden states and logits of more leave the processor's cache."""
WINDOW = 4
"""Consecutive places of a path that ask together; there are at least as many nodes and read positions.
Products of matrices with fewer rows round in another way."""
NAME = "understudy_paths"
LIKE_LLAMA = ("llama",)
"""Types of models whose attention is a softmax over all earlier tokens and nothing else."""


@dataclass(frozen=True)
class Windows:
    """Windows of a forest as tensors: each is `WINDOW` places of a path, and the path they look back on.

    A node is asked for in the window where its path first passes it, always in the same place of a window.

    Attributes
    ----------
    tokens, positions
        Shape (N,).
    keys
        Shape (W * L,): the node at each place of each window's path; any node behind its end.
    queries
        Shape (W * WINDOW,): the nodes in each window.
    cells
        Shape (N,): the place in `queries` that stands for each node.
    hidden
        Shape (W, WINDOW, L), 0 where a place sees another and -inf where it does not.
    """

    tokens: Tensor
    positions: Tensor
    keys: Tensor
    queries: Tensor
    cells: Tensor
    hidden: Tensor

    @classmethod
    def of(cls, forest: Forest, reach: int) -> "Windows":
        """Windows of a forest, its paths filled up to `reach` places and a multiple of `WINDOW`."""
        count, longest = forest.paths.shape
        short = max(0, WINDOW - len(forest.tokens))
        blocks = -(-max(reach, longest) // WINDOW)
        paths = np.full((count, blocks * WINDOW), NOTHING)
        paths[:, :longest] = forest.paths
        # first place of each node; the last assignment wins, so the places are gone through backwards
        places = np.flatnonzero(paths.ravel() != NOTHING)[::-1]
        first = np.zeros(len(forest.tokens) + short, dtype=np.int64)
        first[paths.ravel()[places]] = places
        paths = np.maximum(paths, 0)
        used, window_of = np.unique(first // WINDOW, return_inverse=True)  # (W,), (N,)
        path, block = np.divmod(used, blocks)
        sees = np.tril(np.ones((blocks * WINDOW, blocks * WINDOW), dtype=bool)).reshape(blocks, WINDOW, -1)
        hidden = np.where(sees, np.float32(0), np.float32(-np.inf))
        as_tensor = torch.from_numpy
        return cls(
            as_tensor(np.pad(forest.tokens, (0, short))),
            as_tensor(np.pad(forest.positions, (0, short))),
            as_tensor(paths[path].ravel()),
            as_tensor(paths.reshape(-1, WINDOW)[used].ravel()),
            as_tensor(window_of * WINDOW + first % WINDOW),
            as_tensor(hidden[block]),
        )


def reads_paths(model: LanguageModel) -> bool:
    """Whether a model can be read along paths: one like Llama, in main memory, in single precision."""
    weight = next(iter(model.parameters()))
    config: Any = model.config
    return config.model_type in LIKE_LLAMA and weight.device.type == "cpu" and not config.attention_dropout


def path_logits(model: LanguageModel, forest: Forest, nodes: np.ndarray, reach: int) -> Tensor:
    """Next-token logits at some nodes of a forest, shape (len(nodes), V) in float32.

    Parameters
    ----------
    reach
        Length of the longest prompt there could be: sums over longer paths round in another way, so it must
        not depend on who is asked.
    """
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    if NAME not in ALL_ATTENTION_FUNCTIONS.valid_keys():
        ALL_ATTENTION_FUNCTIONS.register(NAME, _attend)
    windows = Windows.of(forest, reach)
    read = np.pad(nodes, (0, max(0, WINDOW - len(nodes))))
    config: Any = model.config
    usual = config._attn_implementation
    config._attn_implementation = NAME
    try:
        output = model(
            input_ids=windows.tokens[None],
            position_ids=windows.positions[None],
            logits_to_keep=torch.from_numpy(read),
            use_cache=False,
            windows=windows,
        )
    finally:
        config._attn_implementation = usual
    return output.logits[0, : len(nodes)].float()


def _attend(
    _module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    _mask: Tensor | None,
    scaling: float,
    *,
    windows: Windows,
    **_options: Any,
) -> tuple[Tensor, None]:
    """Attention of transformers' interface: (1, heads, N, d) queries, fewer heads of keys and values."""
    repeats = query.shape[1] // key.shape[1]
    k, v = (each[0].repeat_interleave(repeats, dim=0) if repeats > 1 else each[0] for each in (key, value))
    heads, width = len(k), k.shape[-1]
    count, _, reach = windows.hidden.shape  # W, L
    q = query[0].index_select(1, windows.queries).view(-1, WINDOW, width)  # (heads * W, WINDOW, d)
    k, v = (each.index_select(1, windows.keys).view(-1, reach, width) for each in (k, v))
    hidden = windows.hidden.expand(heads, -1, -1, -1).reshape(-1, WINDOW, reach)
    scores = torch.baddbmm(hidden, q, k.transpose(1, 2), alpha=scaling)
    found = torch.bmm(torch.softmax(scores, dim=-1), v).view(heads, count * WINDOW, width)
    return found.index_select(1, windows.cells).transpose(0, 1)[None], None  # (1, N, heads, d)
