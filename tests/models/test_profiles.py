"""Packed scoring equals asking every prompt on its own and reading every answer in full."""

import numpy as np
import pandas as pd
import pytest
import torch

from core.models.profiles import score_profiles
from core.prompts.encoding import Encoder
from core.prompts.template import Template, answer_codes, labelled, prompt_text
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from tests.models.tiny import llama, tokenizer

CODEBOOK = Codebook(
    "t",
    (
        Demographic("age", "Age", ("18-29", "30+"), ordinal=True),
        Demographic("area", "Area", ("City", "Countryside")),
    ),
    (
        Question("likes", "How much do you like it?", QuestionType.ORDINAL, ("Not much", "Some", "A lot")),
        Question("use", "Which do you use?", QuestionType.MULTI, ("Bus", "Car")),
        Question(
            "score", "From 0 to 100?", QuestionType.NUMERIC, range=(0, 100), non_substantive=("Don't know",)
        ),
        Question("odd", "From 995 to 1005?", QuestionType.NUMERIC, range=(995, 1005)),
    ),
)
PROFILES = pd.DataFrame({"age": ["18-29", "30+", None, "30+"], "area": ["City", None, None, "Countryside"]})


@pytest.fixture(scope="module")
def encoder():
    return Encoder(tokenizer())


def brute_force(model, encoder, template, item, profile):
    """Every answer written out behind its own prompt, renormalised at each token among the answers."""
    prompt = list(encoder.start)
    for line in prompt_text(template, item, profile).splitlines(keepends=True):
        prompt += encoder.segment(line)
    ends = [encoder.segment(f"Answer: {code}")[len(encoder.cue) :] for code in answer_codes(item)]
    stop = encoder.segment("Answer:\n")[len(encoder.cue)]
    begins = {e[:i] for e in ends for i in range(len(e))}
    ends = [(*e, stop) if e in begins else e for e in ends]
    total = np.zeros(len(ends))
    for k, end in enumerate(ends):
        for i, token in enumerate(end):
            legal = sorted({e[i] for e in ends if e[:i] == end[:i] and len(e) > i})
            with torch.no_grad():
                logits = model(torch.tensor([prompt + list(end[:i])])).logits[0, -1]
            total[k] += float(torch.log_softmax(logits[legal], -1)[legal.index(token)])
    return total


@pytest.mark.parametrize("order", ["question_first", "profile_first"])
def test_bundles_equal_brute_force(encoder, order):
    model = llama(len(encoder.tokenizer))
    template = Template(order=order)
    scores = score_profiles(model, encoder, template, CODEBOOK, PROFILES, CODEBOOK.items)
    for item in CODEBOOK.items:
        for row in (0, 1, 2) if len(item.answers) < 20 else (0,):
            profile = labelled(CODEBOOK, PROFILES.iloc[row].to_dict())
            expected = brute_force(model, encoder, template, item, profile)
            assert scores.logprob[item.key][row] == pytest.approx(expected, abs=1e-5)
        assert np.exp(scores.logprob[item.key]).sum(axis=1) == pytest.approx(1.0)


def test_shares_of_bundles_cost_fewer_tokens_than_prompts(encoder, monkeypatch):
    """The question is read once per bundle: at most half the tokens of separate prompts."""
    from core.models import profiles as module

    packed = []
    real = module.branch_logits

    def counted(model, bundle):
        packed.append(len(bundle.tokens))
        return real(model, bundle)

    monkeypatch.setattr(module, "branch_logits", counted)
    many = pd.concat([PROFILES] * 10, ignore_index=True)
    item = CODEBOOK.items[0]
    score_profiles(llama(len(encoder.tokenizer)), encoder, Template(), CODEBOOK, many, [item])
    naive = sum(
        len(encoder.segment(prompt_text(Template(), item, labelled(CODEBOOK, row))))
        for row in many.to_dict("records")
    )
    assert sum(packed) < naive / 2


def test_mass_is_the_probability_of_the_legal_first_tokens(encoder):
    model = llama(len(encoder.tokenizer))
    item = CODEBOOK.items[0]
    scores = score_profiles(model, encoder, Template(), CODEBOOK, PROFILES.iloc[:1], [item])
    text = prompt_text(Template(), item, {"Age": "18-29", "Area": "City"})
    prompt = [token for line in text.splitlines(keepends=True) for token in encoder.segment(line)]
    with torch.no_grad():
        full = torch.softmax(model(torch.tensor([prompt])).logits[0, -1], -1)
    letters = encoder.trie(item).branches[0].children
    assert scores.mass[item.key][0] == pytest.approx(float(full[letters].sum()), abs=1e-6)
