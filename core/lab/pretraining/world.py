"""Random surveys whose exact answers are known: what the embedded model is pre-trained on.

A survey has demographics, every value v of which has an effect s_v, and items, every option k of which has a
base rate b_k and a direction t_k, all drawn at random:

    log-odds of option k = b_k + t_k . (sum of s_v over the values shown)

Any table of answers by groups without interactions can be written this way with enough dimensions, so
nothing about a real survey is taken for granted. The numbers are *planted* in the phrases of the survey (see
`core.models.planting`), so the model learns to read them; words do not occur, and no real survey was used.
"""

from dataclasses import dataclass

import numpy as np

from core.models.planting import EFFECTS, planted_option
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.questions import Item

UNKNOWN = 0.02
"""Probability of a phrase about which nothing is known: it has no effect."""


@dataclass(frozen=True)
class World:
    """Random survey: codebook, effects (options, EFFECTS) of every demographic, strength per dimension."""

    codebook: Codebook
    effects: tuple[np.ndarray, ...]
    scale: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, level: float) -> "World":
        """Survey of difficulty `level`, 0 to 1: from three demographics in two dimensions to any."""
        count = int(rng.integers(1, 4 + int(13 * level)))
        used = int(rng.integers(1, 3 + int((EFFECTS - 2) * level)))
        # (used,) strength of each dimension, falling; their squares sum to 1
        scale = rng.uniform(0.6, 1.0) ** np.arange(used)
        strength = rng.uniform(0.3, 1.2) if rng.random() > 0.15 else rng.uniform(0.0, 0.1)
        effects = [_effects(rng, int(size), used) for size in rng.integers(2, 9, count)]
        total = np.sqrt(sum((e**2).mean() for e in effects))  # so that people differ by 1 in every dimension
        fields = tuple(
            Demographic(f"d{k}", f"d{k}", tuple(f"{k}.{v}" for v in range(len(e))))
            for k, e in enumerate(effects)
        )
        return cls(
            Codebook("generated", fields, (draw_question(rng, level),)),
            tuple(_pad(e / max(total, 1e-6)) for e in effects),
            strength * scale / np.sqrt((scale**2).sum()),
        )

    @property
    def item(self) -> Item:
        """The item that is asked."""
        return self.codebook.items[0]


@dataclass(frozen=True)
class ItemEffects:
    """Base rates b (K,) and directions t (K, EFFECTS) of the options of an item."""

    base: np.ndarray
    directions: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, world: World) -> "ItemEffects":
        """Random effects; those of ordered options mostly grow along the scale."""
        size, used = len(world.item.answers), len(world.scale)
        place = np.linspace(-1.4, 1.4, size)[:, None]  # (K, 1)
        t = rng.standard_normal((size, used)) * world.scale * np.exp(rng.normal(0, 0.4))
        base = rng.standard_normal(size) * rng.uniform(0.2, 2.0)
        if rng.random() < 0.5:
            t = 0.3 * t + place * (rng.standard_normal(used) * world.scale)
        if rng.random() < 0.3:
            base[rng.integers(size)] -= rng.uniform(1.0, 4.0)  # a rare answer
        return cls(base - base.mean(), _pad(t - t.mean(axis=0)))

    def shares(self, person: np.ndarray) -> np.ndarray:
        """Exact answer shares (K,) of a person whose values sum to `person` (EFFECTS,)."""
        logits = self.base + self.directions @ person  # (K,)
        odds = np.exp(logits - logits.max())
        return odds / odds.sum()

    def planted(self, k: int) -> np.ndarray:
        """Numbers (PLANTED,) to plant in the line at `k`."""
        return planted_option(self.directions[k], self.base[k])


def draw_question(rng: np.random.Generator, level: float) -> Question:
    """Random question: mostly of a dozen options or fewer, at times a part of a list, or many options."""
    kind = rng.random()
    if kind < 0.1 and level > 0.15:
        return Question("q", "q", QuestionType.MULTI, ("part",))
    most = 5 + int(9 * level) if kind > 0.15 or level < 0.6 else 41
    return Question("q", "q", QuestionType.SINGLE, tuple(str(k) for k in range(int(rng.integers(2, most)))))


def _effects(rng: np.random.Generator, size: int, used: int) -> np.ndarray:
    """Effects (size, used) of the values of a demographic; half of them are ordered."""
    effects = rng.standard_normal((size, used))
    if rng.random() < 0.5:
        place = np.linspace(-1.5, 1.5, size)[:, None]
        line, bend = rng.standard_normal((2, used))
        effects = place * line + 0.4 * (place**2 - 0.8) * bend + 0.2 * effects
    return (effects - effects.mean(axis=0)) * np.exp(rng.normal(0, 0.7))


def _pad(table: np.ndarray) -> np.ndarray:
    """Table (n, used) with zeros for the dimensions that are not in use, (n, EFFECTS)."""
    return np.pad(table, ((0, 0), (0, EFFECTS - table.shape[1])))
