import json

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from core.lab.pretraining import train
from core.lab.pretraining.examples import BundleSource, option_lines
from core.lab.pretraining.meanings import LATENT, LINE, OPTION, QUESTION
from core.lab.pretraining.tokenizer import VOCABULARY, train_tokenizer
from core.lab.pretraining.train import (
    PretrainingPlan,
    Training,
    excess_loss,
    new_model,
    planted,
    planting_directions,
)
from core.prompts.encoding import Encoder


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(0, 40)


@pytest.fixture(autouse=True)
def small_tokenizer(tokenizer, monkeypatch):
    monkeypatch.setattr(train, "train_tokenizer", lambda seed: tokenizer)


def test_same_seed_same_tokenizer_and_bundles(tokenizer):
    again = train_tokenizer(0, 40)
    assert again.get_vocab() == tokenizer.get_vocab() and len(again) <= VOCABULARY
    first, second = (BundleSource(Encoder(t), 5).next(0.7) for t in (tokenizer, again))
    assert first.bundle.tokens.tolist() == second.bundle.tokens.tolist()
    assert np.array_equal(first.planted, second.planted)
    assert all(np.array_equal(a, b) for a, b in zip(first.labels, second.labels, strict=True))


def test_any_text_survives_the_tokenizer(tokenizer):
    text = "Größe: ¿Cuántos años? 日本 100% — 🙂"
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_every_prompt_of_a_bundle_has_a_label(tokenizer, level):
    source = BundleSource(Encoder(tokenizer), 3)
    for example in (source.next(level) for _ in range(5)):
        assert example.planted.shape == (len(example.bundle.tokens), LATENT)
        for group, labels in zip(example.bundle.groups, example.labels, strict=True):
            assert labels.shape == (len(group.nodes), len(group.item.answers))
            assert labels.sum(axis=1) == pytest.approx(np.ones(len(labels)))


def test_segments_of_a_prompt_are_told_apart(tokenizer, monkeypatch):
    """Question, option and background tokens are what their own segments say."""
    seen = {}
    monkeypatch.setattr(
        "core.lab.pretraining.meanings.Meanings.planted",
        lambda self, tokens, segments: (
            seen.update(tokens=tokens, segments=segments) or np.zeros((len(tokens), LATENT))
        ),
    )
    encoder = Encoder(tokenizer)
    example = BundleSource(encoder, 0).next(0.4)
    counts = {kind: int((seen["segments"] == kind).sum()) for kind in (QUESTION, OPTION, LINE)}
    items = [group.item for group in example.bundle.groups]
    options = {item.key: sum(map(len, option_lines(encoder, item))) for item in items}
    heads = sum(len(encoder.question(item)) - options[item.key] for item in items)
    assert 0 < counts[QUESTION] <= heads  # shared beginnings count once
    assert 0 < counts[OPTION] <= sum(options.values()) and counts[LINE] > 0
    cue = set(encoder.cue)
    assert all(
        kind == 0 for token, kind in zip(seen["tokens"], seen["segments"], strict=True) if token in cue
    )


def test_meanings_are_planted_while_the_context_is_open_and_gone_afterwards(tokenizer):
    model, directions = new_model(tokenizer, 64, 1, 0), planting_directions(64)
    batch = [BundleSource(Encoder(tokenizer), 1).next(0.5)]
    tokens = torch.from_numpy(batch[0].bundle.tokens)[None]
    plain = model.get_input_embeddings()(tokens)
    with planted(model, batch, directions):
        added = model.get_input_embeddings()(tokens) - plain
    expected = torch.from_numpy(batch[0].planted).float() @ directions
    assert torch.allclose(added[0], expected, atol=1e-5)
    assert torch.equal(model.get_input_embeddings()(tokens), plain)


def test_directions_are_perpendicular():
    directions = planting_directions(64)
    assert torch.allclose(directions @ directions.T, train.PLANTED_LENGTH**2 * torch.eye(LATENT), atol=1e-5)


def test_a_perfect_model_has_no_excess_loss_and_a_random_one_about_that_of_uniform(tokenizer, monkeypatch):
    batch = [BundleSource(Encoder(tokenizer), 1).next(0.5)]
    model, directions = new_model(tokenizer, 64, 1, 0), planting_directions(64)
    excess, outside = excess_loss(model, batch, directions)
    assert excess.item() == pytest.approx(train.uniform_loss(batch), rel=0.3)
    assert outside.item() > 1
    truth = iter(batch[0].labels)
    monkeypatch.setattr(train, "answer_logprobs", lambda *_: torch.from_numpy(next(truth)).float().log())
    assert excess_loss(model, batch, directions)[0].item() == pytest.approx(0.0, abs=1e-5)


def test_a_stopped_run_goes_on_to_the_result_of_an_uninterrupted_one(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "STEPS_PER_CHECK", 2)
    monkeypatch.setattr(train, "CHECKS_PER_CHECKPOINT", 1)
    plan = PretrainingPlan(steps=4, width=64, layers=1)
    Training(tmp_path / "whole", plan).run()
    stopped = Training(tmp_path / "parts", plan)
    monkeypatch.setattr(stopped, "plan", PretrainingPlan(steps=4, width=64, layers=1))
    for _ in range(2):
        stopped._step()
    stopped._check()
    stopped._save()
    assert (tmp_path / "parts" / "checkpoint.safetensors").is_file()  # nothing is pickled
    Training(tmp_path / "parts", plan).run()
    whole, parts = (AutoModelForCausalLM.from_pretrained(tmp_path / name) for name in ("whole", "parts"))
    for ours, theirs in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    last = json.loads((tmp_path / "parts" / "training.jsonl").read_text().splitlines()[-1])
    assert last["step"] == 4 and 0 < last["uniform"]
