"""An endless supply of random surveys with known answer distributions.

Every word has a fixed latent vector, drawn from a seed and the word itself. A background value
leans in the direction of its words (an ordered field moves along one direction), a question asks
along the direction of its words, and the answer follows from their product:

    mean position  mu = bias(question) + strength * <question, person>          (ordered answers)
    logit of option o = <o, question> + strength * <o * question, person>       (unordered answers)

so the exact answer distribution of *any* subset of background fields is known and serves as a
soft label. What this cannot teach is the real world: the vectors are arbitrary. It teaches the
format, the scales, and to look up who is asked; a survey's own meanings are learned in tuning.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.pretraining import wordings
from core.survey.codebook import Codebook, Demographic, Item, Question, QuestionType

LATENT = 6
MAX_TOPICS = 5
"""Topics in use: few, because what a small model can carry over is the format, not the words."""
STOP_WORDS = frozenset(
    "the a of to and in is it you that for on are with as or do how much your these which".split()
)


@dataclass(frozen=True)
class Difficulty:
    """How varied the surveys are; `Difficulty.at(0)` is the easiest, `at(1)` everything.

    A model shown everything from the start learns nothing in hours; opened up slowly it learns to
    read the background lines first and the variety later.
    """

    level: float

    def count(self, low: int, high: int) -> int:
        """An amount that grows from `low` to `high`."""
        return low + round((high - low) * min(max(self.level, 0.0), 1.0))

    def allows(self, threshold: float) -> bool:
        """Whether a feature that opens at `threshold` is on."""
        return self.level >= threshold


@dataclass(frozen=True)
class RandomSurvey:
    """A codebook and the truth behind it.

    `fields[column][option]` is the latent vector of a background value, shape (LATENT,);
    `high_first` are the questions that show their scale from the high to the low end.
    """

    codebook: Codebook
    fields: dict[str, dict[str, np.ndarray]]
    strength: float
    high_first: frozenset[str]

    def shares(self, item: Item, profile: dict[str, str]) -> np.ndarray:
        """Exact answer distribution, shape (K,), of people with these background values."""
        person = [self.fields[c][v] for c, v in profile.items()]
        return answer_shares(item, person, self.strength, item.column in self.high_first)


@lru_cache(maxsize=200_000)
def word_vector(word: str) -> np.ndarray:
    """Fixed latent vector of a word, shape (LATENT,), standard normal."""
    digest = hashlib.blake2b(word.lower().encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "little")).standard_normal(LATENT)


@lru_cache(maxsize=200_000)
def text_vector(text: str) -> np.ndarray:
    """Mean direction of the content words of a text, length about sqrt(LATENT)."""
    words = [w.strip(".,?!:()\"'") for w in text.split()]
    words = [w for w in words if w and w.lower() not in STOP_WORDS] or [text]
    total = np.sum([word_vector(w) for w in words], axis=0)
    return total / np.sqrt(len(words))


def answer_shares(item: Item, person: list[np.ndarray], strength: float, high_first: bool) -> np.ndarray:
    """Exact shares of the legal answers, shape (K,), given the vectors of the shown values."""
    question = text_vector(item.text if item.part is None else f"{item.text} {item.part}")
    lean = np.sum(person, axis=0) / np.sqrt(3.0) if person else np.zeros(LATENT)
    direction = question / np.sqrt(LATENT)
    pull = float(direction @ lean) * strength
    bias = float(word_vector("bias") @ direction) * 0.7
    if item.type is QuestionType.SINGLE and len(item.answers) > 2:
        options = np.array([text_vector(a) for a in item.answers])  # (K, LATENT)
        logits = options @ direction * 0.6 + (options * direction) @ lean * strength * 1.6
    elif item.type in (QuestionType.SINGLE, QuestionType.MULTI):
        yes = np.array([1.0 if a in ("Yes", "Agree") else -1.0 for a in item.answers])
        logits = yes * (bias + pull)
    else:
        logits = _ordered_logits(item, bias + pull, high_first)
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


def _ordered_logits(item: Item, position: float, high_first: bool) -> np.ndarray:
    """Logits around `position` on the scale from its low end (-1.5) to its high end (1.5)."""
    codes = item.codes
    substantive = ~np.isnan(codes)
    span = np.linspace(-1.5, 1.5, int(substantive.sum()))
    if high_first:
        span = span[::-1]
    logits = np.full(len(codes), -2.0)
    width = 0.9 if len(span) < 20 else 0.7
    logits[substantive] = -((span - np.tanh(position / 1.5) * 1.5) ** 2) / (2 * width**2)
    return logits


class SurveyMaker:
    """Makes random surveys of a given difficulty from one random generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def survey(self, difficulty: Difficulty) -> RandomSurvey:
        """One random survey: 2-14 background fields, a handful of questions."""
        demographics, fields = self._fields(difficulty)
        self.high_first: set[str] = set()
        questions = [self._question(f"q{i}", difficulty) for i in range(6)]
        strength = float(self.rng.choice([0.0, 0.6, 1.0, 1.4], p=[0.1, 0.25, 0.4, 0.25]))
        if not difficulty.allows(0.3):
            strength = 1.4
        codebook = Codebook("generated", tuple(demographics), tuple(questions))
        return RandomSurvey(codebook, fields, strength, frozenset(self.high_first))

    def _pick(self, options: tuple, limit: int | None = None) -> object:
        options = options if limit is None else options[: max(1, limit)]
        return options[int(self.rng.integers(len(options)))]

    # ---- background fields ----

    def _fields(self, difficulty: Difficulty) -> tuple[list[Demographic], dict[str, dict[str, np.ndarray]]]:
        available = wordings.FIELDS[: difficulty.count(3, len(wordings.FIELDS))]
        count = min(int(self.rng.integers(2, difficulty.count(3, 12) + 1)), len(available))
        demographics, fields = [], {}
        for i in self.rng.permutation(len(available))[:count]:
            labels, ordinal, value_sets = available[i]
            label = str(self._pick(labels, difficulty.count(1, 9)))
            values = tuple(self._pick(value_sets, difficulty.count(1, 9)))
            if difficulty.allows(0.5) and self.rng.random() < 0.15:
                label, values = self._name(), tuple(dict.fromkeys(self._name() for _ in range(4)))
                ordinal = False
            column = f"d{i}"
            demographics.append(Demographic(column, label, values, ordinal))
            fields[column] = _value_vectors(label, values, ordinal)
        return demographics, fields

    def _name(self) -> str:
        """An invented word such as "Merlovi"."""
        return "".join(self.rng.choice(wordings.SYLLABLES, size=int(self.rng.integers(2, 4)))).capitalize()

    # ---- questions ----

    def _subject(self, difficulty: Difficulty) -> str:
        topics = tuple(wordings.TOPICS)[: difficulty.count(1, MAX_TOPICS)]
        subject = str(self._pick(wordings.TOPICS[str(self._pick(topics))], difficulty.count(8, 99)))
        if difficulty.allows(0.5) and self.rng.random() < 0.15:
            subject = f"{self._name()} {subject}" if self.rng.random() < 0.5 else self._name()
        return subject

    def _question(self, column: str, difficulty: Difficulty) -> Question:
        kinds = ["yesno"]
        for threshold, more in (
            (0.05, ["agree", "often"]),
            (0.1, ["important", "likely", "amount", "satisfied"]),
            (0.15, ["choice", "choice", "multi"]),
            (0.2, ["ten", "number"]),
        ):
            kinds += more if difficulty.allows(threshold) else []
        kind = str(self.rng.choice(kinds))
        stem = str(self._pick(wordings.STEMS[kind], difficulty.count(1, 9)))
        subject, other = self._subject(difficulty), self._subject(difficulty)
        if kind in ("choice", "multi"):
            return self._unordered(column, kind, stem, subject, difficulty)
        if kind == "number":
            high = 100.0 if self.rng.random() < 0.7 else float(self.rng.choice([10, 20, 60]))
            return Question(column, _text(stem, subject, other), QuestionType.NUMERIC, range=(0.0, high))
        scale = tuple(self._pick(wordings.SCALES[kind], difficulty.count(1, 9)))
        text = _text(stem, subject, other).replace("{lo}", scale[0]).replace("{hi}", scale[-1])
        return self._ordered(column, text, scale, difficulty)

    def _ordered(self, column: str, text: str, scale: tuple[str, ...], difficulty: Difficulty) -> Question:
        high_first = difficulty.allows(0.15) and self.rng.random() < 0.5
        shown = scale[::-1] if high_first else scale
        if high_first:
            self.high_first.add(column)
        extra: tuple[str, ...] = ()
        if difficulty.allows(0.6) and self.rng.random() < 0.2:
            extra = (str(self._pick(wordings.DONT_KNOW)),)
        options = shown + extra
        single = len(scale) == 2
        return Question(
            column,
            text,
            QuestionType.SINGLE if single and not extra else QuestionType.ORDINAL,
            options,
            non_substantive=extra,
        )

    def _unordered(self, column: str, kind: str, stem: str, subject: str, difficulty: Difficulty) -> Question:
        size = int(self.rng.integers(3, difficulty.count(4, 9) + 1))
        options = tuple(dict.fromkeys(self._subject(difficulty).capitalize() for _ in range(size)))
        if len(options) < 3:
            options = (*options, "Something else", "None of these")
        multi = kind == "multi"
        return Question(
            column,
            _text(stem, subject, subject),
            QuestionType.MULTI if multi else QuestionType.SINGLE,
            options,
        )


def _text(stem: str, subject: str, other: str) -> str:
    text = stem.replace("{s}", subject).replace("{t}", other)
    return text[0].upper() + text[1:]


def _value_vectors(label: str, values: tuple[str, ...], ordinal: bool) -> dict[str, np.ndarray]:
    if ordinal:
        steps = np.linspace(-1.3, 1.3, len(values))
        return {v: step * text_vector(label) for v, step in zip(values, steps, strict=True)}
    return {v: text_vector(f"{label} {v}") * 0.5 + text_vector(v) * 0.7 for v in values}
