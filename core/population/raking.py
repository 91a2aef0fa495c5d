"""Raking (rim weighting, iterative proportional fitting): weights that meet demographic targets.

Each round scales the weights so that one margin after the other has its target shares, until all hold at
once. Among all weights that meet the targets these are the closest to the starting ones in relative entropy,
so the odds ratios between demographics are kept. With a cap on the weights each step scales the uncapped
weights so that the capped ones meet the margin, which is raking-ratio calibration with bounds: the margins
hold and no weight exceeds the cap, instead of trimming afterwards and losing the targets again.
Targets that cannot be met are never half met in silence: the error names the categories in conflict.

A respondent who lacks a demographic takes no part in that demographic's target and keeps their weight
in it; `core.population.starting_sample` fills such gaps before raking.

References: Deming & Stephan (1940), doi:10.1214/aoms/1177731829; bounds: Deville & Särndal (1992),
doi:10.1080/01621459.1992.10475217.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.feasibility import (
    Change,
    TargetsConflictError,
    find_conflict,
    possible_cells,
    raking_cells,
    smallest_cap,
)
from core.population.marginals import Marginals
from core.population.raking_margins import Margin, code_margins, worst_error
from core.survey.weights import weighting_efficiency

ACCEPTED_ERROR = 0.001
"""Largest miss of a target share that is accepted when raking has not fully converged."""
EXAMINE_AFTER = 100
"""Rounds after which targets that are not met yet are examined for contradictions; most need ten."""
MOST_CAP_STEPS = 100
"""Newton steps to scale one capped margin; they end by themselves after a few."""


@dataclass(frozen=True)
class RakingResult:
    """Weights that meet the targets, and what they cost.

    Attributes
    ----------
    weights
        Shape (n,), mean 1.
    trace
        Largest difference between an asked and an achieved share (0 to 1) before the first and after every
        round.
    converged
        Whether the last of `trace` is within the tolerance.
    capped
        Respondents whose weight is held at the cap.
    excluded
        Respondents the targets leave no weight: of a category asked for 0 %, or of a combination that the
        targets only allow at 0 %.
    efficiency
        Kish's weighting efficiency (sum w)^2 / (n sum w^2), 0 to 1; 1 when all weights are equal.
    """

    weights: np.ndarray
    trace: tuple[float, ...]
    converged: bool
    capped: int
    excluded: int
    efficiency: float

    @property
    def rounds(self) -> int:
        """Passes over all margins."""
        return len(self.trace) - 1

    @property
    def worst_error(self) -> float:
        """Largest difference between an asked and an achieved share, 0 to 1."""
        return self.trace[-1]

    @property
    def design_effect(self) -> float:
        """1 / efficiency: by how much unequal weights multiply the variance of a mean (Kish)."""
        return 1 / self.efficiency

    @property
    def effective_base(self) -> float:
        """N times efficiency: the number of equally weighted respondents that would be as precise."""
        return len(self.weights) * self.efficiency


def rake(
    profiles: pd.DataFrame,
    weights: np.ndarray,
    marginals: Marginals,
    *,
    cap: float | None = None,
    tolerance: float = 1e-9,
    max_rounds: int = 1000,
) -> RakingResult:
    """Weights for the respondents under which every demographic and pair has its target shares.

    Parameters
    ----------
    profiles
        One row per respondent, one text column per demographic; missing is NA.
    weights
        Shape (n,), starting weights (the survey's design weights), not negative.
    marginals
        Targets; demographics without one are left to follow.
    cap
        Largest weight allowed, in multiples of the mean weight; None for no limit.
    tolerance
        Largest accepted difference between asked and achieved share, 0 to 1.
    max_rounds
        Passes over all margins after which raking ends, met or not.

    Raises
    ------
    TargetsConflictError
        If a category with a target above 0 has no respondents, or no weights can meet all targets.
    MarginalsError
        If the cap is too low for the targets.
    CodebookError
        If a demographic does not exist.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> people = pd.DataFrame({"sex": ["m", "m", "m", "f"]})
    >>> targets = Marginals({"sex": {"m": 0.5, "f": 0.5}})
    >>> rake(people, np.ones(4), targets).weights.round(4).tolist()
    [0.6667, 0.6667, 0.6667, 2.0]
    """
    start = np.array(weights, dtype=float)
    start *= len(start) / start.sum()
    margins = code_margins(profiles, marginals)
    # a category nobody has is named at once; other contradictions are looked for only when raking is slow
    _check_present(margins, start)
    raked, trace = _fit(margins, start, cap, tolerance, min(max_rounds, EXAMINE_AFTER))
    if trace[-1] > tolerance:
        raked, trace = _examine(margins, start, cap, tolerance, max_rounds)
    raked *= len(raked) / raked.sum()
    return RakingResult(
        weights=raked,
        trace=tuple(trace),
        converged=trace[-1] <= tolerance,
        capped=int((raked > cap * (1 - 1e-6)).sum()) if cap else 0,
        excluded=int(((raked <= 0) & (start > 0)).sum()),
        efficiency=weighting_efficiency(raked),
    )


def _fit(
    margins: Sequence[Margin], start: np.ndarray, cap: float | None, tolerance: float, max_rounds: int
) -> tuple[np.ndarray, list[float]]:
    """Rake until the tolerance or the last round; the weights and the trace of worst errors."""
    free = start.copy()  # what the weights would be without the cap
    if cap:
        everybody = np.zeros(len(start), dtype=np.intp)
        margins = [Margin((), ((),), np.ones(1), everybody), *margins]  # the mean weight stays 1
    held = np.minimum(free, cap) if cap else free  # (n,) weights with the cap
    trace = [worst_error(margins, held) if held.sum() else 1.0]
    while len(trace) <= max_rounds and (trace[-1] > tolerance or (cap and len(trace) == 1)):
        for margin in margins:
            free *= _factors(margin, free, held, cap)
            held = np.minimum(free, cap) if cap else free
        trace.append(worst_error(margins, held))
    return held.copy(), trace


def _factors(margin: Margin, free: np.ndarray, held: np.ndarray, cap: float | None) -> np.ndarray:
    """Factors of the uncapped weights under which this margin is met, shape (n,)."""
    if not cap:
        # classical raking: target over achieved share of each category, (K,)
        achieved = margin.achieved(held)
        ratio = np.divide(margin.targets, achieved, out=np.zeros_like(achieved), where=achieved > 0)
        return np.append(ratio, 1.0)[margin.codes]  # the last entry is for those who lack the demographic
    # with a cap: the total weight each category is to have, (K,), starting from the factor without a cap
    wanted = margin.targets * (margin.totals(held).sum() if margin.columns else len(held))
    total = margin.totals(free)
    ratio = np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
    for _ in range(MOST_CAP_STEPS):  # Newton on a concave, piecewise linear function: from below, finite
        factors = np.append(ratio, 1.0)[margin.codes]
        # who stays below the cap, (n,); the capped count with the cap, the free share out what is left
        is_free = factors * free < cap
        slope = margin.totals(np.where(is_free, free, 0.0))
        left = wanted - cap * margin.totals(~is_free)
        better = np.divide(left, slope, out=ratio.copy(), where=slope > 0)
        if np.allclose(better, ratio, rtol=1e-13, atol=0):
            break
        ratio = better
    return np.append(ratio, 1.0)[margin.codes]


def _examine(
    margins: Sequence[Margin], start: np.ndarray, cap: float | None, tolerance: float, max_rounds: int
) -> tuple[np.ndarray, list[float]]:
    """Why raking is slow: a contradiction, too low a cap, combinations forced to 0 %, or merely hard."""
    kept = start  # (n,) starting weights, 0 where the targets force a cell to 0
    cells = raking_cells(margins, start)
    if len(cells.counts) and not (cells.of[start > 0] < 0).any():  # gaps make the linear program too strict
        if conflict := find_conflict(margins, cells):
            if conflict.largest_change > ACCEPTED_ERROR + 1e-9:
                raise conflict
            margins = _mended(margins, conflict.changes)  # rounding of the targets, not a contradiction
            cells = raking_cells(margins, start)
        if cap and cap < (needed := smallest_cap(cells)) * (1 + 1e-6):
            raise _cap_too_low(cap, needed)
        kept = np.where(possible_cells(cells)[cells.of], start, 0.0)
    raked, trace = _fit(margins, kept, cap, tolerance, max_rounds)
    if trace[-1] > ACCEPTED_ERROR:
        raise _not_converged(margins, raked, trace[-1])
    return raked, trace


def _mended(margins: Sequence[Margin], changes: Sequence[Change]) -> list[Margin]:
    """Margins with the suggested instead of the asked shares."""
    suggested = {(c.columns, c.option): c.suggested for c in changes}
    return [
        replace(
            m,
            targets=np.array(
                [suggested.get((m.columns, o), t) for o, t in zip(m.options, m.targets, strict=True)]
            ),
        )
        for m in margins
    ]


def _check_present(margins: Sequence[Margin], weights: np.ndarray) -> None:
    """Raise a `TargetsConflictError` that names the asked categories that nobody with a weight has."""
    absent = [
        (m, i) for m in margins for i in np.flatnonzero((m.targets > 0) & ~(m.achieved(weights) > 0)).tolist()
    ]
    if not absent:
        return
    names = [f"{m.name(i)} ({100 * m.targets[i]:.1f} %)" for m, i in absent]
    changes = [Change(m.columns, m.options[i], float(m.targets[i]), 0.0) for m, i in absent]
    conflict = find_conflict(margins, raking_cells(margins, weights))
    raise TargetsConflictError(
        "No respondent has a category that the targets ask for, so there is nobody to weight up.",
        got=", ".join(names),
        fix="Set its target to 0, or merge it with another category.",
        categories=names,
        changes=conflict.changes if conflict else changes,
    )


def _cap_too_low(cap: float, needed: float) -> MarginalsError:
    return MarginalsError(
        "The cap on weights is too low for these targets: no weights below it meet them.",
        where="cap",
        got=f"{cap:g} times the mean weight",
        fix=f"Use a cap of {np.ceil(10 * needed + 0.5) / 10:.1f} or more, or ask for less.",
    )


def _not_converged(margins: Sequence[Margin], weights: np.ndarray, error: float) -> MarginalsError:
    """Error about targets that are not reached; it names the category that is furthest off."""
    missed = [(m, int(np.abs(m.achieved(weights) - m.targets).argmax())) for m in margins]
    margin, worst = max(missed, key=lambda at: abs(at[0].achieved(weights) - at[0].targets)[at[1]])
    found = margin.achieved(weights)[worst]
    return MarginalsError(
        f"Raking does not reach all targets (off by up to {100 * error:.1f} points).",
        where=margin.name(worst),
        got=f"{100 * margin.targets[worst]:.1f} % asked, {100 * found:.1f} % reached",
        fix="Ask for less, raise the cap, or remove a target.",
    )
