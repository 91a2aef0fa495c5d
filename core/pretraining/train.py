"""Train the embedded base model from scratch on random surveys.

    python -m core.pretraining.train OUT_FOLDER [--minutes 40] [--width 128] [--layers 4] [--seed 0]

Plain loop: one bundle of about 600 tokens per row, several rows per step, AdamW with a short
warm-up and a linear decay. Difficulty opens up only while the model copes: it rises when more than
`COPES` of the distance from uniform is closed, and waits otherwise. The loss is the cross-entropy
to the exact answer distribution minus its entropy, so 0 is perfect and the printed "gain" is the
share of the distance from uniform that is closed. Writes model, tokenizer, `training.jsonl` and a
checkpoint every five minutes; started again on the same folder it goes on from there. Runs on one
processor thread; a GPU is used when there is one.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from core.models.scoring import answer_logprobs, branch_logits, in_option_mass
from core.pretraining.tokenizer import train_tokenizer
from core.pretraining.world import Difficulty, RandomSurvey, SurveyMaker
from core.prompts.bundle import Bundle, BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Template, profile_lines

BUNDLE_TOKENS = 600
ROWS_PER_STEP = 4
STEPS_PER_CHECK = 20
MASS_WEIGHT = 0.05
"""Weight of the term that keeps the probability on the legal answers."""
COPES = 0.2
"""Share of the distance from uniform that has to be closed before surveys become more varied."""


def new_model(tokenizer: PreTrainedTokenizerFast, width: int, layers: int, seed: int) -> LlamaForCausalLM:
    """A random Llama whose linear sizes are multiples of 64, as NF4 needs."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 32,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


class BundleSource:
    """Random bundles with exact labels, from easy to varied."""

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self.encoder = encoder
        self.rng = np.random.default_rng(seed)
        self.maker = SurveyMaker(self.rng)

    def next(self, difficulty: Difficulty) -> tuple[Bundle, list[np.ndarray]]:
        """A bundle and, per group, the exact answer shares, shape (n_prompts, K)."""
        survey = self.maker.survey(difficulty)
        items = survey.codebook.items
        builder = BundleBuilder(self.encoder, Template())
        labels: dict[str, list[np.ndarray]] = {}
        for _ in range(12):  # small surveys run out of different prompts before the tokens are full
            item = items[int(self.rng.integers(len(items)))]
            for _ in range(6):
                self._ask_one_person(survey, item, builder, labels.setdefault(item.key, []))
                if builder.size > BUNDLE_TOKENS:
                    break
            if builder.size > BUNDLE_TOKENS:
                break
        bundle = builder.build()
        return bundle, [np.array(labels[group.item.key]) for group in bundle.groups]

    def _ask_one_person(
        self, survey: RandomSurvey, item: object, builder: BundleBuilder, labels: list[np.ndarray]
    ) -> None:
        """Ask with none, one, two, ... of a random person's fields shown, in random order."""
        fields = survey.codebook.demographics
        shown = min(int(self.rng.integers(1, 9)), len(fields))
        order = self.rng.permutation(len(fields))[:shown]
        person = {fields[i].column: str(self.rng.choice(fields[i].options)) for i in order}
        lines = profile_lines({fields[i].label: person[fields[i].column] for i in order})
        columns = list(person)
        for known in range(0 if not labels else 1, shown + 1):
            builder.add(item, lines[:known])
            labels.append(survey.shares(item, {c: person[c] for c in columns[:known]}))


def excess_loss(
    model: torch.nn.Module, bundle: Bundle, labels: Sequence[np.ndarray]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean KL from the exact shares to the model's and mean -log of the in-option mass, nats."""
    logits, row_of = branch_logits(model, bundle)
    excess, outside, count = logits.new_zeros(()), logits.new_zeros(()), 0
    for group, exact in zip(bundle.groups, labels, strict=True):
        truth = torch.from_numpy(exact).float().to(logits.device)
        entropy = -(truth * truth.clamp_min(1e-12).log()).sum()
        excess = excess - (truth * answer_logprobs(logits, row_of, group)).sum() - entropy
        outside = outside - in_option_mass(logits, row_of, group).clamp_min(1e-9).log().sum()
        count += len(exact)
    return excess / count, outside / count


def uniform_loss(bundle: Bundle, labels: Sequence[np.ndarray]) -> float:
    """The same for equal shares: what knowing nothing costs."""
    gaps = [np.log(e.shape[1]) + (e * np.log(np.maximum(e, 1e-12))).sum(axis=1) for e in labels]
    return float(np.concatenate(gaps).mean())


def train(
    folder: Path, *, minutes: float, width: int, layers: int, seed: int, rate: float, opening: float
) -> None:
    """Train for `minutes` and write everything into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer, model, level = _begin(folder, width, layers, seed)
    model.to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    source = BundleSource(Encoder(tokenizer), seed + int(1000 * level))
    start, saved, step, tokens, prompts = time.time(), time.time(), 0, 0, 0
    window: list[tuple[float, float]] = []
    log = (folder / "training.jsonl").open("a")
    while (done := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 100) * min(1.0, (1 - done) / 0.3 + 0.02)
        for _ in range(ROWS_PER_STEP):
            bundle, labels = source.next(Difficulty(level * float(source.rng.uniform(0.4, 1.0)) ** 0.5))
            excess, outside = excess_loss(model, bundle, labels)
            ((excess + MASS_WEIGHT * outside) / ROWS_PER_STEP).backward()
            window.append((float(excess.detach()), uniform_loss(bundle, labels)))
            tokens, prompts = tokens + len(bundle.tokens), prompts + bundle.n_prompts
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        if step % STEPS_PER_CHECK == 0:
            ours, uniform = np.mean(window, axis=0)
            gain, window = 1 - ours / uniform, []
            level = min(1.0, level + opening * (gain > COPES))
            line = {"step": step, "minutes": (time.time() - start) / 60, "level": level, "tokens": tokens}
            line |= {
                "prompts": prompts,
                "excess": float(ours),
                "uniform": float(uniform),
                "gain": float(gain),
            }
            log.write(json.dumps({k: round(v, 4) for k, v in line.items()}) + "\n")
            log.flush()
        if time.time() - saved > 300:
            saved = time.time()
            _save(model, tokenizer, folder)
    _save(model, tokenizer, folder)


def _begin(
    folder: Path, width: int, layers: int, seed: int
) -> tuple[PreTrainedTokenizerFast, LlamaForCausalLM, float]:
    """Tokenizer, model and difficulty of the checkpoint in `folder`, or new ones."""
    if (folder / "model.safetensors").exists():
        last = json.loads((folder / "training.jsonl").read_text().splitlines()[-1])
        return AutoTokenizer.from_pretrained(folder), LlamaForCausalLM.from_pretrained(folder), last["level"]
    tokenizer = train_tokenizer(seed)
    return tokenizer, new_model(tokenizer, width, layers, seed), 0.0


def _save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def main() -> None:
    """Command line, see the top of this file."""
    parser = argparse.ArgumentParser(description="Train the embedded base model from scratch.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--opening", type=float, default=0.01)
    options = vars(parser.parse_args())
    torch.set_num_threads(1)
    train(options.pop("folder"), **options)


if __name__ == "__main__":
    main()
