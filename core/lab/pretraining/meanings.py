"""Latent meanings of the words of a random survey, and the exact answer shares that follow from them.

Every survey draws new meanings for its words: a latent vector per token, the same wherever the token is in
that survey, and discarded afterwards. They are *planted*: added to the embeddings of the tokens (see
`core.lab.pretraining.train`). What transfers from one survey to the next is therefore not what words mean but
how answers follow from meanings. That part is too costly to learn in fine-tuning; a real survey's meanings
are then found in minutes by training the embedding rows of its words. A model that had to memorise one fixed
meaning per word learned far more slowly, in pre-training and in fine-tuning.

With the mean meaning of a question (bias b, direction e), of each demographic f (position v_f,
lean l_f) and of each option k (content o_k):

    logit_k = features_k . (b + M (e * sum_f v_f) + sum_f l_f),   features_k = (o_k, place_k, t_k, t_k^2)

t_k is the position on the scale from its first to its last substantive answer, place_k a fixed vector
per letter, M a fixed matrix. Any table of answers by groups can be written this way with enough
dimensions, so nothing about a real survey is taken for granted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.survey.codebook import Item, QuestionType

EFFECT, CONTENT, PLACE = 8, 4, 6
"""Dimensions of a person's position, of an option's words and of an option's letter."""
FEATURES = CONTENT + PLACE + 2
SIZES = {
    "bias": FEATURES,
    "heaping": 1,
    "direction": EFFECT,
    "position": EFFECT,
    "value": EFFECT,
    "label": EFFECT,
    "lean": 2,
    "content": CONTENT,
}
"""Kind of meaning -> dimensions, in the order of a planted vector."""
LATENT = sum(SIZES.values())
_ENDS = dict(zip(SIZES, np.cumsum(list(SIZES.values())).tolist(), strict=True))
PART = {kind: slice(_ENDS[kind] - size, _ENDS[kind]) for kind, size in SIZES.items()}
"""Kind of meaning -> its slice of a planted vector, whose shape is (LATENT,)."""

_FIXED = np.random.default_rng(20403)
MIXING = _FIXED.standard_normal((FEATURES, EFFECT)) / np.sqrt(EFFECT) * 1.2
LETTER_PLACES = _FIXED.standard_normal((26, PLACE)) * 0.8

QUESTION, OPTION, LINE = 1, 2, 3
_MATTERS = {
    QUESTION: ("bias", "heaping", "direction"),
    OPTION: ("content",),
    LINE: ("position", "value", "label", "lean"),
}


@dataclass(frozen=True)
class Strengths:
    """Standard deviations of each kind of meaning in one survey.

    `dimensions` of the EFFECT dimensions are in use; with `everywhere`, all kinds are planted in questions,
    options and demographics alike, else only those that affect answers there.
    """

    bias: float
    effect: float
    compound: float
    lean: float
    content: float
    heaping: float
    dimensions: int
    everywhere: bool

    @classmethod
    def draw(cls, rng: np.random.Generator, level: float) -> "Strengths":
        """Random strengths at difficulty `level`, 0 to 1: few and strong at 0, any at 1."""
        effect = rng.uniform(0.5, 0.9) if level < 0.3 else rng.uniform(0.15, 0.8)
        if level >= 0.3 and rng.random() < 0.1:
            effect = 0.0  # demographics are not informative
        return cls(
            bias=rng.uniform(0.4, 1.0),
            effect=effect,
            compound=effect * rng.uniform(0.0, 0.9) if level >= 0.15 else 0.0,
            lean=effect * rng.uniform(0.2, 0.7),
            content=rng.uniform(0.3, 1.0) if level >= 0.5 and rng.random() < 0.5 else 0.0,
            heaping=1.0 if level >= 0.1 else 0.0,
            dimensions=min(EFFECT, 2 + int(level * 12)),
            everywhere=level >= 0.6 and rng.random() < 0.3,
        )

    def scale(self) -> np.ndarray:
        """Standard deviation of every latent dimension, shape (LATENT,)."""
        # unused dimensions are made up for, so that effects are as strong however many are in use
        spread = np.sqrt(EFFECT / self.dimensions)
        of_kind = {
            "bias": self.bias,
            "heaping": self.heaping,
            "direction": 1.0,
            "position": 0.9 * self.effect * spread,
            "value": self.compound * spread,
            "label": 1.0,
            "lean": self.lean,
            "content": self.content,
        }
        scale = np.concatenate([np.full(size, of_kind[kind]) for kind, size in SIZES.items()])
        for kind in ("direction", "position", "value", "label"):
            scale[PART[kind]][self.dimensions :] = 0.0
        return scale


