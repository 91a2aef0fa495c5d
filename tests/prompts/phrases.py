"""Encoder whose every line is one token, as a word-level model has it: prompts of a few tokens."""

from core.prompts.template import CUE, answer_codes, question_segment
from core.prompts.trie import AnswerTrie


class Phrases:
    """Encoder with a token per line of a prompt and per answer; numbers are known by their digits."""

    start: tuple[int, ...] = ()

    def __init__(self):
        self.ids = {"\n": 0}

    @property
    def cue(self):
        return self.segment(CUE)

    def segment(self, text):
        return (self.ids.setdefault(text, len(self.ids)),)

    def question(self, item):
        return tuple(
            t for line in question_segment(item).splitlines(keepends=True) for t in self.segment(line)
        )

    def lines(self, lines):
        return [self.segment(line) for line in lines]

    def answers(self, item):
        codes = answer_codes(item)
        return [
            tuple(t for digit in code for t in self.segment(f"digit {digit}"))
            if code.isdigit()
            else self.segment(f" {code}")
            for code in codes
        ]

    def trie(self, item):
        return AnswerTrie.build(self.answers(item), 0)
