"""Phrases: every line of a survey as one token, in place of the words of some language.

The embedded model's tokenizer has reserved tokens without a meaning of their own. Each line of a survey's
prompts takes one of them: a question, a part of a "select all that apply" list, an option of *this* question,
a demographic with its value. Their embedding rows are trained with the adapter, so a survey in codes, in
Japanese or in invented words is learned exactly as one in English, and a prompt of 150 tokens becomes 20. The
prompt as people read it stays the text of `core.prompts.template`.

A line that has no reserved token (a question that was not learned, a value nobody had) is read as the plain
token of its kind, about which the model knows nothing: an unknown question gets equal shares, an unknown
demographic is passed over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.prompts.encoding import Encoder
from core.prompts.template import LETTERS, profile_lines, short_labels
from core.survey.codebook import Codebook, Item, QuestionType

NUMBERS = 256
"""The numbers from 0 to one less are single tokens."""
ANCHORS = 13
"""Lines that stand for a long numeric scale, evenly spaced from its lowest number to its highest."""
QUESTION, PART, LINE = "<|question|>", "<|part|>", "<|profile|>"
"""Plain tokens of the kinds of lines; that of an option is its answer, a letter or a number."""


def phrase_token(index: int) -> str:
    """Reserved token of the phrase at `index` of a table.

    >>> phrase_token(12)
    '<|phrase 12|>'
    """
    return f"<|phrase {index}|>"


@dataclass(frozen=True)
class Phrase:
    """Line of a question.

    Attributes
    ----------
    key
        Text of the question up to this line, so that "A: Yes" is another phrase in every question.
    answer
        Position of the legal answer it offers; None for the lines of the question itself.
    plain
        Plain token of its kind.
    """

    key: str
    answer: int | None
    plain: str


def question_phrases(item: Item) -> list[Phrase]:
    """Lines of a question as phrases: the question, its part if it has one, and an option for each answer.

    A numeric scale too long for letters is shown by `ANCHORS` of its numbers.
    """
    head = f"Question: {item.text}\n"
    found = [Phrase(head, None, QUESTION)]
    if item.part is not None:
        head += f"Option: {item.part}\n"
        found.append(Phrase(head, None, PART))
    codes = answer_tokens(item)
    return found + [
        Phrase(f"{head}{codes[k].strip()}: {item.answers[k]}\n", k, codes[k]) for k in anchors(item)
    ]


def is_long_scale(item: Item) -> bool:
    """Whether an item has more numbers to choose from than there are letters."""
    return item.type is QuestionType.NUMERIC and len(item.answers) > len(LETTERS)


def anchors(item: Item) -> list[int]:
    """Positions of the answers that have a line: all, or some numbers of a long scale and all its words."""
    if not is_long_scale(item):
        return list(range(len(item.answers)))
    numbers = np.flatnonzero(~np.isnan(item.value_array))
    picked = np.linspace(0, len(numbers) - 1, ANCHORS).round().astype(int)
    return [*numbers[picked].tolist(), *np.flatnonzero(np.isnan(item.value_array)).tolist()]


def answer_tokens(item: Item) -> list[str]:
    """What the model writes for each legal answer, one token each: a letter or a number, behind a space.

    On a long scale it is the number itself where all are tokens, else its position from 0; answers in words
    ("Don't know") get letters there.
    """
    if not is_long_scale(item):
        many = len(item.answers) > len(LETTERS)
        return [f" {k if many else LETTERS[k]}" for k in range(len(item.answers))]
    values = item.value_array[~np.isnan(item.value_array)]
    plain = bool(np.all((values % 1 == 0) & (values >= 0) & (values < NUMBERS)))
    found, words, numbers = [], 0, 0
    for value in item.value_array:
        if np.isnan(value):
            found.append(f" {LETTERS[words]}")
            words += 1
        else:
            found.append(f" {int(value) if plain else numbers}")
            numbers += 1
    return found


def phrase_keys(codebook: Codebook, items: Sequence[Item]) -> Iterator[str]:
    """Keys of all phrases of a survey, demographics first; one may come several times."""
    labels = short_labels(codebook)
    for demographic in codebook.demographics:
        for option in demographic.options:
            yield profile_lines({labels[demographic.column]: option})[0]
    for item in items:
        for phrase in question_phrases(item):
            yield phrase.key


def phrase_table(codebook: Codebook, items: Sequence[Item]) -> tuple[str, ...]:
    """Keys of the phrases of a survey, each once: their places are those of the reserved tokens."""
    return tuple(dict.fromkeys(phrase_keys(codebook, items)))


def reserved_tokens(tokenizer: Any) -> int:
    """Number of reserved tokens of a tokenizer, the last of its vocabulary; 0 for one that reads words."""
    first = _first_reserved(tokenizer)
    return 0 if first is None else len(tokenizer) - first


def _first_reserved(tokenizer: Any) -> int | None:
    """Id of the first reserved token."""
    of_tokens = getattr(tokenizer, "convert_tokens_to_ids", None)
    if of_tokens is None:
        return None
    found = of_tokens(phrase_token(0))
    return None if found in (None, tokenizer.unk_token_id) else int(found)


class PhraseEncoder(Encoder):
    """Encoder that writes each line of a survey as its reserved token, see the top of this file.

    Phrases beyond the last reserved token are read as plain ones.
    """

    def __init__(self, tokenizer: Any, phrases: Sequence[str]) -> None:
        super().__init__(tokenizer)
        first = _first_reserved(tokenizer) or 0
        self.phrases = tuple(phrases)
        self.ids = {key: first + k for k, key in enumerate(self.phrases[: reserved_tokens(tokenizer)])}
        self._line = self.id_of(LINE)

    def id_of(self, token: str) -> int:
        """Id of a text that is one token."""
        if token.startswith("<"):
            return int(self.tokenizer.convert_tokens_to_ids(token))  # type: ignore[attr-defined]
        (found,) = self._after_cue(token)
        return found

    def _question(self, item: Item) -> tuple[int, ...]:
        return tuple(self.ids.get(p.key, self.id_of(p.plain)) for p in question_phrases(item))

    def answers(self, item: Item) -> list[tuple[int, ...]]:
        """Token of each legal answer, see `answer_tokens`; of more than 256 options, those of the text."""
        if len(item.answers) > NUMBERS and not is_long_scale(item):
            return super().answers(item)
        return [(self.id_of(token),) for token in answer_tokens(item)]

    def lines(self, lines: Sequence[str]) -> list[tuple[int, ...]]:
        """Token of each demographic line."""
        return [(self.ids.get(line, self._line),) for line in lines]
