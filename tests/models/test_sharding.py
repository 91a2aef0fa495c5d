"""A base model split over two processes computes what the whole one does."""

import pytest
import torch
from torch.distributed.tensor import DTensor

from core.errors import ModelError
from core.models.loading import add_adapter, load_base
from core.models.processes import Processes, run_processes
from core.models.sharding import refuse_other_storage, shard

VARIANTS = [
    {"adapter": "lora"},
    {"adapter": "qlora", "gradient_checkpointing": True},
    {"adapter": "qlora", "dora": True},
]


def _model(sharded, adapter, **settings):
    model = add_adapter(load_base("embedded", adapter, sharded), rank=4, token_rows=[40, 41], **settings)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.02)
    return model


def _gradients(model, tokens):
    """Evaluation and training, twice, as in a run: loss, adapter gradients, evaluated logits."""
    for _ in range(2):
        with torch.no_grad():
            logits = model.eval()(input_ids=tokens).logits
        model.train().zero_grad()
        loss = model(input_ids=tokens, labels=tokens).loss
        loss.backward()
    found = [p.grad.ravel() for p in model.parameters() if p.requires_grad]
    return loss.item(), torch.cat(found), logits


def _largest_difference(processes: Processes, _: str) -> dict:
    torch.set_num_threads(1)
    tokens = torch.arange(40 + 9 * processes.rank, 72 + 15 * processes.rank)[None]
    found = {}
    for place, settings in enumerate(VARIANTS):
        whole = _gradients(_model(False, **settings), tokens)
        model = _model(True, **settings)
        shard(model, processes, "embedded")
        parts = _gradients(model, tokens)
        split = [p for p in model.parameters() if isinstance(p, DTensor)]
        found[str(place)] = {
            "loss": abs(parts[0] / whole[0] - 1),
            "gradient": ((parts[1] - whole[1]).norm() / whole[1].norm()).item(),
            "logits": (parts[2] - whole[2]).abs().max().item(),
            "held": sum(p.to_local().numel() for p in split) / sum(p.numel() for p in split),
            "adapter": all(type(p) is torch.nn.Parameter for p in model.parameters() if p.requires_grad),
        }
    return found


def test_a_model_split_over_two_processes_gives_the_gradients_of_the_whole():
    for name, found in run_processes(_largest_difference, "", 2, sharded=True).items():
        assert found["loss"] < 1e-6, (name, found)
        assert found["gradient"] < 1e-5, (name, found)
        assert found["logits"] < 1e-4, (name, found)
        assert found["held"] == pytest.approx(0.5) and found["adapter"], (name, found)


def test_layers_packed_as_bytes_are_refused(tmp_path):
    """Also those of a folder that was packed by somebody else, whatever is asked for."""
    load_base("embedded", "qlora").model.save_pretrained(tmp_path)
    load_base("embedded", "qlora").tokenizer.save_pretrained(tmp_path)
    with pytest.warns(UserWarning, match="already has a `quantization_config`"):
        loaded = load_base(str(tmp_path), "qlora", sharded=True)
    words = "would learn nothing.*Got: uint8. What to do: Choose the original model"
    with pytest.raises(ModelError, match=words):
        shard(add_adapter(loaded, rank=2), Processes(0, 2, sharded=True), loaded.base.id)
    refuse_other_storage(load_base("embedded", "qlora", sharded=True).model, "embedded")


def test_a_model_without_known_blocks_is_refused():
    model = add_adapter(load_base("embedded", "lora"), rank=2)
    model.get_base_model()._no_split_modules = []
    with pytest.raises(ModelError, match="cannot be split over several GPUs"):
        shard(model, Processes(0, 2, sharded=True), "embedded")
