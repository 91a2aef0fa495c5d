"""How the generated people of the example survey answer: models with exact answer probabilities.

A profile gives five leanings (LEANINGS); these give the chances of three hidden groups
(enthusiasts, pragmatists, sceptics); group and leanings give the answer. The group is shared by all
of a person's answers, so answers correlate, and summing over three groups gives the exact
probability of an answer given the profile alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_softmax, softmax

LEANINGS = ("openness", "means", "charging", "distance", "thrill")
"""Openness to new technology, money, charging at home, long distances, joy of driving."""
GROUPS = ("enthusiast", "pragmatist", "sceptic")
GROUP_SHIFT = np.array([1.5, 0.0, -1.7])

_EFFECTS: dict[str, dict[str, tuple[float, ...]]] = {
    "openness": {
        "age": (0.9, 0.6, 0.0, -0.5, -0.9),
        "area": (0.5, 0.2, -0.2, -0.5),
        "education": (-0.6, -0.2, 0.2, 0.7),
    },
    "means": {
        "income": (-1.1, -0.5, 0.1, 0.7, 1.3, 0.1),
        "home": (0.3, 0.3, -0.1, -0.2),
    },
    "charging": {"parking": (0.9, -0.3, -1.0), "home": (0.3, -0.1, 0.0, -0.3)},
    "distance": {
        "area": (-0.6, -0.1, 0.3, 0.9),
        "cars": (-0.7, 0.1, 0.6),
        "household": (-0.2, 0.1, 0.3, -0.1),
        "region": (0.1, 0.3, 0.0, -0.3),
    },
    "thrill": {"gender": (-0.5, 0.5), "age": (0.5, 0.3, 0.0, -0.3, -0.6)},
}


def leanings(people: Mapping[str, np.ndarray]) -> np.ndarray:
    """Leanings of complete profiles (column -> option index), shape (n, 5)."""
    columns = [
        sum(np.array(effect)[people[column]] for column, effect in _EFFECTS[name].items())
        for name in LEANINGS
    ]
    return np.column_stack(columns)


def group_probabilities(lean: np.ndarray) -> np.ndarray:
    """Chances of the hidden groups given leanings (n, 5), shape (n, 3)."""
    openness, means, charging, distance, _ = lean.T
    for_it = openness + 0.3 * means + 0.5 * charging - 0.4 * distance
    return softmax(
        np.column_stack([1.1 * for_it - 0.3, np.full(len(lean), 0.4), -1.0 * for_it - 0.2]), axis=1
    )


@dataclass(frozen=True)
class Scale:
    """Ordered answers: cumulative logit with `cuts` (K - 1,); `unsure` is the share of an extra option.

    Source: McCullagh (1980), Regression models for ordinal data, doi:10.1111/j.2517-6161.1980.tb01109.x.
    """

    cuts: tuple[float, ...]
    slopes: tuple[float, ...]
    group: float = 1.0
    unsure: float = 0.0

    def log_probabilities(self, lean: np.ndarray, shift: float) -> np.ndarray:
        """Shape (n, K) for one hidden group, or (n, K + 1) with an unsure option."""
        centre = lean @ np.array(self.slopes) + self.group * shift
        below = expit(np.array(self.cuts) - centre[:, None])
        edges = np.column_stack([np.zeros(len(lean)), below, np.ones(len(lean))])
        return _add_unsure(np.diff(edges, axis=1), self.unsure)


@dataclass(frozen=True)
class Choice:
    """One of several answers: multinomial logit with one row (base, five slopes, group slope) per option."""

    options: tuple[tuple[float, ...], ...]

    def log_probabilities(self, lean: np.ndarray, shift: float) -> np.ndarray:
        """Shape (n, K) for one hidden group."""
        return log_softmax(_utilities(self.options, lean, shift), axis=1)


@dataclass(frozen=True)
class Ticks:
    """Select all that apply: a logit per option, rows as in `Choice`."""

    options: tuple[tuple[float, ...], ...]

    def log_probabilities(self, lean: np.ndarray, shift: float) -> np.ndarray:
        """Shape (n, options, 2), ticked first, for one hidden group."""
        utility = _utilities(self.options, lean, shift)
        return np.stack([-np.logaddexp(0, -utility), -np.logaddexp(0, utility)], axis=-1)


@dataclass(frozen=True)
class Slider:
    """A number from 0 to `top`: a bell around a centre, a share `heaped` of it on the tens (or fives).

    Attributes
    ----------
    centre, slopes, group
        The centre in points, and what leanings and group add to it.
    spread
        Standard deviation of the bell in points.
    heaped, heap
        Share of people who round, and to which step.
    """

    top: int
    centre: float
    slopes: tuple[float, ...]
    group: float
    spread: float
    heaped: float = 0.6
    heap: int = 10
    unsure: float = 0.0

    def log_probabilities(self, lean: np.ndarray, shift: float) -> np.ndarray:
        """Shape (n, top + 1) for one hidden group, or one more with an unsure option."""
        centre = self.centre + lean @ np.array(self.slopes) + self.group * shift
        numbers = np.arange(self.top + 1)
        bell = -0.5 * ((numbers - centre[:, None]) / self.spread) ** 2
        fine = softmax(bell, axis=1)
        rounded = softmax(np.where(numbers % self.heap == 0, bell, -np.inf), axis=1)
        return _add_unsure((1 - self.heaped) * fine + self.heaped * rounded, self.unsure)


AnswerRule = Scale | Choice | Ticks | Slider


def _utilities(rows: Sequence[tuple[float, ...]], lean: np.ndarray, shift: float) -> np.ndarray:
    """Utilities (n, K) of rows (base, five slopes, group slope)."""
    table = np.array(rows, dtype=float)
    return table[:, 0] + lean @ table[:, 1:6].T + table[:, 6] * shift


def _add_unsure(chances: np.ndarray, unsure: float) -> np.ndarray:
    """Log of chances (n, K), with a last option of constant share `unsure` where that is positive."""
    if unsure:
        last = np.full((len(chances), 1), unsure)
        chances = np.column_stack([(1 - unsure) * chances, last])
    return np.log(np.maximum(chances, 1e-300))
