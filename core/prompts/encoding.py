"""Tokens of prompt segments, for any tokenizer.

Segments are tokenised one by one so that bundles can share them. Some tokenizers treat the start
of a text differently (a word-start mark is put in front); each segment is therefore encoded after
a line break, whose tokens are then cut off.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from core.prompts.template import CUE, answer_codes, question_segment
from core.prompts.trie import AnswerTrie
from core.survey.codebook import Item

ANCHOR = "\n"


class Tokenizer(Protocol):
    """Tokenizer: what is used of a Hugging Face one."""

    bos_token_id: int | None

    def encode(self, text: str, *, add_special_tokens: bool) -> Any:
        """Token ids of `text`."""

    def __len__(self) -> int:
        """Size of the vocabulary."""


class Encoder:
    """Token ids of segments, questions, cue and answers; everything is remembered."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._anchor = list(tokenizer.encode(ANCHOR, add_special_tokens=False))
        self.segment = lru_cache(maxsize=100_000)(self._segment)
        self.question = lru_cache(maxsize=10_000)(self._question)
        self.trie = lru_cache(maxsize=10_000)(self._trie)

    @property
    def start(self) -> tuple[int, ...]:
        """Tokens every prompt begins with: the beginning-of-sequence token where there is one."""
        bos = self.tokenizer.bos_token_id
        return () if bos is None else (bos,)

    @property
    def cue(self) -> tuple[int, ...]:
        """Tokens of the cue."""
        return self.segment(CUE)

    def _segment(self, text: str) -> tuple[int, ...]:
        # Encode behind a line break and cut its tokens off, so that the start of a segment is treated
        # like its place in a prompt; a tokenizer that merges the break with the text gets the text alone.
        ids = list(self.tokenizer.encode(ANCHOR + text, add_special_tokens=False))
        if ids[: len(self._anchor)] == self._anchor:
            return tuple(ids[len(self._anchor) :])
        return tuple(self.tokenizer.encode(text, add_special_tokens=False))

    def _question(self, item: Item) -> tuple[int, ...]:
        return self.segment(question_segment(item))

    def answers(self, item: Item) -> list[tuple[int, ...]]:
        """Tokens of each legal answer as they follow the cue: a space, then letter, number or words."""
        return [self._after_cue(f" {code}") for code in answer_codes(item)]

    def _trie(self, item: Item) -> AnswerTrie:
        return AnswerTrie.build(self.answers(item), terminator=self._after_cue("\n")[0])

    def _after_cue(self, text: str) -> tuple[int, ...]:
        """Tokens of `text` in the place where it really stands, right after the cue."""
        together = self.segment(CUE + text)
        if together[: len(self.cue)] == self.cue and len(together) > len(self.cue):
            return together[len(self.cue) :]
        return self.segment(text)

    def lines(self, lines: Sequence[str]) -> list[tuple[int, ...]]:
        """Token ids of each demographic line."""
        return [self.segment(line) for line in lines]
