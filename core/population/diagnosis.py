"""Diagnosis of targets before anything is drawn: can they be met, at what cost, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.feasibility import Change, TargetsConflictError
from core.population.marginals import Marginals
from core.population.raking import RakingResult
from core.population.starting_sample import StartingSample
from core.survey.shares import effective_base

GOOD_EFFICIENCY, FAIR_EFFICIENCY = 0.75, 0.5
"""Weighting efficiency from which weighting is called good, and fair."""
RELIABLE_BASE = 100
"""Effective base below which shares of the starting sample are too uncertain to lean on."""
WORTH_MENTIONING = 0.001
"""Share two categories would have if they were independent, from which their absence is reported."""
MOST_MISSING = 50


class Feasibility(StrEnum):
    """How much the targets ask of the respondents."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class MissingCombination:
    """Two categories that are both asked for but that no respondent has together.

    `expected` is the share they would have if the two demographics were independent.
    """

    columns: tuple[str, str]
    options: tuple[str, str]
    expected: float


@dataclass(frozen=True)
class Diagnosis:
    """Diagnosis: what is known about targets before a draw.

    Attributes
    ----------
    outcome
        The weights that meet the targets, or why none do.
    sample
        The profiles they are to be met with.
    incidence
        Share of people who pass the screener, 0 to 1; 1 without a screener.
    missing
        Combinations nobody has, the likeliest first.
    notes
        How targets were read, mapped and assumed.
    """

    outcome: RakingResult | MarginalsError
    sample: StartingSample
    incidence: float
    missing: tuple[MissingCombination, ...]
    notes: tuple[str, ...]

    @property
    def problem(self) -> MarginalsError | None:
        """Why the targets cannot be met, else None."""
        return self.outcome if isinstance(self.outcome, MarginalsError) else None

    @property
    def raking(self) -> RakingResult:
        """Weights that meet the targets.

        Raises
        ------
        MarginalsError
            The problem, if there are none.
        """
        if isinstance(self.outcome, MarginalsError):
            raise self.outcome
        return self.outcome

    @property
    def changes(self) -> tuple[Change, ...]:
        """Smallest change of the targets that makes them possible; empty if they are."""
        return self.problem.changes if isinstance(self.problem, TargetsConflictError) else ()

    @property
    def verdict(self) -> Feasibility:
        """How much the targets ask of the respondents."""
        return (
            Feasibility.IMPOSSIBLE
            if self.problem
            else feasibility(self.raking.efficiency, self.effective_base)
        )

    @property
    def effective_base(self) -> float:
        """Equally weighted respondents that would be as precise as the qualified, raked ones."""
        if self.problem:
            return 0.0
        weights = self.raking.weights[self.sample.qualified & (self.sample.source >= 0)]
        return effective_base(weights)


def feasibility(efficiency: float, effective_base: float) -> Feasibility:
    """Good, fair or poor, from weighting efficiency (0 to 1) and effective base (respondents).

    Examples
    --------
    >>> feasibility(0.9, 500), feasibility(0.6, 500), feasibility(0.9, 40)
    (<Feasibility.GOOD: 'good'>, <Feasibility.FAIR: 'fair'>, <Feasibility.POOR: 'poor'>)
    """
    if efficiency < FAIR_EFFICIENCY or effective_base < RELIABLE_BASE / 2:
        return Feasibility.POOR
    if efficiency < GOOD_EFFICIENCY or effective_base < RELIABLE_BASE:
        return Feasibility.FAIR
    return Feasibility.GOOD


def explain(efficiency: float, effective_base: float, respondents: int) -> str:
    """Explanation of weighting efficiency and effective base, in one or two sentences.

    Examples
    --------
    >>> explain(0.8, 400, 500)
    'Good: the targets are close to the survey; 500 respondents are worth 400 (design effect 1.25).'
    """
    worth = (
        f"{respondents:,} respondents are worth {effective_base:,.0f} (design effect {1 / efficiency:.2f})"
    )
    verdict = feasibility(efficiency, effective_base)
    small = f" The effective base is below {RELIABLE_BASE}." if effective_base < RELIABLE_BASE else ""
    if verdict is Feasibility.GOOD:
        return f"Good: the targets are close to the survey; {worth}."
    if verdict is Feasibility.FAIR:
        return f"Fair: the targets cost some of the survey's information; {worth}.{small}"
    if efficiency >= FAIR_EFFICIENCY:
        return f"Poor: too few respondents; {worth}. Treat the population as an illustration."
    return (
        f"Poor: the targets differ so much from the survey that {worth}. A few respondents stand for many "
        "people, so treat details with care, or set a cap or milder targets."
    )


def missing_combinations(
    profiles: pd.DataFrame, marginals: Marginals, columns: Sequence[str]
) -> tuple[MissingCombination, ...]:
    """Pairs of asked-for categories that no profile has together, the likeliest first."""
    asked = {c: marginals.of(c) for c in columns}
    options = {c: [o for o, share in asked[c].items() if share > 0] for c in columns}
    codes = {c: pd.Index(options[c]).get_indexer(pd.Index(profiles[c])) for c in columns}
    found = []
    for i, first in enumerate(columns):
        for second in columns[i + 1 :]:
            both = (codes[first] >= 0) & (codes[second] >= 0)
            seen = np.zeros((len(options[first]), len(options[second])), dtype=bool)
            seen[codes[first][both], codes[second][both]] = True
            for a, b in np.argwhere(~seen):
                pair = options[first][a], options[second][b]
                expected = asked[first][pair[0]] * asked[second][pair[1]]
                if expected >= WORTH_MENTIONING:
                    found.append(MissingCombination((first, second), pair, expected))
    return tuple(sorted(found, key=lambda m: -m.expected)[:MOST_MISSING])
