"""Generator of random questionnaires, from very simple ones to any.

Topics, stems, scales and demographics are mixed freely, with invented words among them, so a model can
use nothing but the questionnaire itself. What its words mean, and how people answer, is drawn
separately: see `core.lab.pretraining.meanings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from core.lab.pretraining import wordings
from core.survey.codebook import Codebook, Demographic, Question, QuestionType

Choice = TypeVar("Choice")
KINDS = (
    (0.0, ("yesno",)),
    (0.05, ("agree", "often")),
    (0.1, ("important", "likely", "amount", "satisfied", "number")),
    (0.15, ("choice", "choice", "multi", "number")),
    (0.2, ("ten",)),
)
"""Difficulty from which kinds of questions occur."""
UNORDERED = ("choice", "multi")
MANY = 99
"""No limit: more than the length of any list of wordings."""


@dataclass(frozen=True)
class Difficulty:
    """Variety of questionnaires: 0 is the easiest, 1 has everything.

    A model shown everything from the start learns nothing in hours; with a slow increase it learns to use
    the demographics first and the variety later.
    """

    level: float

    def count(self, low: int, high: int) -> int:
        """Number that grows from `low` to `high`.

        >>> [Difficulty(level).count(2, 6) for level in (0.0, 0.5, 1.0)]
        [2, 4, 6]
        """
        return low + round((high - low) * min(max(self.level, 0.0), 1.0))

    def allows(self, threshold: float) -> bool:
        """Whether a feature is on that begins at `threshold`."""
        return self.level >= threshold


class QuestionnaireMaker:
    """Generator of questionnaires of a given difficulty, from one random generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def questionnaire(self, difficulty: Difficulty) -> Codebook:
        """Random codebook: 2-14 demographics, six questions, some of them a battery."""
        questions = [self._question(f"q{i}", difficulty) for i in range(6)]
        if difficulty.allows(0.2) and self.rng.random() < 0.4:
            questions = questions[:2] + self._battery(difficulty)
        fields = self._fields(difficulty)
        if difficulty.allows(0.5) and self.rng.random() < 0.3:
            fields = fields[:10] + self._earlier_answers(difficulty)
        return Codebook("generated", tuple(fields), tuple(questions))

    def _pick(self, options: Sequence[Choice], limit: int = MANY) -> Choice:
        return options[int(self.rng.integers(min(len(options), max(1, limit))))]

    def _name(self) -> str:
        """Invented word such as "Merlovi"."""
        return "".join(self.rng.choice(wordings.SYLLABLES, size=int(self.rng.integers(2, 4)))).capitalize()

    # ---- demographics ----

    def _fields(self, difficulty: Difficulty) -> list[Demographic]:
        available = wordings.FIELDS[: difficulty.count(3, len(wordings.FIELDS))]
        count = int(self.rng.integers(2, difficulty.count(3, 13) + 1))
        chosen = self.rng.permutation(len(available))[:count]
        return [self._field(f"d{i}", available[i], difficulty) for i in chosen]

    def _field(self, column: str, field: tuple, difficulty: Difficulty) -> Demographic:
        labels, ordinal, value_sets = field
        if difficulty.allows(0.5) and self.rng.random() < 0.15:
            values = dict.fromkeys(self._name() for _ in range(int(self.rng.integers(2, 7))))
            return Demographic(column, self._name(), tuple(values), ordinal=False)
        label = self._pick(labels, difficulty.count(1, MANY))
        return Demographic(column, label, tuple(self._pick(value_sets, difficulty.count(1, MANY))), ordinal)

    def _earlier_answers(self, difficulty: Difficulty) -> list[Demographic]:
        """Earlier answers of the same person, which are in a prompt like demographics."""
        asked = [self._question(f"e{i}", difficulty) for i in range(int(self.rng.integers(1, 4)))]
        return [Demographic(q.column, q.text, q.options, ordinal=True) for q in asked if q.options]

    # ---- questions ----

    def _subject(self, difficulty: Difficulty) -> str:
        topics = tuple(wordings.TOPICS)[: difficulty.count(1, len(wordings.TOPICS))]
        subject = self._pick(wordings.TOPICS[self._pick(topics)], difficulty.count(8, MANY))
        if difficulty.allows(0.5) and self.rng.random() < 0.15:
            subject = f"{self._name()} {subject}" if self.rng.random() < 0.5 else self._name()
        return subject

    def _question(self, column: str, difficulty: Difficulty) -> Question:
        kind = self._pick([k for threshold, kinds in KINDS if difficulty.allows(threshold) for k in kinds])
        stem = self._pick(wordings.STEMS[kind], difficulty.count(1, MANY))
        text = _fill(stem, self._subject(difficulty), self._subject(difficulty))
        if kind in UNORDERED:
            question_type = QuestionType.MULTI if kind == "multi" else QuestionType.SINGLE
            return Question(column, text, question_type, self._options(difficulty))
        if kind == "number":
            high = 100.0 if self.rng.random() < 0.7 else float(self.rng.choice([10, 20, 60]))
            return Question(column, text, QuestionType.NUMERIC, range=(0.0, high))
        scale = tuple(self._pick(wordings.SCALES[kind], difficulty.count(1, MANY)))
        text = text.replace("{lo}", scale[0]).replace("{hi}", scale[-1])
        return self._ordered(column, text, scale, difficulty)

    def _battery(self, difficulty: Difficulty) -> list[Question]:
        """Battery of four questions that share everything but the subject."""
        kind = self._pick(("agree", "often", "important", "amount"))
        stem = self._pick(wordings.STEMS[kind], difficulty.count(1, MANY))
        scale = tuple(self._pick(wordings.SCALES[kind], difficulty.count(1, MANY)))
        first = self._ordered("b0", "", scale, difficulty)
        texts = [_fill(stem, self._subject(difficulty), self._subject(difficulty)) for _ in range(4)]
        return [replace(first, column=f"b{i}", text=text) for i, text in enumerate(texts)]

    def _ordered(self, column: str, text: str, scale: tuple[str, ...], difficulty: Difficulty) -> Question:
        if difficulty.allows(0.15) and self.rng.random() < 0.5:
            scale = scale[::-1]
        refusal: tuple[str, ...] = ()
        if difficulty.allows(0.6) and self.rng.random() < 0.2:
            refusal = (self._pick([r for r in wordings.DONT_KNOW if r not in scale]),)
        ordinal = len(scale) > 2 or refusal
        return Question(
            column,
            text,
            QuestionType.ORDINAL if ordinal else QuestionType.SINGLE,
            scale + refusal,
            non_substantive=refusal,
        )

    def _options(self, difficulty: Difficulty) -> tuple[str, ...]:
        """Unordered options, three to twelve."""
        size = int(self.rng.integers(3, difficulty.count(4, 12) + 1))
        options = tuple(dict.fromkeys(self._subject(difficulty).capitalize() for _ in range(size)))
        return options if len(options) > 2 else (*options, "Something else", "None of these")


def _fill(stem: str, subject: str, other: str) -> str:
    text = stem.replace("{s}", subject).replace("{t}", other)
    return text[0].upper() + text[1:]
