import pytest

from core.prompts.encoding import Encoder
from core.prompts.plan import plan
from core.prompts.template import Template, profile_lines, prompt_text
from core.survey.codebook import Question, QuestionType
from tests.prompts.letters import Letters, WordStart, text_of

TEA = Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No")).items[0]
MILK = Question("milk", "With milk?", QuestionType.SINGLE, ("Yes", "No", "Both")).items[0]
CUPS = Question("cups", "Cups?", QuestionType.NUMERIC, range=(0, 10)).items[0]
PROFILES = [{"Age": "40", "Area": "City"}, {}, {"Age": "41"}, {"Age": "40"}, {"Area": "City"}]


@pytest.mark.parametrize("order", ["question_first", "profile_first"])
@pytest.mark.parametrize("budget", [1, 120, 10_000])
def test_every_item_is_asked_of_every_profile_once(order, budget):
    """What a read position sees is the prompt and the beginning of an answer, at any size of bundles."""
    template, asked = Template(order=order), []
    lines = [profile_lines(profile) for profile in PROFILES]
    for planned in plan(Encoder(Letters()), template, lines, [TEA, CUPS, MILK], budget):
        bundle = planned.packed()
        for group in bundle.groups:
            for row, nodes in zip(planned.rows[group.item.key], group.nodes, strict=True):
                asked.append((group.item.key, row))
                for node, branch in zip(nodes, group.trie.branches, strict=True):
                    read = text_of(bundle.tokens[bundle.visible[node]])
                    assert read == prompt_text(template, group.item, PROFILES[row]) + text_of(branch.prefix)
    assert sorted(asked) == sorted((item.key, row) for item in (TEA, CUPS, MILK) for row in range(5))


def test_the_profiles_are_laid_out_once_for_questions_that_branch_alike():
    lines = [profile_lines(profile) for profile in PROFILES]
    first, second = plan(Encoder(Letters()), Template(), lines, [TEA, MILK], 10_000)
    sizes = [len(found.forest.tokens) - found.forest.front for found in (first, second)]
    assert sizes[0] == sizes[1]
    assert first.rows["tea"] == second.rows["milk"]


def test_prompts_begin_with_the_beginning_of_sequence_token():
    (planned,) = plan(Encoder(WordStart()), Template(), [[]], [TEA], 10_000)
    assert planned.forest.tokens[0] == WordStart.bos_token_id
    assert planned.packed().visible[:, 0].all()


def test_without_profiles_or_items_there_is_nothing_to_ask():
    assert list(plan(Encoder(Letters()), Template(), [], [TEA], 100)) == []
    assert list(plan(Encoder(Letters()), Template(), [[]], [], 100)) == []
