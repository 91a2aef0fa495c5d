"""Raking (rim weighting, iterative proportional fitting): weights that meet demographic targets.

Each round scales the weights so that one demographic after the other has its target shares, until all
hold at once. Among all weights that meet the targets these are the closest to the starting ones, so
the correlations between demographics are kept. Targets that cannot be met are never half met in
silence: a category without respondents, or a set of targets that contradicts the combinations found
among the respondents, is an error that names the categories.

A respondent who lacks a demographic takes no part in that demographic's target and keeps their weight
in it; `core.population.drawing` fills such gaps before it rakes.

Reference: Deming & Stephan (1940), doi:10.1214/aoms/1177731829.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, hstack, identity, vstack

from core.errors import MarginalsError
from core.population.marginals import Marginals

ACCEPTED_ERROR = 0.001
"""Largest miss of a target share that is accepted when raking has not fully converged."""


@dataclass(frozen=True)
class RakingResult:
    """Weights that meet the targets, and what they cost.

    Attributes
    ----------
    weights
        Shape (n,), mean 1.
    rounds
        Passes over all demographics.
    worst_error
        Largest difference between an asked and an achieved share, 0 to 1.
    converged
        Whether `worst_error` is within the tolerance.
    efficiency
        Kish's weighting efficiency (sum w)^2 / (n sum w^2), 0 to 1; 1 when all weights are equal.
    design_effect
        1 / efficiency.
    effective_base
        n times efficiency: the number of equally weighted respondents that would be as precise.
    """

    weights: np.ndarray
    rounds: int
    worst_error: float
    converged: bool
    efficiency: float
    design_effect: float
    effective_base: float


@dataclass(frozen=True)
class _Margin:
    """One demographic's targets, coded: `codes` (n,) is -1 where the respondent lacks it."""

    column: str
    options: tuple[str, ...]
    targets: np.ndarray
    codes: np.ndarray

    def achieved(self, weights: np.ndarray) -> np.ndarray:
        """Weighted shares among the respondents who have the demographic."""
        given = self.codes >= 0
        totals = np.bincount(self.codes[given], weights=weights[given], minlength=len(self.options))
        return totals / totals.sum() if totals.sum() > 0 else totals


def rake(
    profiles: pd.DataFrame,
    weights: np.ndarray,
    marginals: Marginals,
    *,
    tolerance: float = 1e-9,
    max_rounds: int = 1000,
) -> RakingResult:
    """Weights for the respondents under which every demographic has its target shares.

    Parameters
    ----------
    profiles
        One row per respondent, one text column per demographic; missing is NA.
    weights
        Shape (n,), starting weights (the survey's design weights), not negative.
    marginals
        Targets; demographics without one are left to follow.
    tolerance
        Largest accepted difference between asked and achieved share, 0 to 1.
    max_rounds
        Passes after which the targets are examined for contradictions.

    Raises
    ------
    MarginalsError
        If a category with a target above 0 has no respondents, or no weights can meet all targets.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> people = pd.DataFrame({"sex": ["m", "m", "m", "f"]})
    >>> rake(people, np.ones(4), Marginals({"sex": {"m": 0.5, "f": 0.5}})).weights.round(4).tolist()
    [0.6667, 0.6667, 0.6667, 2.0]
    """
    weights = np.array(weights, dtype=float)
    margins = [_margin(profiles, column, dict(targets)) for column, targets in marginals.shares.items()]
    for margin in margins:
        _check_present(margin, weights)
    rounds, error = 0, _worst_error(margins, weights)
    while error > tolerance and rounds < max_rounds:
        for margin in margins:
            weights *= _factors(margin, weights)
        rounds, error = rounds + 1, _worst_error(margins, weights)
    if error > ACCEPTED_ERROR:
        raise _contradiction(margins, weights, error)
    weights /= weights.mean()
    efficiency = float(weights.sum() ** 2 / (len(weights) * (weights**2).sum()))
    return RakingResult(
        weights=weights,
        rounds=rounds,
        worst_error=error,
        converged=error <= tolerance,
        efficiency=efficiency,
        design_effect=1 / efficiency,
        effective_base=len(weights) * efficiency,
    )


