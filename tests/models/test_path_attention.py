"""Reading along paths gives the numbers of a dense mask, the same to the bit whoever is asked together."""

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from core.models import profiles as module
from core.models.path_attention import path_logits, reads_paths
from core.models.profiles import score_profiles
from core.prompts.forest import Forest, padded
from core.prompts.template import Template
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from tests.models.tiny import fused, llama
from tests.prompts.phrases import Phrases

OPTIONS = ("one", "two", "three", "four")
BOOK = Codebook(
    "t",
    tuple(Demographic(f"d{k}", f"Field {k}", OPTIONS) for k in range(6)),
    (
        Question("likes", "How much do you like it?", QuestionType.ORDINAL, ("Not much", "Some", "A lot")),
        Question("use", "Which do you use?", QuestionType.MULTI, ("Bus", "Car")),
        Question("score", "From 0 to 120?", QuestionType.NUMERIC, range=(0, 120)),
    ),
)


ENCODER = Phrases()


def people(n, seed=0):
    rng = np.random.default_rng(seed)
    choices = np.array([*OPTIONS, None], dtype=object)
    return pd.DataFrame({f"d{k}": choices[rng.integers(0, 5, n)] for k in range(6)})


def scores(model, asked, **how):
    return score_profiles(model, ENCODER, Template(**how), BOOK, asked, BOOK.items)


@pytest.fixture(scope="module")
def model():
    model = llama(256)
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(0.5)  # answers between 2 and 98 %, as trained models give them
    return model


@pytest.mark.parametrize("order", ["question_first", "profile_first"])
def test_it_gives_the_numbers_of_the_dense_mask(model, order, monkeypatch):
    asked = people(40)
    found = scores(model, asked, order=order)
    monkeypatch.setattr(module, "reads_paths", lambda model: False)
    dense = scores(model, asked, order=order)
    for item in BOOK.items:
        assert np.exp(found.logprob[item.key]) == pytest.approx(np.exp(dense.logprob[item.key]), abs=1e-6)
        assert found.mass[item.key] == pytest.approx(dense.mass[item.key], abs=1e-6)


@pytest.mark.parametrize("n", [1, 2, 7, 60])
def test_the_scores_of_a_profile_do_not_depend_on_who_else_is_asked(model, n):
    everybody = people(120)
    together = scores(model, everybody)
    some = everybody.sample(n, random_state=n)
    alone = scores(model, some)
    for item in BOOK.items:
        assert np.array_equal(alone.logprob[item.key], together.logprob[item.key][some.index])
        assert np.array_equal(alone.mass[item.key], together.mass[item.key][some.index])


def test_the_shortest_profile_alone_scores_as_among_longer_ones(model):
    nobody = people(1).assign(**dict.fromkeys(f"d{k}" for k in range(6)))
    together = scores(model, pd.concat([people(50), nobody], ignore_index=True))
    alone = scores(model, nobody)
    for item in BOOK.items:
        assert np.array_equal(alone.logprob[item.key][0], together.logprob[item.key][-1])


def test_heads_that_share_keys_are_read_too():
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32,
        hidden_size=32,
        intermediate_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        initializer_range=0.3,
    )
    model = LlamaForCausalLM(config).eval()
    forest = Forest.of(padded([(1, 2, 3), (1, 2, 4, 5), (1, 6)])).behind([7, 8, 9])
    with torch.no_grad():
        found = path_logits(model, forest, forest.ends, 8)
        for row, end in zip(forest.paths, found, strict=True):
            alone = model(torch.from_numpy(forest.tokens[row[row >= 0]])[None]).logits[0, -1]
            assert torch.allclose(end, alone, atol=1e-5)
    assert model.config._attn_implementation == "sdpa"


def test_only_models_like_llama_are_read_along_paths(model):
    assert reads_paths(model)
    assert not reads_paths(fused())


def test_equal_profiles_are_asked_once(model, monkeypatch):
    asked, real = [], module.path_logits

    def counted(model, forest, nodes, reach):
        asked.append(len(nodes))
        return real(model, forest, nodes, reach)

    monkeypatch.setattr(module, "path_logits", counted)
    once, seen = people(10).drop_duplicates(), []
    found = score_profiles(
        model,
        ENCODER,
        Template(),
        BOOK,
        pd.concat([once] * 3),
        BOOK.items,
        lambda *pairs: seen.append(pairs),
    )
    first, asked[:] = list(asked), []
    scores(model, once)
    assert asked == first
    assert all(np.array_equal(t[: len(once)], t[-len(once) :]) for t in found.logprob.values())
    assert seen[-1] == (3 * len(once) * len(BOOK.items),) * 2
