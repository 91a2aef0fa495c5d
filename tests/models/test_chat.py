import torch

from core.models.catalogue import find_base
from core.models.chat import ChatEncoder, encoder_for
from core.models.scoring import answer_logprobs, branch_logits
from core.prompts.bundle import BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.phrases import PhraseEncoder
from core.prompts.template import Template, prompt_text
from core.survey.codebook import Question, QuestionType
from tests.models.tiny import llama, tokenizer
from tests.prompts.letters import Letters

TEA = Question("tea", "Do you like tea?", QuestionType.SINGLE, ("Yes", "No")).items[0]
CUPS = Question("cups", "How many cups?", QuestionType.NUMERIC, range=(0, 120)).items[0]
TEMPLATE = (
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}[end]{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


def chat_tokenizer():
    found = tokenizer()
    found.chat_template = TEMPLATE
    return found


def test_a_prompt_is_what_the_template_makes_of_it():
    encoder = ChatEncoder(chat_tokenizer())
    builder = BundleBuilder(encoder, Template())
    builder.add(TEA, ["Age: 40\n"])
    text = encoder.tokenizer.decode(builder.build().tokens)
    assert text == "[user]" + prompt_text(Template(), TEA, {"Age": "40"}) + "[end][assistant]"


def test_answers_begin_the_turn_and_their_probabilities_are_exact():
    """Against reading each whole conversation alone, over the legal answers' first tokens."""
    encoder, model = ChatEncoder(chat_tokenizer()), llama(4096)
    builder = BundleBuilder(encoder, Template())
    builder.add(TEA, ["Age: 40\n"])
    bundle = builder.build()
    with torch.no_grad():
        logits, row_of = branch_logits(model, bundle)
        found = answer_logprobs(logits, row_of, bundle.groups[0])[0]
        last = model(input_ids=torch.from_numpy(bundle.tokens)[None]).logits[0, -1]
    letters = [encoder.segment(letter)[0] for letter in "AB"]
    assert torch.allclose(found, torch.log_softmax(last[letters], -1), atol=1e-5)


def test_an_answer_that_begins_another_ends_with_the_token_that_ends_turns():
    class Digits:
        """A tokenizer that writes numbers digit by digit."""

        bos_token_id, eos_token_id = None, 0

        def encode(self, text, *, add_special_tokens):
            return [ord(letter) for letter in text]

        def apply_chat_template(self, messages, **options):
            return f"<{messages[0]['content']}>"

    encoder = ChatEncoder(Digits())
    assert (encoder.start, encoder.cue[-1:]) == ((ord("<"),), (ord(">"),))
    after_one = next(b for b in encoder.trie(CUPS).branches if b.prefix == (ord("1"),))
    assert 0 in after_one.children  # "1" may end here, or go on to 10, 11, ... and 100


def test_base_models_are_not_spoken_to_like_chat_models():
    assert type(encoder_for(Letters(), chat=False)) is Encoder
    assert type(encoder_for(chat_tokenizer(), chat=False)) is PhraseEncoder
    names = {
        "org/model-7b-Instruct": True,
        "org/model-it": True,
        "org/gitlab-7b": False,
        "org/model-chat-hf": True,
    }
    assert {name: find_base(name).is_chat for name in names} == names
