"""Pre-training of the embedded base model on random surveys, from scratch.

    python -m core.lab.pretraining.train FOLDER [--steps 9000] [--width 128] [--layers 2] [--seed 0]

A few bundles of random surveys per step, AdamW with a short warm-up and a linear decay. A curriculum raises
the difficulty whenever enough of the distance from uniform is closed, and by two fifths of the run in any
case. The loss is the cross-entropy to the exact answer distribution minus its entropy, so 0 is perfect and
the printed "gain" is the share of the distance from uniform that is closed. Writes model, tokenizer,
`training.jsonl` and a checkpoint every few hundred steps; started again on the same folder it resumes, with
the result of an uninterrupted run. One processor thread; a GPU is used when there is one.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from core.lab.pretraining.examples import BundleSource, PlantedBundle
from core.lab.pretraining.tokenizer import make_tokenizer
from core.models.batch import read_bundles
from core.models.optimiser_state import optimiser_state, restore_optimiser
from core.models.planting import PLANTED, planting_directions
from core.models.scoring import answer_logprobs, in_option_mass
from core.prompts.phrases import reserved_tokens
from core.store.files import write_bytes
from core.survey.shares import SMALLEST_SHARE

BUNDLES_PER_STEP = 8
STEPS_PER_CHECK = 40
CHECKS_PER_CHECKPOINT = 10
MASS_WEIGHT = 0.05
"""Weight of the term that keeps the probability on the legal answers."""
COPES = 0.4
"""Share of the distance from uniform above which the difficulty is raised."""
OPENING = 0.05
"""Increase of the difficulty at a check."""
CHECKPOINT = "checkpoint.safetensors"


@dataclass(frozen=True)
class PretrainingPlan:
    """Settings of a pre-training run."""

    steps: int = 9000
    width: int = 128
    layers: int = 2
    seed: int = 0
    rate: float = 1e-3
    """Peak learning rate; reached in 100 steps, falls over the last two fifths."""

    def rate_at(self, step: int) -> float:
        """Learning rate of a step."""
        return self.rate * min(1.0, (step + 1) / 100, (1 - step / self.steps) / 0.4 + 0.02)


@dataclass
class Progress:
    """State of a pre-training run; part of its checkpoint."""

    step: int = 0
    level: float = 0.0
    tokens: int = 0
    prompts: int = 0
    seconds: float = 0.0
    window: list[tuple[float, float]] = field(default_factory=list)
    """Excess loss of the model and of uniform shares for every step since the last check."""


def new_model(tokenizer: PreTrainedTokenizerFast, width: int, layers: int, seed: int) -> LlamaForCausalLM:
    """Llama with random weights, whose linear sizes are multiples of 64, as NF4 needs.

    One last row of the vocabulary stands for all reserved tokens, which are alike: see `whole_model`.
    """
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer) - reserved_tokens(tokenizer) + 1,
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 32,
        max_position_embeddings=4096,
        initializer_range=0.04,
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def whole_model(model: LlamaForCausalLM, vocabulary: int) -> LlamaForCausalLM:
    """Model with a row for every token: the last row of the small one stands for all from there on."""
    config = LlamaConfig.from_dict(model.config.to_dict() | {"vocab_size": vocabulary})
    whole, weights = LlamaForCausalLM(config), model.state_dict()
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        rows = weights[name]
        weights[name] = torch.cat([rows[:-1], rows[-1:].expand(vocabulary - len(rows) + 1, -1)])
    whole.load_state_dict(weights)
    return whole


@contextmanager
def planted(model: LlamaForCausalLM, batch: Sequence[PlantedBundle], directions: Tensor) -> Iterator[None]:
    """Context in which the meanings of this batch are added to the embeddings the model looks up."""
    size = max(len(example.planted) for example in batch)
    table = np.zeros((len(batch), size, PLANTED), dtype=np.float32)
    for row, example in zip(table, batch, strict=True):
        row[: len(example.planted)] = example.planted
    added = torch.from_numpy(table).to(directions.device) @ directions
    hook = model.get_input_embeddings().register_forward_hook(lambda module, inputs, output: output + added)
    try:
        yield
    finally:
        hook.remove()


def excess_loss(
    model: LlamaForCausalLM, batch: Sequence[PlantedBundle], directions: Tensor, reserved: int = 1
) -> tuple[Tensor, Tensor]:
    """Mean KL from the exact shares to the model's, and mean -log of the in-option mass, in nats.

    The last token of the model's vocabulary stands for `reserved` tokens that are alike.
    """
    with planted(model, batch, directions):
        logits, rows = read_bundles(model, [example.bundle for example in batch])
    # (M, V): the last column as if it were there that often
    logits = torch.cat([logits[:, :-1], logits[:, -1:] + math.log(reserved)], dim=1)
    excess, outside, count = logits.new_zeros(()), logits.new_zeros(()), 0
    for example, row_of in zip(batch, rows, strict=True):
        (group,) = example.bundle.groups
        truth = torch.from_numpy(example.labels).float().to(logits.device)
        gap = truth.clamp_min(SMALLEST_SHARE).log() - answer_logprobs(logits, row_of, group)
        excess = excess + (truth * gap).sum()
        outside = outside - in_option_mass(logits, row_of, group).clamp_min(1e-9).log().sum()
        count += len(truth)
    return excess / count, outside / count


def uniform_loss(batch: Sequence[PlantedBundle]) -> float:
    """Mean KL from the exact shares to uniform shares, in nats."""
    tables = [example.labels for example in batch]
    gaps = [np.log(t.shape[1]) + (t * np.log(np.maximum(t, SMALLEST_SHARE))).sum(axis=1) for t in tables]
    return float(np.concatenate(gaps).mean())


class Training:
    """Pre-training run in its folder: tokenizer, model, optimiser, source of bundles and progress."""

    def __init__(self, folder: Path, plan: PretrainingPlan) -> None:
        self.folder, self.plan, self.progress = folder, plan, Progress()
        folder.mkdir(parents=True, exist_ok=True)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        begun = (folder / CHECKPOINT).exists()
        read = PreTrainedTokenizerFast.from_pretrained
        self.tokenizer = read(folder) if begun else make_tokenizer()
        self.model = new_model(self.tokenizer, plan.width, plan.layers, plan.seed)
        self.model.to(self.device)  # type: ignore[arg-type]  # transformers wraps the method without its self
        self.reserved = reserved_tokens(self.tokenizer)
        self.directions = planting_directions(plan.width).to(self.device)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01
        )
        self.source = BundleSource(self.tokenizer, plan.seed)
        if begun:
            self._load()

    def run(self) -> None:
        """Train to the end of the plan."""
        while self.progress.step < self.plan.steps:
            self._step()
            if self.progress.step % STEPS_PER_CHECK == 0:
                self._check()
            if self.progress.step % (STEPS_PER_CHECK * CHECKS_PER_CHECKPOINT) == 0:
                self._save()
        self._save()

    def _step(self) -> None:
        progress, started = self.progress, time.monotonic()
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(progress.step)
        rng = self.source.rng
        batch = [
            self.source.next(progress.level * rng.uniform(0.3, 1.0) ** 0.5) for _ in range(BUNDLES_PER_STEP)
        ]
        excess, outside = excess_loss(self.model, batch, self.directions, self.reserved)
        (excess + MASS_WEIGHT * outside).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        progress.step += 1
        progress.tokens += sum(len(example.bundle.tokens) for example in batch)
        progress.prompts += sum(example.bundle.n_prompts for example in batch)
        progress.window.append((excess.item(), uniform_loss(batch)))
        progress.seconds += time.monotonic() - started

    def _check(self) -> None:
        """Append a line to `training.jsonl`; raise the difficulty if the gain or the schedule says so."""
        progress = self.progress
        ours, uniform = np.mean(progress.window, axis=0).tolist()
        progress.window, gain = [], 1 - ours / uniform
        opened = progress.level + OPENING * (gain > COPES)
        progress.level = min(1.0, max(opened, 2.5 * progress.step / self.plan.steps))
        line = asdict(progress) | {"excess": ours, "uniform": uniform, "gain": gain}
        del line["window"]
        rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in line.items()}
        with (self.folder / "training.jsonl").open("a") as log:
            log.write(json.dumps(rounded) + "\n")

    def _save(self) -> None:
        whole_model(self.model, len(self.tokenizer)).save_pretrained(self.folder)
        self.tokenizer.save_pretrained(self.folder)
        memory, numbers = optimiser_state(self.optimiser)
        # parameters, not the state: tied weights come once
        tensors = {f"model.{name}": weights.detach() for name, weights in self.model.named_parameters()}
        tensors |= {f"optimiser.{name}": value for name, value in memory.items()}
        state = {
            "progress": asdict(self.progress),
            "optimiser": numbers,
            "random": self.source.rng.bit_generator.state,
        }
        plain = {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}
        write_bytes(self.folder / CHECKPOINT, to_bytes(plain, {"state": json.dumps(state)}))

    def _load(self) -> None:
        with safe_open(self.folder / CHECKPOINT, framework="pt", device=self.device) as file:
            state = json.loads(file.metadata()["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        with torch.no_grad():
            for name, weights in self.model.named_parameters():
                weights.copy_(tensors.pop(f"model.{name}"))
        memory = {name.removeprefix("optimiser."): value for name, value in tensors.items()}
        restore_optimiser(self.optimiser, memory, state["optimiser"])
        self.progress = Progress(**state["progress"])
        self.source.rng.bit_generator.state = state["random"]


def main() -> None:
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(description="Train the embedded base model from scratch.")
    parser.add_argument("folder", type=Path)
    for name, default in asdict(PretrainingPlan()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    options = vars(parser.parse_args())
    torch.set_num_threads(1)
    Training(options.pop("folder"), PretrainingPlan(**options)).run()


if __name__ == "__main__":
    main()
