"""Pre-training examples: bundles of a random survey with planted meanings and exact answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.lab.pretraining.meanings import EFFECT, LINE, OPTION, QUESTION, Meanings, Strengths
from core.lab.pretraining.questionnaires import Difficulty, QuestionnaireMaker
from core.prompts.bundle import Bundle, BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import LETTERS, Template, profile_lines, question_segment
from core.survey.codebook import Codebook, Item, QuestionType

PRETRAINING_BUNDLE_TOKENS = 320
"""Tokens after which a bundle is full."""
MAX_LINES = 8
"""Most demographics shown of a person."""


@dataclass(frozen=True)
class PlantedBundle:
    """Bundle, exact answer shares (n_prompts, K) of each group, and planted meanings (S, LATENT)."""

    bundle: Bundle
    labels: tuple[np.ndarray, ...]
    planted: np.ndarray


class _Builder(BundleBuilder):
    """Bundle builder that records which token belongs to a question, an option or a demographic."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder, Template())
        self.segments: dict[int, int] = {}

    def add(self, item: Item, lines: Sequence[str]) -> None:
        question = self.encoder.question(item)
        head = len(question) - sum(len(line) for line in option_lines(self.encoder, item))
        self._note([*[QUESTION] * head, *[OPTION] * (len(question) - head)], [question])
        node_lines = self.encoder.lines(lines)
        self._note([LINE] * sum(map(len, node_lines)), [question, *node_lines])
        super().add(item, lines)

    def _note(self, segments: list[int], path: list[tuple[int, ...]]) -> None:
        """Add `path` to the token tree and record the segments of its last tokens where they are new."""
        node, before = -1, len(self.tree)
        for part in path:
            node = self.tree.add(part, node)
        new = len(self.tree) - before
        self.segments.update(zip(range(before, len(self.tree)), segments[len(segments) - new :], strict=True))


class BundleSource:
    """Source of random bundles, from easy to varied; the same seed gives the same bundles."""

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self.encoder = encoder
        self.rng = np.random.default_rng(seed)
        self.maker = QuestionnaireMaker(self.rng)
        self.silent = silent_tokens(encoder)

    def next(self, level: float) -> PlantedBundle:
        """Bundle of one random survey at this difficulty, 0 to 1."""
        codebook = self.maker.questionnaire(Difficulty(level))
        meanings = Meanings(self.rng, Strengths.draw(self.rng, level), self.silent)
        builder, labels = _Builder(self.encoder), dict[str, list[np.ndarray]]()
        for _ in range(12):  # small surveys run out of different prompts before the tokens are full
            item = codebook.items[int(self.rng.integers(len(codebook.items)))]
            self._ask(item, codebook, meanings, builder, labels.setdefault(item.key, []))
            if builder.size > PRETRAINING_BUNDLE_TOKENS:
                break
        bundle = builder.build()
        segments = np.array([builder.segments.get(i, 0) for i in range(len(bundle.tokens))])
        planted = meanings.planted(bundle.tokens, segments)
        return PlantedBundle(bundle, tuple(np.array(labels[g.item.key]) for g in bundle.groups), planted)

    def _ask(
        self, item: Item, codebook: Codebook, meanings: Meanings, builder: _Builder, labels: list[np.ndarray]
    ) -> None:
        """Add prompts of an item for a few people with 0, 1, ... demographics shown, and their `labels`."""
        options = option_lines(self.encoder, item)
        whole = self.encoder.question(item)
        question = meanings.pooled(whole[: len(whole) - sum(map(len, options))])
        features = meanings.features(item, options)
        for _ in range(int(self.rng.integers(1, 7))):
            lines, steps = self._person(codebook, meanings)
            person = np.zeros(EFFECT + 2)
            for known in range(len(lines) + 1):
                person = person + steps[known - 1] if known else person
                if known or not labels:
                    builder.add(item, lines[:known])
                    labels.append(meanings.shares(item, features, question, person))
            if builder.size > PRETRAINING_BUNDLE_TOKENS:
                break

    def _person(self, codebook: Codebook, meanings: Meanings) -> tuple[list[str], list[np.ndarray]]:
        """Demographic lines of a random person in random order, and the term (EFFECT + 2,) of each."""
        fields = codebook.demographics
        shown = self.rng.permutation(len(fields))[: int(self.rng.integers(1, MAX_LINES + 1))]
        lines, steps = [], []
        for demographic in (fields[i] for i in shown):
            line = profile_lines({demographic.label: str(self.rng.choice(demographic.options))})[0]
            tokens = self.encoder.segment(line)
            label = len(self.encoder.segment(f"{demographic.label}:"))
            lines.append(line)
            steps.append(meanings.line(tokens[:label], tokens[label:]))
        return lines, steps


def option_lines(encoder: Encoder, item: Item) -> list[tuple[int, ...]]:
    """Tokens of the lines that list the legal answers, one tuple each; empty for numbers."""
    if item.type is QuestionType.NUMERIC:
        return []
    return [
        encoder.segment(f"{line}\n") for line in question_segment(item).splitlines()[-len(item.answers) :]
    ]


def silent_tokens(encoder: Encoder) -> frozenset[int]:
    """Tokens that only format a prompt: cue, line breaks, letters in front of options."""
    forms = ("\n", ": ", ":", "Question: ", "Option: ", "A number from ", *(f"{x}:" for x in LETTERS))
    return frozenset(encoder.cue).union(*(encoder.segment(form) for form in forms))
