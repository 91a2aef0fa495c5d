"""Training examples of a survey: bundles of one item, many nested profiles, and a label for each prompt.

Example `i` is made from the seed and `i` alone, so runs repeat and can be resumed. A bundle asks
one question of training respondents who answered it; each respondent's demographics are shown one
by one in random order. There is always a prompt with the whole profile, the no-persona prompt for the first
respondent, and a prompt with some demographics only now and then: fewer of them leave more of the loss to
whole profiles, which are what a simulation asks.
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
"""Tokens after which a bundle is full."""
MAX_PEOPLE = 64
PARTLY_SHOWN = 0.35
"""Probability of a prompt for a profile with only some of its demographics."""


@dataclass(frozen=True)
class Example:
    """Bundle with the labels of its groups, one array of answer shares (n_prompts, K) per group."""

    bundle: Bundle
    labels: tuple[np.ndarray, ...]


class SurveyExamples(Dataset):
    """Dataset of `count` examples whose items take turns in a random order.

    An option of "select all that apply" has half as many turns as another question: it has only two answers
    to learn, and there are many options.
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
        # a turn is two rounds over the questions, with every option in one of them
        turn, place = divmod(index, 2 * len(self._whole) + len(self._parts))
        item = self.items[self._order(turn)[place]]
        return self.example(item, np.random.default_rng((self.seed, 1, index)))

    def _order(self, turn: int) -> np.ndarray:
        """Positions in `items` of one turn: two rounds, each with all questions and half of the options."""
        rng = np.random.default_rng((self.seed, turn))
        parts = rng.permutation(self._parts).astype(int)
        half = len(parts) // 2
        return np.concatenate(
            [rng.permutation([*self._whole, *share]) for share in (parts[:half], parts[half:])]
        ).astype(int)

    def example(self, item: Item, rng: np.random.Generator) -> Example:
        """Example that asks `item` of respondents drawn from those who answered it."""
        builder = BundleBuilder(self.encoder, self.template)
        asked = self.asked[item.key]
        labels: list[np.ndarray] = []
        for count, respondent in enumerate(
            rng.choice(asked, size=min(MAX_PEOPLE, len(asked)), replace=False)
        ):
            row = self.profiles[respondent]  # (D,)
            # known demographics in the random order in which they are shown
            shown = [int(f) for f in rng.permutation(len(row)) if isinstance(row[f], str)]
            lines = profile_lines({self.labels[f]: row[f] for f in shown})
            # (len(shown) + 1, K): the label with the first 0, 1, ... of them shown
            chain = self.targets.chain(item, int(respondent), shown)
            for known in _asked_after(len(shown), rng, is_first=count == 0):
                builder.add(item, lines[:known])
                labels.append(chain[known])
            if builder.size > TRAINING_BUNDLE_TOKENS:
                break
        return Example(builder.build(), (np.array(labels),))


def _asked_after(n_fields: int, rng: np.random.Generator, *, is_first: bool) -> list[int]:
    """Numbers of shown demographics with a prompt, ascending: some at random, and all of them."""
    between = [k for k in range(1, n_fields) if rng.random() < PARTLY_SHOWN]
    return sorted({*([0] if is_first else []), *between, n_fields})
