"""Subgroup fidelity: whether groups differ as they do in reality, less (everybody the same) or more.

For demographic group g and answer k let delta = P(k | g) - P(k), in points of a share. A simulation that
ignores demographics has no differences; one that exaggerates has too large ones. The slope of simulated on
real differences says which: 1 is right, below 1 flattening, above 1 stereotype. Real differences of a finite
sample are noisy, which alone would make any slope look too flat; their sampling variance is taken out of the
denominator (errors in variables). Groups with an effective base below 30 are suppressed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.comparison.divergence import kl, total_variation
from core.comparison.floors import kl_floor, tv_floor
from core.comparison.measures import real_answers
from core.comparison.subgroup_figures import Distances, GroupFigures, GroupSummary, SubgroupFigures
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base, jeffreys

REPLICATES = 200


@dataclass(frozen=True)
class _Group:
    """Category of a demographic; `rows` (n,) is the mask of its respondents."""

    column: str
    label: str
    option: str
    rows: np.ndarray


def subgroups(
    real: SurveyData, items: list[Item], probability: Mapping[str, Mapping[str, np.ndarray]], seed: int = 0
) -> SubgroupFigures:
    """Distances within every demographic group, and the slope of group differences.

    Parameters
    ----------
    real
        The n respondents compared with.
    items
        Items to compare, usually those of single-choice and ordinal questions.
    probability
        Method -> item key -> (n, K).
    seed
        Of the bootstrap behind the slope's interval.
    """
    weighs = real.weights > 0
    groups = [
        _Group(d.column, d.label, option, (real.profiles[d.column] == option).to_numpy(dtype=bool) & weighs)
        for d in real.codebook.demographics
        for option in d.options
    ]
    groups = [g for g in groups if g.rows.any()]
    rows = [_group(real, items, probability, group) for group in groups]
    shown = [g for g, row in zip(groups, rows, strict=True) if not row.suppressed]
    # weights as they are, then under each bootstrap replicate, (1 + B, n)
    counts = np.random.default_rng(seed).multinomial(len(real), np.full(len(real), 1 / len(real)), REPLICATES)
    replicates = np.concatenate([np.ones((1, len(real))), counts]) * real.weights
    sums = {name: _sums(real, items, tables, shown, replicates) for name, tables in probability.items()}
    own = next(iter(sums.values()), None)
    return SubgroupFigures(
        groups=tuple(rows),
        methods={name: _method(rows, name, sums[name]) for name in probability},
        differences=None if own is None or not own.shape[0] else float(np.sqrt(max(own[0, 1], 0.0))),
    )


def _group(
    real: SurveyData, items: list[Item], probability: Mapping[str, Mapping[str, np.ndarray]], group: _Group
) -> GroupFigures:
    """Distances of one group, means over items; none below an effective base of 30."""
    weights = real.weights * group.rows
    base = effective_base(weights)
    figures = GroupFigures(group.column, group.label, group.option, int(group.rows.sum()), base)
    if base < SMALL_BASE:
        return figures
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ("floor", *probability)}
    for item in items:
        answered = real_answers(item, real.answers[item.key].to_numpy(), weights)
        if answered.n_effective < SMALL_BASE:
            continue
        n = answered.n_effective
        found["floor"].append((kl_floor(len(answered.shares), n), tv_floor(answered.shares, n)))
        for name, tables in probability.items():
            # probabilities in bands, (m, B), and their mean over the group, (B,)
            person = answered.bands.sum(tables[item.key][answered.rows])
            simulated = np.average(person, axis=0, weights=answered.weights)
            found[name].append(
                (
                    float(kl(jeffreys(answered.shares, n), simulated)),
                    float(total_variation(answered.shares, simulated)),
                )
            )
    means = {name: _distances(pairs) for name, pairs in found.items()}
    return replace(figures, floor=means.pop("floor"), methods=means)


def _distances(pairs: list[tuple[float, float]]) -> Distances:
    """Mean KL and TV over items."""
    if not pairs:
        return Distances(None, None)
    kl_mean, tv_mean = np.mean(pairs, axis=0).tolist()
    return Distances(kl_mean, tv_mean)


def _method(groups: list[GroupFigures], name: str, sums: np.ndarray) -> GroupSummary:
    """Summary of one method: mean TV over groups, the group furthest above its noise floor, and the slope."""
    known = [
        (group, group.methods[name].tv or 0.0, group.floor.tv or 0.0)
        for group in groups
        if group.floor is not None and group.methods[name].tv is not None
    ]
    if not known:
        return GroupSummary(None, None, None, *_slope(sums))
    worst, worst_tv, _ = max(known, key=lambda row: row[1] - row[2])
    mean = np.average([tv for _, tv, _ in known], weights=[group.n_effective for group, _, _ in known])
    return GroupSummary(float(mean), worst_tv, f"{worst.label}: {worst.option}", *_slope(sums))


def _sums(
    real: SurveyData,
    items: list[Item],
    tables: Mapping[str, np.ndarray],
    groups: list[_Group],
    replicates: np.ndarray,
) -> np.ndarray:
    """Weighted means of delta_real delta_sim, and of delta_real squared less its noise: shape (1 + B, 2).

    The two columns are numerator and denominator of the slope, the first row of the sample itself; (0, 2) if
    no group is large enough.
    """
    total, weight = np.zeros((len(replicates), 2)), 0.0
    for item in items:
        answered = real_answers(item, real.answers[item.key].to_numpy(), real.weights)
        if not answered.n:
            continue
        # answers given, one-hot, and simulated, both (m, K) in bands; weights (1 + B, m)
        said = np.eye(len(answered.bands.labels))[answered.bands.band_of[answered.answers]]
        person = answered.bands.sum(tables[item.key][answered.rows])
        drawn = replicates[:, answered.rows]
        # shares of everybody, (1 + B, K) each; below, those of the group less these
        everybody = [_mean(drawn, table) for table in (said, person)]
        for group in groups:
            members = drawn * group.rows[answered.rows]
            base = effective_base(members[0])
            if base < SMALL_BASE:
                continue
            real_delta, sim_delta = (
                _mean(members, table) - mean for table, mean in zip((said, person), everybody, strict=True)
            )
            share = _mean(members, said)
            # the group is part of everybody, so their noise partly cancels
            noise = share * (1 - share) * max(1 / base - 1 / answered.n_effective, 0.0)
            noise[1:] *= 2  # a replicate carries the sample's noise and its own
            total[:, 0] += base * (real_delta * sim_delta).sum(axis=1)
            total[:, 1] += base * (real_delta**2 - noise).sum(axis=1)
            weight += base * said.shape[1]
    return total / weight if weight else np.zeros((0, 2))


def _mean(drawn: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Weighted means of (m, K) under weights (1 + B, m): shape (1 + B, K), NaN where nobody was drawn."""
    total = drawn.sum(axis=1, keepdims=True)
    return drawn @ table / np.where(total > 0, total, np.nan)


def _slope(sums: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Slope of simulated on real differences, and its interval."""
    if not len(sums):
        return None, None, None
    # differences that could be chance have no slope worth naming
    if np.nanpercentile(sums[1:, 1], 5) <= 0 or sums[0, 1] <= 0:
        return None, None, None
    slopes = sums[:, 0] / sums[:, 1]
    low, high = np.nanpercentile(slopes[1:], [2.5, 97.5])
    return float(slopes[0]), float(low), float(high)
