import numpy as np
import pytest

from core.prompts.bundle import BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Template, profile_lines, prompt_text
from core.survey.codebook import Question, QuestionType
from tests.prompts.letters import Letters, WordStart, text_of

TEA = Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No")).items[0]
CUPS = Question("cups", "Cups?", QuestionType.NUMERIC, range=(0, 10)).items[0]
PROFILES = [{}, {"Age": "40"}, {"Age": "40", "Area": "City"}, {"Age": "41"}]


def builder_of(template, items, tokenizer=None):
    builder = BundleBuilder(Encoder(tokenizer or Letters()), template)
    for profile in PROFILES:
        for item in items:
            builder.add(item, profile_lines(profile))
    return builder


@pytest.mark.parametrize("order", ["question_first", "profile_first"])
def test_what_a_read_position_sees_is_the_prompt_and_the_beginning_of_an_answer(order):
    template = Template(order=order)
    bundle = builder_of(template, [TEA, CUPS]).build()
    assert [group.item for group in bundle.groups] == [TEA, CUPS]
    assert bundle.n_prompts == 8
    for group in bundle.groups:
        assert group.nodes.shape == (len(PROFILES), len(group.trie.branches))
        for profile, nodes in zip(PROFILES, group.nodes, strict=True):
            for node, branch in zip(nodes, group.trie.branches, strict=True):
                read = text_of(bundle.tokens[bundle.visible[node]])
                assert read == prompt_text(template, group.item, profile) + text_of(branch.prefix)


def test_shared_beginnings_cost_their_tokens_once():
    bundle = builder_of(Template(), [TEA]).build()
    question, cue = "Question: Tea?\nA: Yes\nB: No\n", "Answer:"
    # An answer is a space and a letter, so reading stops at the space behind the cue. Profiles as a tree:
    # nothing; "Age: 40\n"; below it "Area: City\n"; "Age: 41\n", which shares "Age: 4". A cue behind each.
    # "A" of "Answer:" is also that of "Age: " and of "Area: ": one token less where both follow a node.
    lines = len("Age: 40\n") + len("Area: City\n") + len("1\n")
    assert len(bundle.tokens) == len(question) + lines + 4 * len(cue + " ") - 2
    assert len(bundle.tokens) < sum(len(prompt_text(Template(), TEA, p) + " ") for p in PROFILES) / 2


def test_size_is_the_number_of_tokens_and_asking_again_adds_a_prompt_but_no_token():
    builder = builder_of(Template(), [TEA])
    size = builder.size
    builder.add(TEA, profile_lines(PROFILES[1]))
    bundle = builder.build()
    assert builder.size == size == len(bundle.tokens)
    assert np.array_equal(bundle.groups[0].nodes[1], bundle.groups[0].nodes[-1])
    assert bundle.n_prompts == len(PROFILES) + 1


def test_prompts_begin_with_the_beginning_of_sequence_token():
    bundle = builder_of(Template(), [TEA], WordStart()).build()
    assert bundle.tokens[0] == WordStart.bos_token_id
    assert bundle.visible[:, 0].all()
