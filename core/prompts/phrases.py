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

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.prompts.encoding import Encoder
from core.prompts.template import LETTERS, option_lines
from core.prompts.trie import AnswerTrie
from core.survey.answer_bands import answer_bands
from core.survey.codebook import Codebook, Item

NUMBERS = 256
"""The numbers from 0 to one less are single tokens."""
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
    band
        Position of the answer, or of the band of numbers, that it offers; None for the lines before.
    plain
        Plain token of its kind.
    """

    key: str
    band: int | None
    plain: str


def question_phrases(item: Item, repeated: Collection[str] = ()) -> list[Phrase]:
    """Lines of a question as phrases: the question, its part if it has one, and a line for each answer.

    Numbers of a long scale are offered in bands, see `core.survey.answer_bands`; for `repeated` see
    `question_key`.
    """
    head = question_key(item, repeated)
    found = [Phrase(head, None, QUESTION)]
    if item.part is not None:
        head += f"Option: {item.part}\n"
        found.append(Phrase(head, None, PART))
    labels = answer_bands(item).labels
    return found + [
        Phrase(f"{head}{code.strip()}: {label}\n", band, code)
        for band, (code, label) in enumerate(zip(answer_tokens(len(labels)), labels, strict=True))
    ]


def question_key(item: Item, repeated: Collection[str] = ()) -> str:
    """Key of a question's first line; with the column where several questions have this text, `repeated`."""
    return f"Question{f' ({item.column})' * (item.text in repeated)}: {item.text}\n"


def answer_tokens(count: int) -> list[str]:
    """What the model writes for each of `count` answers, one token each: a letter, or of many a number.

    >>> answer_tokens(3), answer_tokens(30)[-1]
    ([' A', ' B', ' C'], ' 29')
    """
    return [f" {k if count > len(LETTERS) else LETTERS[k]}" for k in range(count)]


def repeated_texts(items: Sequence[Item]) -> tuple[str, ...]:
    """Texts that more than one question has."""
    columns: dict[str, set[str]] = {}
    for item in items:
        columns.setdefault(item.text, set()).add(item.column)
    return tuple(text for text, found in columns.items() if len(found) > 1)


def phrase_keys(codebook: Codebook, items: Sequence[Item]) -> Iterator[str]:
    """Keys of all phrases of a survey, demographics first; one may come several times."""
    yield from option_lines(codebook)
    repeated = repeated_texts(items)
    for item in items:
        for phrase in question_phrases(item, repeated):
            yield phrase.key


@dataclass(frozen=True)
class Phrases:
    """Phrases of a survey; stored beside an adapter, as its embedding rows are theirs.

    Attributes
    ----------
    keys
        Key of each phrase, once: their places are those of the reserved tokens.
    within
        `question_key` of each question whose numbers are offered in bands -> `within_bands`, shape (K,).
    repeated
        Texts of several questions, see `question_key`.
    """

    keys: tuple[str, ...] = ()
    within: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, codebook: Codebook, items: Sequence[Item], shares: Mapping[str, np.ndarray] | None = None
    ) -> "Phrases":
        """Phrases of these items, and of all demographics.

        `shares`: item key -> answer shares (K,), above 0, by which numbers are spread within their band.
        """
        known = shares or {}
        banded = [i for i in items if i.key in known and len(answer_bands(i).labels) < len(i.answers)]
        repeated = repeated_texts(items)
        within = {question_key(i, repeated): within_bands(i, known[i.key]) for i in banded}
        return cls(
            tuple(dict.fromkeys(phrase_keys(codebook, items))),
            {key: tuple(np.round(table, 6).tolist()) for key, table in within.items()},
            repeated,
        )

    def to_dict(self) -> dict[str, Any]:
        """Dictionary as stored in `understudy.json`."""
        within = {key: list(table) for key, table in self.within.items()}
        return {"keys": list(self.keys), "within": within, "repeated": list(self.repeated)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "Phrases":
        """Phrases that `to_dict` wrote; none from an empty dictionary."""
        within = {key: tuple(table) for key, table in stored.get("within", {}).items()}
        return cls(tuple(stored.get("keys", ())), within, tuple(stored.get("repeated", ())))


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


def within_bands(item: Item, shares: np.ndarray) -> np.ndarray:
    """Log of each answer's share of its band, shape (K,), from shares (K,) of all answers, above 0.

    The model predicts bands of a long numeric scale; within a band answers are spread like these shares.
    """
    bands = answer_bands(item)
    return np.log(shares / bands.sum(shares)[bands.band_of])


class PhraseEncoder(Encoder):
    """Encoder that writes each line of a survey as its reserved token, see the top of this file.

    Phrases beyond the last reserved token are read as plain ones. Without shares `within` bands, the numbers
    of a band are equally likely.
    """

    def __init__(self, tokenizer: Any, phrases: Phrases | None = None) -> None:
        super().__init__(tokenizer)
        first = _first_reserved(tokenizer) or 0
        self.phrases = phrases or Phrases()
        self.ids = {key: first + k for k, key in enumerate(self.phrases.keys[: reserved_tokens(tokenizer)])}
        self._line = self.id_of(LINE)

    def id_of(self, token: str) -> int:
        """Id of a text that is one token."""
        if token.startswith("<"):
            return int(self.tokenizer.convert_tokens_to_ids(token))  # type: ignore[attr-defined]
        (found,) = self._after_cue(token)
        return found

    def lines_of(self, item: Item) -> list[Phrase]:
        """Lines of a question."""
        return question_phrases(item, self.phrases.repeated)

    def _question(self, item: Item) -> tuple[int, ...]:
        return tuple(self.ids.get(p.key, self.id_of(p.plain)) for p in self.lines_of(item))

    def answers(self, item: Item) -> list[tuple[int, ...]]:
        """Token of each legal answer, the same for all of a band; of more than 256, those of the text."""
        bands = answer_bands(item)
        if len(bands.labels) > NUMBERS:
            return super().answers(item)
        tokens = [(self.id_of(token),) for token in answer_tokens(len(bands.labels))]
        return [tokens[band] for band in bands.band_of]

    def _trie(self, item: Item) -> AnswerTrie:
        bands = answer_bands(item)
        if len(bands.labels) == len(item.answers):
            return super()._trie(item)
        known = self.phrases.within.get(question_key(item, self.phrases.repeated))
        within = np.log(1.0 / np.bincount(bands.band_of))[bands.band_of] if known is None else known
        answers = self.answers(item)
        of_bands = AnswerTrie.build([answers[k] for k in bands.firsts], terminator=self._after_cue("\n")[0])
        return of_bands.spread(bands.band_of, np.asarray(within, dtype=np.float32))

    def lines(self, lines: Sequence[str]) -> list[tuple[int, ...]]:
        """Token of each demographic line."""
        return [(self.ids.get(line, self._line),) for line in lines]
