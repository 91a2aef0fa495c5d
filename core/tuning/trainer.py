"""The training loop: a transformers Trainer whose loss is ours, watched by one callback."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from core.models.scoring import answer_logprobs, branch_logits, in_option_mass
from core.tuning.examples import Example, SurveyExamples
from core.tuning.loss import bundle_loss
from core.tuning.recipe import Recipe

BUNDLES_PER_STEP = 4
WARM_UP = 0.05
WORD_RATE = 10.0
"""Learning rate of the survey's own words against that of the layers: what a survey means is in its words."""
MASS_WEIGHT = 0.05
"""Weight of -log(in-option mass): the model learns to answer with a legal answer at all."""


class SurveyTrainer(Trainer):
    """Trainer on bundles; the labels are answer shares."""

    def __init__(self, recipe: Recipe, **options: Any) -> None:
        super().__init__(**options)
        self.recipe = recipe

    def compute_loss(
        self, model: nn.Module, inputs: dict, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Mean loss over the prompts of one bundle."""
        example: Example = inputs["example"]
        logits, row_of = branch_logits(model, example.bundle)
        losses = []
        for group, labels in zip(example.bundle.groups, example.labels, strict=True):
            truth = torch.from_numpy(labels).float().to(logits.device)
            logprob = answer_logprobs(logits, row_of, group)
            outside = -in_option_mass(logits, row_of, group).clamp_min(1e-9).log()
            loss = bundle_loss(logprob, truth, group.item, self.recipe.penalty, self.recipe.penalty_weight)
            losses.append(loss + MASS_WEIGHT * outside)
        return torch.cat(losses).mean()


class Watch(TrainerCallback):
    """Tells `on_step` about every optimiser step; stops the run when it returns False."""

    def __init__(self, on_step: Callable[[int, int, float], bool]) -> None:
        self.on_step = on_step
        self.recent: list[float] = []

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: dict, **kwargs: Any
    ) -> None:
        """Remember the training loss of the last steps."""
        if "loss" in logs:
            self.recent.append(float(logs["loss"]))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Report progress and stop when told to."""
        loss = float(np.mean(self.recent[-10:])) if self.recent else float("nan")
        if not self.on_step(state.global_step, state.max_steps, loss):
            control.should_training_stop = True


class Clock:
    """How far a run is: by steps, or by time once the machine proves too slow for them.

    As long as the pace fits the time limit, nothing depends on the clock and runs repeat exactly.
    """

    def __init__(self, steps: int, max_seconds: float) -> None:
        self.steps, self.max_seconds, self.started = steps, max_seconds, time.monotonic()
        self.step, self.too_slow = 0, False

    @property
    def fraction(self) -> float:
        """0 at the start, 1 at the end."""
        seconds = time.monotonic() - self.started
        if seconds > 0.1 * self.max_seconds and seconds * self.steps > self.max_seconds * self.step:
            self.too_slow = True
        by_steps = self.step / self.steps
        return max(by_steps, seconds / self.max_seconds) if self.too_slow else by_steps

    def rate(self, step: int) -> float:
        """Learning-rate factor: linear warm-up, then linear decay to zero."""
        self.step = step
        done = min(1.0, self.fraction)
        return min(1.0, (step + 1) / (WARM_UP * self.steps + 1)) * (1.0 - done)


def train(
    model: nn.Module,
    examples: SurveyExamples,
    recipe: Recipe,
    steps: int,
    folder: Path,
    on_step: Callable[[int, int, float], bool],
) -> None:
    """Train `model` in place for `steps` optimiser steps or until the time limit."""
    clock = Clock(steps, recipe.max_seconds)
    words = [p for n, p in model.named_parameters() if p.requires_grad and "trainable_tokens" in n]
    layers = [p for n, p in model.named_parameters() if p.requires_grad and "trainable_tokens" not in n]
    groups = [{"params": layers}, {"params": words, "lr": WORD_RATE * recipe.learning_rate}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98), weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, clock.rate)

    def watched(step: int, total: int, loss: float) -> bool:
        return on_step(step, total, loss) and clock.fraction < 1.0

    trainer = SurveyTrainer(
        recipe=recipe,
        model=model,
        args=TrainingArguments(
            output_dir=str(folder),
            max_steps=steps,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=BUNDLES_PER_STEP,
            train_sampling_strategy="sequential",
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=not torch.cuda.is_available(),
            seed=recipe.seed,
            dataloader_pin_memory=False,
        ),
        train_dataset=examples,
        data_collator=lambda batch: {"example": batch[0]},
        optimizers=(optimiser, schedule),
        callbacks=[Watch(watched)],
    )
    trainer.remove_callback(PrinterCallback)
    model.config.use_cache = False
    trainer.train()
    model.eval()
