"""Llama of a given shape with random weights, in a folder that loads like any other base model.

python -m core.lab.bench.random_model FOLDER SHAPE_AS_JSON

Speed and memory depend on the shape alone. The tokenizer is the embedded model's, its vocabulary filled
up to the shape's with tokens no text is cut into.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from core.models.catalogue import EMBEDDED_FOLDER
from core.models.shape import Shape
from core.store.files import read_json, write_json

HEAD, WIDE_HEAD, WIDE = 64, 128, 4096
"""Width of an attention head: of models narrower than `WIDE`, and of the others."""


def build(folder: Path, shape: Shape, seed: int = 0) -> None:
    """Write configuration, weights and tokenizer; on an NVIDIA GPU in 16 bits, else in 32."""
    head = WIDE_HEAD if shape.hidden >= WIDE else HEAD
    config = LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.query // head,
        num_key_value_heads=shape.key // head,
        head_dim=head,
        tie_word_embeddings=shape.tied,
    )
    on_gpu = torch.cuda.is_available()
    torch.manual_seed(seed)
    torch.set_default_dtype(torch.bfloat16 if on_gpu else torch.float32)
    with torch.device("cuda" if on_gpu else "cpu"):
        LlamaForCausalLM(config).save_pretrained(folder)
    _write_tokenizer(folder, shape.vocabulary)


def _write_tokenizer(folder: Path, vocabulary: int) -> None:
    tokenizer: dict[str, Any] = read_json(EMBEDDED_FOLDER / "tokenizer.json")
    known = {added["id"] for added in tokenizer["added_tokens"]} | set(tokenizer["model"]["vocab"].values())
    tokenizer["model"]["vocab"] |= {f"unused {k}": k for k in range(vocabulary) if k not in known}
    write_json(folder / "tokenizer.json", tokenizer)
    write_json(folder / "tokenizer_config.json", read_json(EMBEDDED_FOLDER / "tokenizer_config.json"))


if __name__ == "__main__":
    build(Path(sys.argv[1]), Shape(**json.loads(sys.argv[2])))
