"""Reading several bundles at once gives what reading each alone gives, and costs no more tokens."""

import numpy as np
import pytest
import torch

from core.models.batch import PaddedBundles, read_bundles
from core.models.scoring import answer_logprobs, branch_logits
from core.prompts.bundle import BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Template
from core.survey.codebook import Question, QuestionType
from tests.models.tiny import llama, tokenizer

TEA = Question("tea", "Do you like tea?", QuestionType.SINGLE, ("Yes", "No", "Sometimes")).items[0]
CUPS = Question("cups", "How many cups?", QuestionType.NUMERIC, range=(0, 12)).items[0]


def bundle(encoder, item, *people):
    builder = BundleBuilder(encoder, Template())
    for lines in people:
        builder.add(item, lines)
    return builder.build()


@pytest.fixture(scope="module")
def encoder():
    return Encoder(tokenizer())


@pytest.fixture(scope="module")
def bundles(encoder):
    return [
        bundle(encoder, TEA, [], ["Age: 40\n"], ["Age: 40\n", "Area: City\n"]),
        bundle(encoder, CUPS, ["Area: City\n"]),
    ]


def test_padding_reaches_the_longest_and_hides_the_rest(bundles):
    padded = PaddedBundles.of(bundles)
    lengths = [len(b.tokens) for b in bundles]
    assert padded.tokens.shape == (2, max(lengths))
    short = int(np.argmin(lengths))
    pads = padded.visible[short, lengths[short] :].numpy()
    assert pads.sum() == len(pads)  # each sees one position: itself
    assert not padded.visible[short, : lengths[short], lengths[short] :].any()


def test_only_positions_that_are_read_go_through_the_head(bundles):
    padded = PaddedBundles.of(bundles)
    nodes = sum(len(np.unique(np.concatenate([g.nodes.ravel() for g in b.groups]))) for b in bundles)
    model = llama(4096)
    logits, _ = read_bundles(model, bundles)
    assert len(padded.read) == nodes and logits.shape == (nodes, 4096)
    assert nodes < padded.tokens.numel() / 4


def test_together_is_the_same_as_alone(bundles):
    """Log-probabilities and gradients."""
    model = llama(4096)

    def loss(pairs):
        total = torch.zeros(())
        for each, (logits, row_of) in zip(bundles, pairs, strict=True):
            for group in each.groups:
                total = total - answer_logprobs(logits, row_of, group)[:, 0].sum()
        return total

    alone = loss([branch_logits(model, b) for b in bundles])
    gradient = torch.autograd.grad(alone, model.model.layers[0].self_attn.q_proj.weight)[0]
    logits, rows = read_bundles(model, bundles)
    together = loss([(logits, row) for row in rows])
    again = torch.autograd.grad(together, model.model.layers[0].self_attn.q_proj.weight)[0]
    assert together.item() == pytest.approx(alone.item(), rel=1e-5)
    assert torch.allclose(again, gradient, rtol=1e-4, atol=1e-6 * float(gradient.abs().max()))


def test_the_head_is_left_as_it_was(bundles):
    model = llama(4096)
    read_bundles(model, bundles)
    assert not model.get_output_embeddings()._forward_pre_hooks
