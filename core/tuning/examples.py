"""Training bundles of a survey: one question, many nested profiles, a label for each.

Example `i` is made from the seed and `i` alone, so runs repeat and can be resumed. A bundle asks
one question of training respondents who answered it; each respondent's background fields are
added one by one in random order. The whole profile is always asked about, the first person also with
nothing shown, and the steps between only now and then: fewer of them leave the loss to what people
with everything known say, which is what a simulation asks.
"""

from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

from core.prompts.bundle import Bundle, BundleBuilder
from core.prompts.encoding import Encoder
from core.prompts.template import Template, profile_lines, short_labels
from core.survey.codebook import Item, QuestionType
from core.survey.respondents import SurveyData
from core.tuning.targets import Targets

TRAINING_BUNDLE_TOKENS = 256
"""No prompt is added to a bundle that is longer."""
MAX_PEOPLE = 64
PARTLY_SHOWN = 0.35
"""Chance that a profile with some of its fields shown is asked about."""


@dataclass(frozen=True)
class Example:
    """A bundle and the labels of its groups, one array (n_prompts, K) per group."""

    bundle: Bundle
    labels: tuple[np.ndarray, ...]


class SurveyExamples(Dataset):
    """`count` bundles; questions take turns in a random order.

    An option of "select all that apply" has a turn for every two of another question: it has only two
    answers to learn, and there are many of them.
    """

    def __init__(
        self,
        train: SurveyData,
        items: tuple[Item, ...],
        targets: Targets,
        encoder: Encoder,
        template: Template,
        *,
        count: int,
        seed: int,
    ) -> None:
        self.train, self.targets, self.count, self.seed = train, targets, count, seed
        self.encoder, self.template = encoder, template
        self.labels = list(short_labels(train.codebook).values())
        self.profiles = train.profiles.to_numpy(dtype=object)
        self.asked = {i.key: np.flatnonzero(train.answers[i.key].to_numpy() >= 0) for i in items}
        self.items = [i for i in items if len(self.asked[i.key])]
        self._parts = [k for k, i in enumerate(self.items) if i.type is QuestionType.MULTI]
        self._whole = [k for k, i in enumerate(self.items) if i.type is not QuestionType.MULTI]

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Example:
        turn, place = divmod(index, 2 * len(self._whole) + len(self._parts))
        item = self.items[self._order(turn)[place]]
        return self.example(item, np.random.default_rng((self.seed, 1, index)))

    def _order(self, turn: int) -> np.ndarray:
        """Positions of the items in two rounds: all questions in each, the options shared among both."""
        rng = np.random.default_rng((self.seed, turn))
        parts = rng.permutation(self._parts).astype(int)
        half = len(parts) // 2
        return np.concatenate(
            [rng.permutation([*self._whole, *share]) for share in (parts[:half], parts[half:])]
        ).astype(int)

    def example(self, item: Item, rng: np.random.Generator) -> Example:
        """One bundle that asks `item`."""
        builder = BundleBuilder(self.encoder, self.template)
        asked = self.asked[item.key]
        labels: list[np.ndarray] = []
        for count, respondent in enumerate(
            rng.choice(asked, size=min(MAX_PEOPLE, len(asked)), replace=False)
        ):
            row = self.profiles[respondent]
            shown = [int(f) for f in rng.permutation(len(row)) if isinstance(row[f], str)]
            lines = profile_lines({self.labels[f]: row[f] for f in shown})
            chain = self.targets.chain(item, int(respondent), shown)
            for known in _asked_after(len(shown), rng, is_first=count == 0):
                builder.add(item, lines[:known])
                labels.append(chain[known])
            if builder.size > TRAINING_BUNDLE_TOKENS:
                break
        return Example(builder.build(), (np.array(labels),))


def _asked_after(n_fields: int, rng: np.random.Generator, *, is_first: bool) -> list[int]:
    """After how many shown fields the question is asked: some of the steps, and the whole profile."""
    between = [k for k in range(1, n_fields) if rng.random() < PARTLY_SHOWN]
    return sorted({*([0] if is_first else []), *between, n_fields})
