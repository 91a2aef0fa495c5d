"""Tokenizer of the embedded model: phrases, answers and bytes.

4,096 tokens: one for each line of a survey (`core.prompts.phrases`), the letters and numbers that answers
are, the cue, and the 256 bytes, so that any UTF-8 text can be encoded. Nothing is learned from text.
"""

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from core.prompts.phrases import LINE, NUMBERS, PART, QUESTION, phrase_token
from core.prompts.template import CUE, LETTERS

VOCABULARY = 4096
END = "<|end|>"
SPACE = "Ġ"
"""A space among the 256 characters that stand for bytes."""


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Tokenizer with all tokens that have a meaning first and the reserved ones behind."""
    answers = [*LETTERS, *(str(n) for n in range(NUMBERS))]
    # a number is put together digit by digit: " 1" and "2" are " 12"
    merges = [(SPACE + answer[:-1], answer[-1]) for answer in answers]
    tokens = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *(SPACE + answer for answer in answers)]
    tokenizer = Tokenizer(models.BPE(vocab={token: k for k, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    plain = [END, QUESTION, PART, LINE]
    tokenizer.add_special_tokens(plain)
    tokenizer.add_tokens([AddedToken(text, normalized=False, special=False) for text in (CUE, "\n")])
    reserved = VOCABULARY - tokenizer.get_vocab_size()
    tokenizer.add_special_tokens([phrase_token(k) for k in range(reserved)])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END, pad_token=END)
