"""Draw synthetic people: whole profiles of the survey's respondents, in the asked proportions.

Steps: fill demographics a respondent left out from the most similar respondent who gave them (nearest
neighbour hot deck), rake the respondents to the targets, draw N of them systematically from the
sorted list, then exchange a few so that every target is met to within about one person. Each
respondent is drawn the whole number of times just below or just above their expected number, so
whole profiles, and with them the correlations between demographics, are kept. No profile is invented:
a combination that no respondent has does not occur.

References: systematic sampling, Madow (1949), doi:10.1214/aoms/1177729988; hot deck, Andridge &
Little (2010), doi:10.1111/j.1751-5823.2010.00103.x.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.marginals import Marginals, survey_marginals
from core.population.raking import RakingResult, rake
from core.survey.respondents import SurveyData

LARGEST_POPULATION = 1_000_000
MAX_EXCHANGES = 500
"""Exchanges tried after the draw; a few dozen are usual."""
CANDIDATES = 300
"""Respondents looked at on each side of an exchange."""


@dataclass(frozen=True)
class Population:
    """Synthetic people.

    Attributes
    ----------
    people
        One row per person, one text column per demographic (named by its column); NA where the
        demographic has no target and the respondent lacks it. In random order.
    source_rows
        Shape (N,), position of the respondent each person is a copy of.
    figures
        `worst_margin_error` (percentage points), `weighting_efficiency` (0 to 1), `design_effect`,
        `effective_base` (respondents), `rounds`, `converged`, `filled` (respondents with a filled
        demographic), `exchanged` (people exchanged after the draw), `distinct_profiles`, and
        `achieved`: one record per category with `column`, `label`, `option` and the shares `survey`,
        `asked` and `achieved` (0 to 1). All plain numbers, ready for JSON.
    """

    people: pd.DataFrame
    source_rows: np.ndarray
    figures: dict[str, Any]


def draw(weights: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Systematic draw: one random start, then equal steps through the cumulated weights.

    Everybody is drawn in proportion to their weight, as often as the whole number just below or
    above; neighbours in the list are spread, so sort the list by what should be balanced.

    Parameters
    ----------
    weights
        Shape (n,), not negative.
    size
        Number of draws.
    rng
        Gives the random start.

    Returns
    -------
    numpy.ndarray
        Shape (size,), positions in ascending order, repeats included.

    Examples
    --------
    >>> import numpy as np
    >>> draw(np.array([1.0, 0.0, 2.0, 1.0]), 4, np.random.default_rng(0)).tolist()
    [0, 2, 2, 3]
    """
    total = np.cumsum(weights, dtype=float)
    points = (rng.random() + np.arange(size)) * (total[-1] / size)
    last = int(np.flatnonzero(np.asarray(weights) > 0)[-1])
    return np.minimum(np.searchsorted(total, points, side="right"), last)


def build_population(data: SurveyData, marginals: Marginals | None, size: int, seed: int) -> Population:
    """Synthetic people who meet the targets and keep the respondents' correlations.

    Parameters
    ----------
    data
        The survey; all its respondents are used, whatever their split.
    marginals
        Targets; None for the survey's own.
    size
        Number of people, 1 to a million.
    seed
        Same seed, same people.

    Raises
    ------
    MarginalsError
        If the size is out of range, or the targets cannot be met (see `rake`).
    """
    if not 1 <= size <= LARGEST_POPULATION:
        raise MarginalsError(
            "The population size is out of range.",
            where="population size",
            got=size,
            fix=f"Give a whole number from 1 to {LARGEST_POPULATION:,}.",
        )
    rng = np.random.default_rng(seed)
    own = survey_marginals(data)
    marginals = own if marginals is None else marginals.checked(data.codebook)
    columns = [c for c in data.profiles.columns if c in marginals.shares]
    profiles, n_filled = fill_missing(data.profiles, columns, data.weights, rng)
    raked = rake(profiles, data.weights, marginals)
    order = _sorted_rows(profiles, columns)
    counts = np.bincount(order[draw(raked.weights[order], size, rng)], minlength=len(profiles))
    counts, exchanged = _exchange(profiles[columns], raked.weights, counts, marginals)
    source = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    people = profiles.iloc[source].reset_index(drop=True)
    achieved = _achieved(data, people, own, marginals)
    figures = _figures(raked, achieved, len(data))
    figures |= {"filled": n_filled, "exchanged": exchanged}
    figures["distinct_profiles"] = int(len(people.drop_duplicates()))
    return Population(people, source, figures)