class Meanings:
    """Meanings of one survey's tokens, drawn when they are first used."""

    def __init__(self, rng: np.random.Generator, strengths: Strengths, silent: frozenset[int]) -> None:
        """Meanings of random strengths; those of `silent` tokens (punctuation, letters, the cue) are zero."""
        self.rng, self.strengths, self.silent = rng, strengths, silent
        self._scale = strengths.scale()
        self._drawn: dict[int, np.ndarray] = {}
        self._nothing = np.zeros(LATENT)

    def token(self, token: int) -> np.ndarray:
        """Meaning of a token, shape (LATENT,): log-normal strength per kind, two kinds in five absent."""
        if token in self.silent:
            return self._nothing
        if token not in self._drawn:
            sizes = list(SIZES.values())
            # (n_kinds,): strength of each kind in this token, 0 where it is absent
            kinds = np.exp(self.rng.normal(0, 0.5, len(sizes))) * (self.rng.random(len(sizes)) < 0.6)
            self._drawn[token] = self.rng.standard_normal(LATENT) * np.repeat(kinds, sizes) * self._scale
        return self._drawn[token]

    def planted(self, tokens: Sequence[int] | np.ndarray, segments: np.ndarray) -> np.ndarray:
        """Planted meanings of tokens, shape (S, LATENT), before projection into the embeddings.

        `segments` has shape (S,): QUESTION, OPTION, LINE or 0 for anything else.
        """
        table = np.array([self.token(int(t)) for t in tokens])  # (S, LATENT)
        if self.strengths.everywhere:
            return table
        # (4, LATENT): 1 where a kind affects answers in this segment, row 0 for all other tokens
        matters = np.zeros((4, LATENT))
        for segment, kinds in _MATTERS.items():
            for kind in kinds:
                matters[segment, PART[kind]] = 1.0
        return table * matters[segments]

    def pooled(self, tokens: Sequence[int]) -> np.ndarray:
        """Mean meaning of the tokens that are not silent, times 2.2, shape (LATENT,)."""
        spoken = [self.token(t) for t in tokens if t not in self.silent]
        return np.mean(spoken, axis=0) * 2.2 if spoken else self._nothing

    def line(self, label: Sequence[int], value: Sequence[int]) -> np.ndarray:
        """Term of a demographic in a person, shape (EFFECT + 2,): position and lean.

        A label alone adds nothing, but the same value adds something else behind every label ("Yes" to
        what?).
        """
        of_value, of_label = self.pooled(value), self.pooled(label)
        # (EFFECT,): interaction of value and label, zero without a value
        interaction = of_value[PART["value"]] * of_label[PART["label"]]
        return np.concatenate([0.8 * of_value[PART["position"]] + interaction, of_value[PART["lean"]]])

    def features(self, item: Item, options: Sequence[Sequence[int]]) -> np.ndarray:
        """Features of the legal answers, shape (K, FEATURES).

        `options` are the tokens of the lines that list them, see `examples.option_lines`.
        """
        k = len(item.answers)
        substantive = ~np.isnan(item.value_array) if item.is_ordered else np.ones(k, dtype=bool)
        # (K,): -1.4 to 1.4 from the first substantive answer to the last, 0 for the others
        place = np.zeros(k)
        place[substantive] = np.linspace(-1.4, 1.4, int(substantive.sum()))
        content, letters = np.zeros((k, CONTENT)), np.zeros((k, PLACE))
        if item.type is not QuestionType.NUMERIC:
            content = np.array([self.pooled(tokens)[PART["content"]] for tokens in options])
            letters = LETTER_PLACES[:k]
        # U-shaped feature, less about its mean, so that bias can favour the ends or the middle of a scale
        square = np.where(substantive, place**2 - 0.8, 0.0)
        return np.column_stack([content, letters, place, square])

    @staticmethod
    def shares(item: Item, features: np.ndarray, question: np.ndarray, person: np.ndarray) -> np.ndarray:
        """Exact answer distribution, shape (K,).

        Parameters
        ----------
        features
            Shape (K, FEATURES), from `features`.
        question
            Shape (LATENT,), `pooled` meaning of the question's words.
        person
            Shape (EFFECT + 2,), sum of `line` over the shown demographics; zeros for the no-persona prompt.
        """
        # (FEATURES,): preference for each feature of an answer, by question and person
        preference = question[PART["bias"]] + MIXING @ (question[PART["direction"]] * person[:EFFECT])
        # the lean of a person is a response style: it acts on the scale features of every question alike
        preference[-2:] += person[EFFECT:]
        logits = features @ preference  # (K,)
        if item.is_ordered:
            logits = logits - np.isnan(item.value_array)  # non-substantive answers are rarer by a factor of e
        if item.type is QuestionType.NUMERIC:
            # round numbers are given more often (heaping), on scales with many numbers only
            heaps = 0.6 * (item.value_array % 10 == 0) + 0.35 * (item.value_array % 5 == 0)
            many = len(item.answers) > 40
            logits = (
                logits - 0.8 * features[:, -1] + 2 * many * heaps * np.exp(0.5 * question[PART["heaping"]])
            )
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()
