"""Pre-training examples: bundles of a random survey with planted phrases and exact answers."""

from dataclasses import dataclass, replace

import numpy as np

from core.lab.pretraining.world import UNKNOWN, ItemEffects, World
from core.models.planting import PLANTED, planted_profile
from core.prompts.bundle import Bundle, BundleBuilder
from core.prompts.encoding import Tokenizer
from core.prompts.phrases import LINE, PhraseEncoder, Phrases, question_phrases
from core.prompts.template import Template, profile_lines

PRETRAINING_BUNDLE_TOKENS = 256
"""Tokens after which a bundle is full."""
MOST_PROMPTS = 128
WHOLE, PARTLY = 0.5, 0.35
"""Probability that all demographics of a person are shown, and that a partly shown profile is asked."""


@dataclass(frozen=True)
class PlantedBundle:
    """Bundle in plain tokens, its exact answer shares (n_prompts, K) and planted numbers (S, PLANTED)."""

    bundle: Bundle
    labels: np.ndarray
    planted: np.ndarray


class BundleSource:
    """Source of random bundles, from easy to varied; the same seed gives the same bundles."""

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        self.tokenizer = tokenizer
        self.rng = np.random.default_rng(seed)

    def next(self, level: float) -> PlantedBundle:
        """Bundle of one random survey at this difficulty, 0 to 1."""
        world = World.draw(self.rng, level)
        effects = ItemEffects.draw(self.rng, world)
        encoder = PhraseEncoder(self.tokenizer, Phrases.of(world.codebook, world.codebook.items))
        planted, plain = self._plant(world, effects, encoder)
        builder, labels = BundleBuilder(encoder, Template()), list[np.ndarray]()
        while builder.size < PRETRAINING_BUNDLE_TOKENS and len(labels) < MOST_PROMPTS:
            self._ask(world, effects, planted, builder, labels)
        bundle = builder.build()
        numbers = np.array([planted.get(int(t), np.zeros(PLANTED)) for t in bundle.tokens])
        tokens = np.array([plain.get(int(t), int(t)) for t in bundle.tokens])
        return PlantedBundle(replace(bundle, tokens=tokens), np.array(labels), numbers.astype(np.float32))

    def _plant(
        self, world: World, effects: ItemEffects, encoder: PhraseEncoder
    ) -> tuple[dict[int, np.ndarray], dict[int, int]]:
        """Planted numbers and plain token of every reserved token; now and then nothing is known of one."""
        planted, plain = {}, {}
        for field, table in zip(world.codebook.demographics, world.effects, strict=True):
            for option, effect in zip(field.options, table, strict=True):
                token = encoder.lines(profile_lines({field.label: option}))[0][0]
                known = self.rng.random() > UNKNOWN
                planted[token], plain[token] = planted_profile(effect * known), encoder.id_of(LINE)
        for phrase, token in zip(question_phrases(world.item), encoder.question(world.item), strict=True):
            plain[token] = encoder.id_of(phrase.plain)
            planted[token] = np.zeros(PLANTED) if phrase.band is None else effects.planted(phrase.band)
        return planted, plain

    def _ask(
        self,
        world: World,
        effects: ItemEffects,
        planted: dict[int, np.ndarray],
        builder: BundleBuilder,
        labels: list[np.ndarray],
    ) -> None:
        """Add prompts for a random person with 0, 1, ... demographics shown, and their `labels`."""
        fields = world.codebook.demographics
        count = len(fields) if self.rng.random() < WHOLE else int(self.rng.integers(1, len(fields) + 1))
        shown = [fields[k] for k in self.rng.permutation(len(fields))[:count]]
        lines = [
            profile_lines({f.label: f.options[int(self.rng.integers(len(f.options)))]})[0] for f in shown
        ]
        tokens = [token for (token,) in builder.encoder.lines(lines)]
        steps = np.array([planted[token][: effects.directions.shape[1]] for token in tokens])
        people = np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)])  # (count + 1, EFFECTS)
        for known in range(count + 1):
            wanted = (known or not labels) and (known == count or self.rng.random() < PARTLY)
            if wanted or (not known and not labels):
                builder.add(world.item, lines[:known])
                labels.append(effects.shares(people[known]))
