"""Bundles against the naive loop: every prompt read alone, whole, with the head on every position.

Same loss and gradients to 1e-4 relative on a random tiny Llama, with a third of the tokens or fewer.
"""

from typing import get_args

import pytest
import torch

from core.lab.bench.portions import answers_once, every_answer, rows_of
from core.models.batch import read_bundles
from core.models.scoring import answer_logprobs
from core.prompts.encoding import Encoder
from core.prompts.template import Order, Template, labelled, prompt_text, short_labels
from core.survey.codebook import Codebook, Question, QuestionType
from core.tuning.examples import SurveyExamples
from core.tuning.recipe import Recipe
from core.tuning.setup import TrainingSetup
from core.tuning.targets import IndividualTargets
from tests.models.tiny import llama, tokenizer
from tests.tuning.cars_survey import cars


@pytest.fixture(scope="module")
def encoder():
    return Encoder(tokenizer())


@pytest.fixture(scope="module")
def batch(encoder):
    data = cars(60)
    train = data.part("train")
    examples = SurveyExamples(
        train, data.items, IndividualTargets(train), encoder, Template(), count=4, seed=0
    )
    return [examples[0], examples[1]]


def prompts_of(bundle):
    """Each prompt of a bundle as a whole sequence, read off the tree: its path from the root."""
    for group in bundle.groups:
        for nodes in group.nodes:
            yield group, [bundle.tokens[bundle.visible[node]] for node in nodes]


def naive(model, batch):
    """Summed cross-entropy of all labels, one sequence at a time; and the tokens read."""
    total, tokens = torch.zeros(()), 0
    for example in batch:
        labels = iter(torch.from_numpy(row).float() for part in example.labels for row in part)
        for group, sequences in prompts_of(example.bundle):
            logprob = torch.zeros(group.trie.n_answers)
            for branch, sequence in zip(group.trie.branches, sequences, strict=True):
                logits = model(input_ids=torch.from_numpy(sequence)[None]).logits[0, -1]
                chosen = torch.log_softmax(logits[torch.from_numpy(branch.children)], -1)
                logprob = logprob + chosen @ torch.from_numpy(branch.leads_to)
                tokens += len(sequence)
            total = total - (next(labels) * logprob).sum()
    return total, tokens


def bundled(model, batch):
    logits, rows = read_bundles(model, [example.bundle for example in batch])
    total = torch.zeros(())
    for example, row_of in zip(batch, rows, strict=True):
        for group, labels in zip(example.bundle.groups, example.labels, strict=True):
            logprob = answer_logprobs(logits, row_of, group)
            total = total - (torch.from_numpy(labels).float() * logprob).sum()
    return total, sum(len(example.bundle.tokens) for example in batch)


def gradients(model, loss):
    parameters = [p for p in model.parameters() if p.requires_grad]
    return torch.cat([g.ravel() for g in torch.autograd.grad(loss, parameters)])


def the_same_learned(batch):
    """Tokens the naive loop and bundles read for the same loss and gradients."""
    model = llama(4096)
    slow, many = naive(model, batch)
    fast, few = bundled(model, batch)
    assert fast.item() == pytest.approx(slow.item(), rel=1e-4)
    expected, found = gradients(model, slow), gradients(model, fast)
    assert (found - expected).norm() <= 1e-4 * expected.norm()
    return many, few


def test_loss_and_gradients_equal_the_naive_loop_with_a_third_of_the_tokens(batch):
    many, few = the_same_learned(batch)
    assert many >= 3 * few


@pytest.mark.parametrize("order", get_args(Order))
def testevery_answer_read_once_in_either_order_equals_the_naive_loop(order, encoder):
    setup = lesson_of(encoder, order)
    some = [portion.example for portion in every_answer(setup)]
    many, few = the_same_learned(some)
    assert many > few


def lesson_of(encoder, order):
    data = cars(60)
    return TrainingSetup(data, data.items, Recipe(targets="individual"), Template(order=order), encoder)


def testevery_answer_is_a_row_of_its_own_prompt_and_the_cheaper_order_is_taken(encoder):
    tokens = {}
    for order in get_args(Order):
        setup = lesson_of(encoder, order)
        train, portions = setup.train, every_answer(setup)
        tokens[order] = sum(len(portion.example.bundle.tokens) for portion in portions)
        read = [
            encoder.tokenizer.decode(prompt) + "|" + encoder.tokenizer.decode(answer)
            for portion in portions
            for prompt, answer in rows_of(portion, encoder)
        ]
        meant = []
        for item in setup.items:
            for person, answer in enumerate(train.answers[item.key]):
                if answer >= 0:
                    shown = labelled(train.codebook, train.profiles.iloc[person].to_dict())
                    said = encoder.tokenizer.decode(encoder.answers(item)[answer])
                    meant.append(f"{prompt_text(setup.template, item, shown)}|{said}")
        assert sorted(read) == sorted(meant)
    cheaper = answers_once(lesson_of(encoder, "question_first"))
    assert sum(len(portion.example.bundle.tokens) for portion in cheaper) == min(tokens.values())


def test_labels_reach_the_prompts_they_belong_to(batch, encoder):
    """The first prompt of a bundle shows nobody's background; the next ones add lines up to the whole."""
    labels = set(short_labels(cars(60).codebook).values())
    for example in batch:
        texts = [encoder.tokenizer.decode(seqs[0]) for _, seqs in prompts_of(example.bundle)]
        shown = [sum(f"{label}: " in text for label in labels) for text in texts]
        first = shown[: shown.index(max(shown)) + 1]
        assert first[0] == 0 and first == sorted(set(first)) and len(first) >= 2
        assert len(texts) == sum(len(part) for part in example.labels)


class Spelled:
    """A tokenizer that writes everything letter by letter."""

    bos_token_id, eos_token_id = None, 0

    def encode(self, text, *, add_special_tokens):
        return [ord(letter) for letter in text]


def test_a_model_that_only_knows_numbers_has_the_same_loss_however_they_are_tokenised(encoder):
    """Answers 0-10 with given probabilities, as one token each and digit by digit through the trie."""
    codebook = Codebook("t", (), (Question("q", "?", QuestionType.NUMERIC, range=(0, 10)),))
    (item,) = codebook.items
    truth = torch.softmax(torch.randn(11, generator=torch.Generator().manual_seed(0)), -1)
    for each in (encoder, Encoder(Spelled())):
        total = torch.zeros(11)
        for branch in each.trie(item).branches:
            leads_to = torch.from_numpy(branch.leads_to)  # what such a model gives the next token
            reachable = leads_to.sum(0)
            conditional = (leads_to @ truth) / (reachable @ truth)
            total = total + conditional.log() @ leads_to
        assert torch.allclose(total.exp(), truth, atol=1e-6)
