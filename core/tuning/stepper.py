"""Optimiser steps: the gradient of a step's bundles, from one process, data-parallel workers or several GPUs.

However the bundles are divided, and however few are read at once for lack of memory, it is the gradient of
the same loss.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from core.errors import ModelError
from core.jobs.reporting import is_memory_error
from core.models.batch import read_bundles
from core.models.language_model import LanguageModel
from core.models.processes import ALONE, Processes
from core.models.scoring import answer_logprobs, in_option_mass
from core.tuning import checkpoint
from core.tuning.data_parallel import DataParallelWorkers, add_flat, flat_gradient
from core.tuning.examples import Example
from core.tuning.loss import bundle_loss, contrast
from core.tuning.presets import BUNDLES_PER_STEP
from core.tuning.recipe import Recipe

WORD_RATE = 5.0
"""Factor on the learning rate for embeddings of the survey's words: the base model knows nothing of them."""
MASS_WEIGHT = 0.05
"""Weight of -log(in-option mass), which trains the model to give a legal answer at all."""
CLIP = 1.0
"""Largest norm of a gradient; larger ones are scaled down to it."""


class Stepper:
    """Optimiser steps of a run, reading as many bundles at once as fit into memory."""

    def __init__(
        self,
        model: LanguageModel,
        optimiser: torch.optim.Optimizer,
        recipe: Recipe,
        workers: DataParallelWorkers | None = None,
        processes: Processes = ALONE,
    ) -> None:
        self.model, self.optimiser, self.recipe = model, optimiser, recipe
        self.workers, self.processes = workers, processes
        self.micro_batch = BUNDLES_PER_STEP
        self.parameters = list(checkpoint.trained(model).values())

    def step(self, batch: Sequence[Example]) -> float:
        """Mean loss of the bundles of one step, after which the weights are updated."""
        loss = self._gradient(batch)
        while loss is None:  # out of memory: half as many bundles at once, in every process
            self.micro_batch //= 2
            loss = self._gradient(batch)
        norm = nn.utils.clip_grad_norm_(self.parameters, CLIP)
        if not np.isfinite(loss + float(norm)):
            raise ModelError(
                "The model stopped making sense while learning (its loss is not a number).",
                where=f"learning rate {self.recipe.learning_rate:g}",
                fix="Choose a smaller learning rate under Advanced.",
            )
        self.optimiser.step()
        return loss

    def _gradient(self, batch: Sequence[Example]) -> float | None:
        """Mean loss of a step, its gradient left in the parameters; None if a process ran out of memory."""
        self.optimiser.zero_grad(set_to_none=True)
        loss, short = 0.0, False
        try:
            loss = self.workers.step(batch) if self.workers else self._share(batch)
        except (MemoryError, RuntimeError) as error:
            if not is_memory_error(error):
                raise
            if self.micro_batch == 1 or self.processes.sharded:  # the others wait for its part of the model
                raise out_of_memory(self.recipe.base) from error
            short = True
        # every process learns whether any was short of memory, so that all repeat the step or none
        loss, lacking = self.processes.sum(torch.tensor([loss, short], dtype=torch.double)).tolist()
        if lacking:
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return None
        if self.processes.count > 1:
            # all-reduce: the gradient of the whole step in every process, in place of that of its share
            total = self.processes.sum(flat_gradient(self.parameters))
            self.optimiser.zero_grad(set_to_none=True)
            add_flat(self.parameters, total)
        return loss

    def _share(self, batch: Sequence[Example]) -> float:
        """Loss of this process's share of the bundles, read `micro_batch` at a time; its gradient is added.

        Every process runs the same number of passes, if need be with a bundle of weight 0: in a sharded
        model, the others wait for its part of the weights.
        """
        rank, count = self.processes.rank, self.processes.count
        share, loss = batch[rank::count], 0.0
        with self.processes.rank_rng():
            for start in range(0, math.ceil(len(batch) / count), self.micro_batch):
                part = share[start : start + self.micro_batch]
                loss += add_gradient(self.model, part or batch[:1], self.recipe, float(bool(part)))
        return loss


def add_gradient(
    model: LanguageModel, batch: Sequence[Example], recipe: Recipe, weight: float = 1.0
) -> float:
    """Part of a step's mean loss from some of its bundles, read together; its gradient is added."""
    loss = weight * batch_loss(model, batch, recipe) / BUNDLES_PER_STEP
    loss.backward()
    return loss.item()


def out_of_memory(base: str) -> ModelError:
    """Error for the user when not even one bundle fits into memory."""
    return ModelError(
        "The computer ran out of memory while the model was learning.",
        where=base,
        fix="Choose a smaller base model, QLoRA instead of LoRA, or gradient checkpointing under "
        "Advanced; or close other programs.",
    )


def batch_loss(model: LanguageModel, batch: Sequence[Example], recipe: Recipe) -> Tensor:
    """Sum over bundles of the mean loss of their prompts and of the contrasts of their groups, a scalar."""
    logits, rows = read_bundles(model, [example.bundle for example in batch])
    total = logits.new_zeros(())
    for example, row_of in zip(batch, rows, strict=True):
        losses = []
        for group, labels in zip(example.bundle.groups, example.labels, strict=True):
            truth = torch.from_numpy(labels).float().to(logits.device)  # (n_prompts, K)
            logprob = answer_logprobs(logits, row_of, group)
            # -log of the probability on legal answers, (n_prompts,)
            outside = -in_option_mass(logits, row_of, group).clamp_min(1e-9).log()
            losses.append(bundle_loss(logprob, truth, group.item, recipe) + MASS_WEIGHT * outside)
            if recipe.targets == "smoothed":  # others have empty shares
                total = total + recipe.contrast * contrast(logprob, truth)
        total = total + torch.cat(losses).mean()
    return total


def make_optimiser(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with one group for layers and one for words; in 8 bits on an NVIDIA GPU if the recipe has it.

    8-bit optimisers: arXiv 2110.02861.
    """
    parameters = checkpoint.trained(model)
    words = [p for name, p in parameters.items() if "trainable_tokens" in name]
    layers = [p for name, p in parameters.items() if "trainable_tokens" not in name]
    rates = [(layers, recipe.learning_rate), (words, WORD_RATE * recipe.learning_rate)]
    groups = [{"params": p, "lr": rate, "initial_lr": rate} for p, rate in rates if p]
    betas = (0.9, 0.98)
    if recipe.optimiser != "adamw" and torch.cuda.is_available():
        import bitsandbytes as bnb

        eight_bit = bnb.optim.AdamW8bit if recipe.optimiser == "adamw_8bit" else bnb.optim.PagedAdamW8bit
        return eight_bit(groups, betas=betas, weight_decay=0.0)
    return torch.optim.AdamW(groups, betas=betas, weight_decay=0.0)
