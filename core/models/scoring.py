"""Exact answer log-probabilities of a bundle, with gradients; training and scoring read a model here alone.

The packed sequence goes through the model once (dense block mask, one row), the language-model
head only at the nodes where an answer branches. `branch_logits` works with any causal language
model of transformers that takes a 4-D mask and `logits_to_keep`.
"""

import numpy as np
import torch
from torch import Tensor, nn

from core.models.batch import computing_type
from core.prompts.bundle import Bundle, Group
from core.prompts.trie import Branch


def branch_logits(model: nn.Module, bundle: Bundle) -> tuple[Tensor, np.ndarray]:
    """Next-token logits at the positions of a bundle where answers branch.

    Returns
    -------
    logits
        Shape (M, V) in float32 for the M nodes that are read.
    row_of
        Shape (S,): row of `logits` for each packed position, -1 where none is read.
    """
    device, dtype = next(iter(model.parameters())).device, computing_type(model)
    wanted = np.unique(np.concatenate([group.nodes.ravel() for group in bundle.groups]))
    row_of = np.full(len(bundle.tokens), -1, dtype=np.int64)
    row_of[wanted] = np.arange(len(wanted))
    visible = torch.from_numpy(bundle.visible).to(device)
    mask = torch.zeros(visible.shape, dtype=dtype, device=device)
    mask.masked_fill_(~visible, torch.finfo(dtype).min)
    output = model(
        input_ids=torch.from_numpy(bundle.tokens).to(device)[None],
        position_ids=torch.from_numpy(bundle.positions).to(device)[None],
        attention_mask=mask[None, None],
        logits_to_keep=torch.from_numpy(wanted),  # not moved: the last block may be on another GPU
        use_cache=False,
    )
    return output.logits[0].float(), row_of


def answer_logprobs(logits: Tensor, row_of: np.ndarray, group: Group) -> Tensor:
    """Log-probabilities of the legal answers, shape (n_prompts, K); each row's exponentials sum to 1.

    Masked to the trie at every branch and renormalised there, so nothing outside the legal answers
    takes part (training and scoring use the same numbers).
    """
    total = logits.new_zeros(len(group.nodes), group.trie.n_answers)
    for b, branch in enumerate(group.trie.branches):
        # softmax over the C legal continuations alone, shape (n_prompts, C)
        chosen = torch.log_softmax(_continuations(logits, row_of[group.nodes[:, b]], branch), dim=-1)
        # `leads_to` (C, K): each answer takes the continuation on its path, nothing where it has none here
        total = total + chosen @ torch.from_numpy(branch.leads_to).to(logits.device)
    return _within(total, group)


def in_option_mass(logits: Tensor, row_of: np.ndarray, group: Group) -> Tensor:
    """Share of the model's whole next-token probability on legal answers, shape (n_prompts,).

    Product of full-vocabulary probabilities along each answer's branching nodes, summed over the
    answers; nodes with a single continuation count as certain. It takes the place of a "success
    rate" of parsed answers.
    """
    total = logits.new_zeros(len(group.nodes), group.trie.n_answers)
    read = np.unique(row_of[group.nodes])  # rows of this group, each once
    whole = logits[_on(logits, read)] if len(read) < len(logits) else logits
    weight = torch.logsumexp(whole, dim=-1)  # (M,), over the vocabulary: illegal continuations count
    for b, branch in enumerate(group.trie.branches):
        rows = row_of[group.nodes[:, b]]
        own = weight[_on(logits, np.searchsorted(read, rows))]  # (n_prompts,)
        chosen = _continuations(logits, rows, branch) - own[:, None]
        total = total + chosen @ torch.from_numpy(branch.leads_to).to(logits.device)
    return _within(total, group).exp().sum(dim=-1)


def _within(total: Tensor, group: Group) -> Tensor:
    """Log-probabilities (n_prompts, K) of answers from those of their leaves, which several may share."""
    within = group.trie.within
    return total if within is None else total + torch.from_numpy(within).to(total)


def _continuations(logits: Tensor, rows: np.ndarray, branch: Branch) -> Tensor:
    """Logits of a branch's C continuations alone, shape (n_prompts, C)."""
    return logits[_on(logits, rows)[:, None], _on(logits, branch.children)]


def _on(logits: Tensor, indices: np.ndarray) -> Tensor:
    return torch.from_numpy(indices).to(logits.device)
