"""Byte-level BPE tokenizer of the embedded model.

4,096 tokens learned from generated survey text, all numbers from 0 to 100 and the letters after
the cue among them, so that most answers are one token. Byte-level: any UTF-8 text can be encoded.
"""

from collections.abc import Iterator

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from core.lab.pretraining import wordings
from core.lab.pretraining.questionnaires import Difficulty, QuestionnaireMaker
from core.prompts.template import CUE, LETTERS, question_segment

VOCABULARY = 4096
END = "<|end|>"


def survey_text(rng: np.random.Generator, n_surveys: int) -> Iterator[str]:
    """Training text: questions, demographics, plain words and numbers of random surveys."""
    maker = QuestionnaireMaker(rng)
    for i in range(n_surveys):
        survey = maker.questionnaire(Difficulty(float(i % 2)))
        for item in survey.items:
            yield question_segment(item)
        for demographic in survey.demographics:
            yield "".join(f"{demographic.label}: {value}\n" for value in demographic.options)
        words = rng.choice(wordings.PLAIN_WORDS, size=60)
        yield " ".join(words) + " " + " ".join(str(w).capitalize() for w in words[:10])
        yield "".join(f"{CUE} {n}\n" for n in rng.integers(0, 101, size=40))
        yield "".join(
            f"${n},000 - ${n + 5},999\n{1900 + n}-{20 + n % 80}\n" for n in rng.integers(1, 150, size=6)
        )
        yield "".join(f"{CUE} {letter}\n" for letter in LETTERS)


def train_tokenizer(seed: int = 0, n_surveys: int = 3000) -> PreTrainedTokenizerFast:
    """Tokenizer trained on random surveys; the same seed gives the same tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 2,
        special_tokens=[END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(survey_text(np.random.default_rng(seed), n_surveys), trainer)
    cue = AddedToken(CUE, single_word=False, normalized=False, special=False)
    line_break = AddedToken("\n", single_word=False, normalized=False, special=False)
    tokenizer.add_tokens([cue, line_break])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=END)
