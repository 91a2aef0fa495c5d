"""Training loss: cross-entropy over the legal answers plus an optional penalty for ordered answers.

Labels are answer shares q, predictions p = softmax over the legal answers, v the answers' scale points.

    none          -sum q log p
    rps           + lambda * sum_k (F_k - G_k)^2 (v_{k+1} - v_k) / range      (cumulative p, q)
    squared_mean  + lambda * ((E_p v - E_q v) / range)^2
    distance      + lambda * E_{q,p} k(|v - v'| / range)   (the paper's; shrinks the spread)

The kernel of `distance` is k(d) = min(1, slope * max(0, d - width)): answers within `width` of the true
one cost nothing, those beyond cost `slope` per unit of distance, at most 1. The paper has a slope and
a width but its formula could not be read, so this form is ours.

All are defined on the answers, not on tokens, so they do not depend on how a number is written.
Up to a constant, `rps` is the ranked probability score averaged over q: strictly proper, so the
optimum stays at p = q for every lambda (Gneiting and Raftery 2007, doi:10.1198/016214506000001437).
Non-substantive answers are left out of the penalty (p and q renormalised over the rest).

`contrast` measures errors in the differences between people rather than in their answers:

    1/2 sum_k qbar_k (dp_gk - dq_gk)^2,    dq_g = log q_g - mean over g, centred under qbar

for the people g of one question. To second order it is the KL divergence that remains once everybody's
mean is right. In surveys that part is a few hundredths of a nat beside tenths for the means, so without
extra weight a short run learns the toplines and ignores who is asked. It is zero at p = q and needs
labels without empty shares. (The aim is that of arXiv 2510.21977, whose formula could not be read.)
"""

import numpy as np
import torch
from torch import Tensor

from core.survey.codebook import Item
from core.tuning.recipe import Recipe


def cross_entropy(logprob: Tensor, labels: Tensor) -> Tensor:
    """-sum q log p for each row; `logprob` and `labels` (n, K), result (n,) in nats."""
    return -(labels * logprob).sum(-1)


def number_penalty(logprob: Tensor, labels: Tensor, item: Item, recipe: Recipe) -> Tensor:
    """Penalty of each row, shape (n,), between 0 and 1; zero for unordered questions."""
    keep = ~np.isnan(item.value_array)
    if recipe.penalty == "none" or not item.is_ordered or keep.sum() < 2:
        return logprob.new_zeros(len(logprob))
    # substantive answers from the lowest scale point to the highest, (K',)
    order = np.flatnonzero(keep)[np.argsort(item.value_array[keep], kind="stable")]
    values = torch.tensor(item.value_array[order], dtype=logprob.dtype, device=logprob.device)
    values = (values - values[0]) / (values[-1] - values[0])  # 0 to 1, so that scales are comparable
    p, q = (_renormalise(t[:, torch.from_numpy(order).to(t.device)]) for t in (logprob.exp(), labels))
    if recipe.penalty == "rps":
        # F - G below each step of the scale, (n, K' - 1); at the top both are 1
        gaps = (p.cumsum(-1) - q.cumsum(-1))[:, :-1]
        return (gaps**2 * values.diff()).sum(-1)
    if recipe.penalty == "squared_mean":
        return ((p - q) @ values) ** 2
    # (K', K') cost of predicting j where k was answered; its mean over q and p, row by row
    distances = (values[:, None] - values[None, :]).abs()
    kernel = (recipe.penalty_slope * (distances - recipe.penalty_width)).clamp(0.0, 1.0)
    return torch.einsum("nk,kj,nj->n", q, kernel, p)


def bundle_loss(logprob: Tensor, labels: Tensor, item: Item, recipe: Recipe) -> Tensor:
    """Loss of each prompt of one item without the contrast, shape (n,)."""
    penalty = number_penalty(logprob, labels, item, recipe)
    return cross_entropy(logprob, labels) + recipe.penalty_weight * penalty


def contrast(logprob: Tensor, labels: Tensor) -> Tensor:
    """Error in the differences between people, a scalar in nats, 0 or more; `logprob` and `labels` (n, K).

    Zero for one person alone, and when all predictions are off by the same log-odds.
    """
    mean = labels.mean(0)  # (K,)

    def differences(logs: Tensor) -> Tensor:
        """Deviations (n, K) of log-probabilities from everybody's mean, centred over answers under `mean`."""
        logs = logs - logs.mean(0)
        # a constant per row does not change a softmax, so it is removed
        return logs - (logs @ mean)[:, None]

    gap = differences(logprob) - differences(labels.clamp_min(1e-6).log())
    # variance of the gap over answers for each person, (n,): twice the KL divergence to second order
    return 0.5 * (gap**2 @ mean).mean()


def _renormalise(shares: Tensor) -> Tensor:
    """Rows (n, K') that sum to 1; a row of zeros stays zero."""
    return shares / shares.sum(-1, keepdim=True).clamp_min(1e-9)
