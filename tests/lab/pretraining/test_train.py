import json

import pytest
import torch
from transformers import AutoModelForCausalLM

from core.lab.pretraining import train
from core.lab.pretraining.examples import BundleSource
from core.lab.pretraining.tokenizer import VOCABULARY, make_tokenizer
from core.lab.pretraining.train import (
    PretrainingPlan,
    Training,
    excess_loss,
    new_model,
    planted,
    whole_model,
)
from core.models.loading import load_base
from core.models.planting import planting_directions
from core.prompts.phrases import reserved_tokens


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer()


def test_numbers_are_planted_while_the_context_is_open_and_gone_afterwards(tokenizer):
    model, directions = new_model(tokenizer, 64, 1, 0), planting_directions(64)
    batch = [BundleSource(tokenizer, 1).next(0.5)]
    tokens = torch.from_numpy(batch[0].bundle.tokens)[None]
    plain = model.get_input_embeddings()(tokens)
    with planted(model, batch, directions):
        added = model.get_input_embeddings()(tokens) - plain
    expected = torch.from_numpy(batch[0].planted).float() @ directions
    assert torch.allclose(added[0], expected, atol=1e-5)
    assert torch.equal(model.get_input_embeddings()(tokens), plain)


def test_one_row_stands_for_all_reserved_tokens(tokenizer):
    """The loss of the small model, whose last token counts 3,552 times, is that of the whole one."""
    small, directions = new_model(tokenizer, 64, 1, 0), planting_directions(64)
    reserved = reserved_tokens(tokenizer)
    whole = whole_model(small, len(tokenizer))
    assert whole.lm_head.weight.shape[0] == VOCABULARY == small.config.vocab_size + reserved - 1
    batch = [BundleSource(tokenizer, 1).next(0.5)]
    ours, theirs = excess_loss(small, batch, directions, reserved), excess_loss(whole, batch, directions)
    assert torch.allclose(torch.stack(ours), torch.stack(theirs), atol=1e-5)


def test_a_perfect_model_has_no_excess_loss(tokenizer, monkeypatch):
    batch = [BundleSource(tokenizer, 1).next(0.5)]
    model, directions = new_model(tokenizer, 64, 1, 0), planting_directions(64)
    excess, outside = excess_loss(model, batch, directions)
    assert excess.item() > 0.02 and outside.item() > 1  # of random weights
    truth = torch.from_numpy(batch[0].labels).float().log()
    monkeypatch.setattr(train, "answer_logprobs", lambda *_: truth)
    assert excess_loss(model, batch, directions)[0].item() == pytest.approx(0.0, abs=1e-5)


def test_a_stopped_run_goes_on_to_the_result_of_an_uninterrupted_one(tmp_path, monkeypatch):
    monkeypatch.setattr(train, "STEPS_PER_CHECK", 2)
    monkeypatch.setattr(train, "CHECKS_PER_CHECKPOINT", 1)
    plan = PretrainingPlan(steps=4, width=64, layers=1)
    Training(tmp_path / "whole", plan).run()
    stopped = Training(tmp_path / "parts", plan)
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


def test_the_shipped_model_reads_what_is_planted():
    """On varied surveys that it never saw, it closes nine tenths of the distance from equal shares."""
    loaded = load_base("embedded", "lora")
    source, directions = BundleSource(loaded.tokenizer, 987), planting_directions(128)
    batch = [source.next(1.0) for _ in range(40)]
    with torch.no_grad():
        excess, outside = excess_loss(loaded.model, batch, directions)
    assert excess.item() < 0.1 * train.uniform_loss(batch)
    assert outside.item() < 0.15  # most of the probability is on legal answers