def fill_missing(
    profiles: pd.DataFrame, columns: list[str], weights: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, int]:
    """Fill these demographics from the most similar respondent who gave them.

    The donor has every demographic that is to be filled and agrees with the respondent on as many of
    the others as possible; ties are broken at random in proportion to weight. All gaps of a
    respondent come from one donor where one exists, so the filled values belong together.

    Returns
    -------
    filled
        Copy of `profiles`; other columns keep their gaps.
    n_filled
        Number of respondents with at least one filled value.
    """
    filled = profiles.copy()
    codes = np.column_stack([pd.factorize(profiles[c])[0] for c in profiles.columns])  # -1 is missing
    wanted = [profiles.columns.get_loc(c) for c in columns]
    gaps = codes[:, wanted] < 0
    rows = np.flatnonzero(gaps.any(axis=1))
    original = profiles.to_numpy(dtype=object)
    values = original.copy()
    for row in rows:
        missing = [wanted[j] for j in np.flatnonzero(gaps[row])]
        agreement = ((codes == codes[row]) & (codes[row] >= 0)).sum(axis=1)
        together = (codes[:, missing] >= 0).all(axis=1) & (weights > 0)
        for group in [missing] if together.any() else [[column] for column in missing]:
            able = (codes[:, group] >= 0).all(axis=1) & (weights > 0)
            if not able.any():
                raise MarginalsError(
                    "Nobody gave a demographic that has targets.",
                    where=str(profiles.columns[group[0]]),
                    fix="Remove its targets.",
                )
            best = np.flatnonzero(able & (agreement == agreement[able].max()))
            donor = rng.choice(best, p=weights[best] / weights[best].sum())
            values[row, group] = original[donor, group]
    for column in columns:
        place = profiles.columns.get_loc(column)
        filled[column] = pd.Series(values[:, place], index=profiles.index, dtype=profiles[column].dtype)
    return filled, len(rows)


def _sorted_rows(profiles: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Respondents sorted by profile, the demographics with the fewest categories first."""
    by = sorted(columns, key=lambda c: profiles[c].nunique())
    if not by:
        return np.arange(len(profiles))
    return np.lexsort([pd.factorize(profiles[c], sort=True)[0] for c in reversed(by)])


def _exchange(
    profiles: pd.DataFrame, weights: np.ndarray, counts: np.ndarray, marginals: Marginals
) -> tuple[np.ndarray, int]:
    """Swap drawn people one at a time while that lowers the sum of squared margin errors.

    A respondent's count stays the whole number just below or above the expected one, so this is a
    controlled rounding of the raked weights. Exchanging x_out for x_in changes the sum of squares
    |D|^2, D the margin errors in people, by 2 D (x_in - x_out) + |x_in - x_out|^2.
    """
    if not len(profiles.columns):
        return counts, 0
    counts, size = counts.copy(), counts.sum()
    dummies, asked = [], []
    for column in profiles.columns:
        options = list(marginals.shares[column])
        code = pd.Index(options).get_indexer(profiles[column])
        dummies.append((code[:, None] == np.arange(len(options))).astype(np.float32))
        asked.append([marginals.shares[column][o] for o in options])
    x = np.concatenate(dummies, axis=1)  # (n, all categories)
    error = counts @ x - size * np.concatenate(asked)
    expected = weights * size / weights.sum()
    for done in range(MAX_EXCHANGES):
        direction = x @ error
        can_go = np.flatnonzero(counts > np.floor(expected + 1e-9))
        can_come = np.flatnonzero(counts < np.ceil(expected - 1e-9))
        can_go = can_go[np.argsort(-direction[can_go], kind="stable")[:CANDIDATES]]
        can_come = can_come[np.argsort(direction[can_come], kind="stable")[:CANDIDATES]]
        if not len(can_go) or not len(can_come):
            return counts, done
        differing = 2 * (len(profiles.columns) - x[can_go] @ x[can_come].T)
        change = 2 * (direction[can_come][None, :] - direction[can_go][:, None]) + differing
        out, into = np.unravel_index(change.argmin(), change.shape)
        if change[out, into] > -1e-6:
            return counts, done
        counts[can_go[out]] -= 1
        counts[can_come[into]] += 1
        error += x[can_come[into]] - x[can_go[out]]
    return counts, MAX_EXCHANGES


def _achieved(
    data: SurveyData, people: pd.DataFrame, own: Marginals, marginals: Marginals
) -> list[dict[str, Any]]:
    records = []
    for demographic in data.codebook.demographics:
        column = demographic.column
        if column not in marginals.shares:
            continue
        found = people[column].value_counts(normalize=True)
        records += [
            {
                "column": column,
                "label": demographic.label,
                "option": option,
                "survey": float(own.shares.get(column, {}).get(option, 0.0)),
                "asked": float(marginals.shares[column].get(option, 0.0)),
                "achieved": float(found.get(option, 0.0)),
            }
            for option in demographic.options
        ]
    return records


def _figures(raked: RakingResult, achieved: list[dict[str, Any]], n: int) -> dict[str, Any]:
    worst = max((abs(r["achieved"] - r["asked"]) for r in achieved), default=0.0)
    return {
        "worst_margin_error": 100 * worst,
        "weighting_efficiency": raked.efficiency,
        "design_effect": raked.design_effect,
        "effective_base": raked.effective_base,
        "respondents": n,
        "rounds": raked.rounds,
        "converged": raked.converged,
        "achieved": achieved,
    }