def _margin(profiles: pd.DataFrame, column: str, targets: dict[str, float]) -> _Margin:
    if column not in profiles.columns:
        raise MarginalsError(
            "There is no such demographic.",
            where="marginals",
            got=column,
            fix="Use one of: " + ", ".join(map(str, profiles.columns)) + ".",
        )
    untargeted = sorted(set(profiles[column].dropna().unique()) - set(targets))  # their target is 0
    options = (*targets, *untargeted)
    codes = pd.Index(options).get_indexer(profiles[column])
    asked = np.array([targets.get(option, 0.0) for option in options])
    return _Margin(column, options, asked, codes)


def _check_present(margin: _Margin, weights: np.ndarray) -> None:
    achieved = margin.achieved(weights)
    for option, asked, found in zip(margin.options, margin.targets, achieved, strict=True):
        if asked > 0 and not found > 0:
            raise MarginalsError(
                "No respondent has a category that the targets ask for.",
                where=margin.column,
                got=f"{option}: {100 * asked:.1f} % asked, 0 respondents",
                fix="Set its target to 0, or merge it with another category.",
            )


def _factors(margin: _Margin, weights: np.ndarray) -> np.ndarray:
    """What to multiply each weight by so that this margin is met; shape (n,)."""
    achieved = margin.achieved(weights)
    ratio = np.divide(margin.targets, achieved, out=np.zeros_like(achieved), where=achieved > 0)
    return np.append(ratio, 1.0)[margin.codes]  # code -1 (missing) reads the last entry, 1


def _worst_error(margins: list[_Margin], weights: np.ndarray) -> float:
    return max((float(np.abs(m.achieved(weights) - m.targets).max()) for m in margins), default=0.0)


def _contradiction(margins: list[_Margin], weights: np.ndarray, error: float) -> MarginalsError:
    """Name the targets to change: the smallest total change under which some weights meet them all.

    A linear program over the combinations of categories that occur: minimise the sum of the absolute
    changes of the targets, subject to the combinations' shares adding up to the changed targets and to 1.
    """
    complete = np.all([m.codes >= 0 for m in margins], axis=0)
    cells = np.unique(np.stack([m.codes[complete] for m in margins], axis=1), axis=0)
    rows, start = [], 0
    for index, margin in enumerate(margins):
        rows.append(start + cells[:, index])
        start += len(margin.options)
    n_cells = len(cells)
    columns = np.tile(np.arange(n_cells), len(margins))
    incidence = csr_matrix((np.ones(len(columns)), (np.concatenate(rows), columns)), shape=(start, n_cells))
    whole = csr_matrix(np.r_[np.ones(n_cells), np.zeros(2 * start)])
    unit = identity(start, format="csr")
    asked = np.concatenate([m.targets for m in margins])
    cost = np.concatenate([np.zeros(n_cells), np.ones(2 * start)])
    constraints = vstack([hstack([incidence, unit, -unit]), whole])
    solution = linprog(cost, A_eq=constraints, b_eq=np.append(asked, 1.0), bounds=(0, None))
    change = np.zeros(start)
    if solution.success:
        change = solution.x[n_cells + start :] - solution.x[n_cells : n_cells + start]
    names = [f"{m.column}: {option}" for m in margins for option in m.options]
    worst = [i for i in np.argsort(-np.abs(change), kind="stable")[:4] if abs(change[i]) > 1e-4]
    if not worst:  # not contradictory on paper, but only met by giving most respondents no weight
        missed = np.concatenate([m.achieved(weights) for m in margins]) - asked
        worst, change = [int(np.abs(missed).argmax())], missed
    got = "; ".join(f"{names[i]} ({100 * asked[i]:.1f} %)" for i in worst)
    advice = "; ".join(f"{names[i]} to {100 * (asked[i] + change[i]):.1f} %" for i in worst)
    return MarginalsError(
        "The targets contradict the combinations of categories found among the respondents, "
        f"so they cannot all be met (off by up to {100 * error:.1f} points).",
        where="marginals",
        got=got,
        fix=f"For example change {advice}.",
    )
