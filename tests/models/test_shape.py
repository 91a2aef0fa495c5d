"""Shapes of models: parameters by hand and as published, and reading a configuration."""

import pytest

from core.errors import ModelError
from core.models.catalogue import CATALOGUE, EMBEDDED_FOLDER, listed
from core.models.shape import Shape
from core.store.files import read_json


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("HuggingFaceTB/SmolLM2-135M", 0.134),
        ("Qwen/Qwen2.5-0.5B", 0.494),
        ("HuggingFaceTB/SmolLM2-1.7B", 1.71),
        ("Qwen/Qwen3-8B-Base", 8.19),
        ("meta-llama/Llama-2-7b-hf", 6.74),
        ("meta-llama/Llama-2-13b-hf", 13.0),
        ("meta-llama/Llama-2-70b-hf", 69.0),
    ],
)
def test_shapes_give_the_published_number_of_parameters(name, billions):
    assert listed(name).shape.parameters / 1e9 == pytest.approx(billions, rel=0.01)


def test_the_embedded_entry_is_the_shape_of_the_embedded_model():
    assert Shape.of_config(read_json(EMBEDDED_FOLDER / "config.json")) == CATALOGUE[0].shape


def test_a_config_of_something_else_is_refused():
    with pytest.raises(ModelError, match="may not be a causal language model"):
        Shape.of_config({"model_type": "t5", "d_model": 512})


def test_parameters_by_hand():
    # a layer: query 2 x 4, key and value 2 x 2 each, output 4 x 2, three of 2 x 8 in the MLP
    shape = Shape(3, 2, 4, 2, 8, 10, tied=False)
    assert shape.linear == 3 * (8 + 4 + 4 + 8 + 3 * 16)
    assert shape.embedding == 2 * 10 * 2
    # LoRA of rank 5 adds rank * (inputs + outputs) to each
    assert shape.lora(5, "attention") == 3 * 5 * ((2 + 4) + (2 + 2))
    assert shape.lora(5) == 3 * 5 * ((2 + 4) + 2 * (2 + 2) + (4 + 2) + 3 * (2 + 8))


def test_a_configuration_with_fewer_keys_than_queries_is_read():
    config = {"hidden_size": 8, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 1}
    sizes = {"intermediate_size": 16, "vocab_size": 32, "tie_word_embeddings": True}
    assert Shape.of_config({"text_config": config | sizes}) == Shape(1, 8, 8, 4, 16, 32, tied=True)
