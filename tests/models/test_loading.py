"""The embedded model loads like any hub model, in full and in 4-bit precision, and trains right in both."""

from types import SimpleNamespace

import bitsandbytes as bnb
import pytest
import torch

from core.errors import ModelError
from core.models.catalogue import EMBEDDED_FOLDER, EMBEDDED_ID, find_base
from core.models.loading import (
    LoadedModel,
    _spread,
    add_adapter,
    load_adapter,
    load_base,
    unpack_for_scoring,
    use_exact_four_bit,
)
from tests.models import tiny


@pytest.fixture
def four_bit():
    return load_base("embedded", "qlora")


def gradients(model, tokens):
    """LoRA gradients of a plain next-token loss, as one vector."""
    model.zero_grad()
    model(input_ids=tokens, labels=tokens).loss.backward()
    return torch.cat([p.grad.ravel() for n, p in model.named_parameters() if "lora_B" in n])


def test_the_embedded_model_is_small_and_ships_as_safetensors():
    weights = EMBEDDED_FOLDER / "model.safetensors"
    assert 1_000_000 < weights.stat().st_size < 16_000_000
    loaded = load_base("embedded", "lora")
    assert 1_000_000 < sum(p.numel() for p in loaded.model.parameters()) < 5_000_000
    assert loaded.base.id == EMBEDDED_ID and loaded.quantisation is None


def test_any_text_can_be_written_and_nothing_is_unknown():
    tokenizer = load_base("embedded", "lora").tokenizer
    for text in ("¿Está de acuerdo?", "Überhaupt nicht", "日本語", "0 – 100 %", "🙂\x00"):
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text


def test_numbers_from_0_to_100_are_one_token_each():
    tokenizer = load_base("embedded", "lora").tokenizer
    lengths = {len(tokenizer.encode(f" {n}", add_special_tokens=False)) for n in range(101)}
    assert lengths == {1}


def test_every_linear_layer_is_four_bit_with_double_quantisation(four_bit):
    layers = [m for m in four_bit.model.modules() if isinstance(m, bnb.nn.Linear4bit)]
    assert len(layers) == 7 * four_bit.model.config.num_hidden_layers
    assert all(m.weight.quant_type == "nf4" and m.weight.quant_state.nested for m in layers)


def test_evaluation_in_between_does_not_change_gradients(four_bit):
    """Regression: on AVX512-BF16 processors bitsandbytes repacked the layers at the first evaluation."""
    model = add_adapter(four_bit, rank=4)
    tokens = torch.arange(40, 72)[None]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.02)
    model.train()
    before = gradients(model, tokens)
    trained = model(input_ids=tokens).logits.detach()
    model.eval()
    with torch.no_grad():
        evaluated = model(input_ids=tokens).logits
    model.train()
    assert torch.allclose(gradients(model, tokens), before, rtol=1e-4, atol=1e-7)
    assert torch.allclose(trained, evaluated, atol=1e-5)


def test_the_fast_path_is_off_on_every_layer(four_bit):
    layers = [m for m in four_bit.model.modules() if isinstance(m, bnb.nn.Linear4bit)]
    for layer in layers:
        layer.support_avx512bf16_for_cpu = True
    use_exact_four_bit(four_bit.model)
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)


@pytest.mark.parametrize("adapter", ["qlora", "lora"])
def test_a_saved_adapter_gives_the_same_logits(tmp_path, adapter):
    loaded = load_base("embedded", adapter)
    model = add_adapter(loaded, rank=4, token_rows=[40, 41])
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.01)
    tokens = torch.arange(30, 60)[None]
    with torch.no_grad():
        expected = model.eval()(input_ids=tokens).logits
    model.save_pretrained(tmp_path, save_embedding_layers=False)
    again = load_adapter(load_base("embedded", adapter), tmp_path)
    with torch.no_grad():
        logits = again(input_ids=tokens).logits
    if adapter == "qlora":  # the adapter stays beside the 4-bit weights: equal to the bit
        assert torch.equal(logits, expected)
    assert torch.allclose(logits, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("make", "layers"),
    [
        (lambda: tiny.llama(32, width=8, layers=1), {"q_proj", "v_proj"}),
        (tiny.fused, {"qkv_proj"}),
    ],
)
def test_query_and_value_only_finds_them_also_where_they_are_fused(make, layers):
    loaded = LoadedModel(make(), None, find_base("embedded"), None)
    model = add_adapter(loaded, rank=2, modules="attention")
    wrapped = {
        name.split(".lora_A")[0].rsplit(".", 1)[1] for name, _ in model.named_parameters() if "lora_A" in name
    }
    assert wrapped == layers


def test_processes_that_do_not_know_of_each_other_are_refused_before_anything_is_loaded(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(ModelError, match="Got: 4. What to do: Start a command: accelerate launch -m core"):
        load_base()


@pytest.mark.parametrize(("gpus", "memory", "expected"), [(1, 1e6, None), (2, 1e6, "auto"), (2, 1e10, None)])
def test_a_model_that_one_gpu_cannot_hold_answers_on_all_of_them(monkeypatch, gpus, memory, expected):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: SimpleNamespace(total_memory=memory))
    assert _spread(find_base("embedded"), "qlora") == expected


def test_an_unpacked_model_answers_like_the_packed_one(tmp_path):
    """Same logits to 1e-4 for the base, and with the adapter added to the weights."""
    tokens = torch.arange(30, 60)[None]
    packed = load_base("embedded", "qlora")
    with torch.no_grad():
        base = packed.model.eval()(input_ids=tokens).logits
    model = add_adapter(packed, rank=4, token_rows=[40, 41])
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.01)
        tuned = model.eval()(input_ids=tokens).logits
    model.save_pretrained(tmp_path, save_embedding_layers=False)
    unpacked = unpack_for_scoring(load_base("embedded", "qlora"))
    assert not any(isinstance(m, bnb.nn.Linear4bit) for m in unpacked.model.modules())
    with torch.no_grad():
        assert torch.allclose(unpacked.model(input_ids=tokens).logits, base, atol=1e-4)
        again = load_adapter(unpacked, tmp_path)
        assert torch.allclose(again(input_ids=tokens).logits, tuned, atol=1e-4)
