"""Regression transfer: whether an analyst finds the same effects of demographics in simulated answers.

The same weighted least-squares regression of an answer on all demographics is fitted to the real and to the
simulated answers. Ordered answers enter as a number on their scale, others as one yes/no per option. Least
squares is linear in the answers, so regressing each person's *expected* answer gives the exact mean of what
regressions on sampled answers would give.

Standard errors are heteroscedasticity-consistent and hold in small samples (HC3; MacKinnon & White 1985,
doi:10.1016/0304-4076(85)90158-7). Options that fewer than 5 or more than 95 of 100 chose are not regressed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.comparison.measures import rescale
from core.comparison.structure_figures import EffectFigures, TransferFigures
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, Z_95, effective_base

RARE = 0.05
"""Options chosen by a smaller share are not regressed."""
SMALLEST_CATEGORY = 20
TOLERANCE = 0.1
"""Least part of a category's variance that the categories before it must leave unexplained (1 / VIF)."""


@dataclass(frozen=True)
class Effects:
    """Coefficients of the demographic categories, all regressions one after the other.

    Attributes
    ----------
    real, error
        Shape (m,), coefficient on the real answers and its standard error.
    simulated
        Method -> shape (m,).
    """

    real: np.ndarray
    error: np.ndarray
    simulated: Mapping[str, np.ndarray]


def least_squares(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares and HC3 standard errors.

    Parameters
    ----------
    x
        Shape (n, p), of full column rank.
    y
        Shape (n,) or (n, t) for t answers at once.
    weights
        Shape (n,).

    Returns
    -------
    tuple
        Coefficients and standard errors, shape (p,) or (p, t).
    """
    # (p, p) inverse of X'WX, and coefficients (p,) or (p, t)
    inverse = np.linalg.inv((x * weights[:, None]).T @ x)
    found = inverse @ (x * weights[:, None]).T @ y
    bread = inverse @ (x * weights[:, None]).T  # (p, n)
    leverage = (x.T * bread).sum(axis=0)  # (n,)
    left = np.atleast_2d((y - x @ found).T) / np.maximum(1 - leverage, 1e-9)  # (t, n)
    error = np.sqrt((bread**2) @ (left**2).T)
    return found, error if np.ndim(y) == 2 else error[:, 0]


def effects(
    real: SurveyData, items: list[Item], probability: Mapping[str, Mapping[str, np.ndarray]]
) -> Effects:
    """Regressions of all items on all demographics; items answered by too few are left out.

    Parameters
    ----------
    real
        The n respondents compared with.
    items
        Items to regress.
    probability
        Method -> item key -> (n, K).
    """
    found: dict[str, list[np.ndarray]] = {"real": [], "error": [], **{name: [] for name in probability}}
    for item in items:
        rows = _on_scale(real, item)  # (m,)
        x = design(real.profiles.iloc[rows], real)
        if x.shape[1] < 2 or effective_base(real.weights[rows]) < max(SMALL_BASE, 3 * x.shape[1]):
            continue
        weights = real.weights[rows]
        # answers given, one-hot, (m, K), and the t numbers regressed, (m, t)
        said = np.eye(len(item.answers))[real.answers[item.key].to_numpy()[rows]]
        targets = _targets(item, said)
        # mask of the regressed numbers, (t,): the others are too rare for an effect to show
        usual = item.is_ordered | (np.abs(np.average(targets, axis=0, weights=weights) - 0.5) <= 0.5 - RARE)
        coefficients, error = least_squares(x, targets[:, np.broadcast_to(usual, targets.shape[1])], weights)
        # without the intercept, all coefficients in one row
        found["real"].append(coefficients[1:].ravel())
        found["error"].append(error[1:].ravel())
        for name, tables in probability.items():
            answers = _targets(item, tables[item.key][rows])
            answers = answers[:, np.broadcast_to(usual, answers.shape[1])]
            found[name].append(least_squares(x, answers, weights)[0][1:].ravel())
    joined = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in found.items()}
    return Effects(joined.pop("real"), joined.pop("error"), joined)


def transfer(found: Effects) -> TransferFigures:
    """Agreement of simulated with real effects, per method: signs, slope and excluded intervals."""
    # (m,) coefficients of all regressions; those without an error come of answers everybody shares
    usable = found.error > 1e-9
    real, error = found.real[usable], found.error[usable]
    clear = np.abs(real) > Z_95 * error
    # z has variance 1 from sampling alone: what its square exceeds 1 by is the effects' own
    z = real / error
    beyond = float((z**2 - 1).sum())
    noise = float(np.sqrt(2 * len(z)))  # standard deviation of the sum if all effects were zero
    methods = {}
    for name, table in found.simulated.items():
        simulated = table[usable]
        methods[name] = EffectFigures(
            sign_agreement=float((np.sign(simulated) == np.sign(real))[clear].mean())
            if clear.any() and np.abs(simulated).max() > 1e-9
            else None,
            slope=float((z * simulated / error).sum() / beyond) if beyond > 2 * noise else None,
            excluded=float((np.abs(simulated - real) > Z_95 * error).mean()) if len(real) else None,
        )
    return TransferFigures(len(real), int(clear.sum()), methods)


def design(profiles: pd.DataFrame, real: SurveyData) -> np.ndarray:
    """Intercept and one column per demographic category but the first, missing being a category.

    Categories of fewer than 20 respondents go with the first. One that nearly repeats others ("never" to two
    questions) is left out: their effects cannot be distinguished, and the few who differ would decide them.
    """
    columns = [np.ones(len(profiles))]
    for demographic in real.codebook.demographics:
        codes = pd.Index(demographic.options).get_indexer(pd.Index(profiles[demographic.column]))
        # one column (n,) per category that occurs often enough, the first being the reference
        present = [code for code in np.unique(codes) if (codes == code).sum() >= SMALLEST_CATEGORY]
        columns += [(codes == code).astype(float) for code in present[1:]]
    x = np.stack(columns, axis=1)
    # a column joins only if those before it leave part of it unexplained; order decides among collinear ones
    kept = [0]
    for j in range(1, x.shape[1]):
        explained = x[:, kept] @ np.linalg.lstsq(x[:, kept], x[:, j], rcond=None)[0]
        if ((x[:, j] - explained) ** 2).sum() >= TOLERANCE * ((x[:, j] - x[:, j].mean()) ** 2).sum():
            kept.append(j)
    return x[:, kept]


def _on_scale(real: SurveyData, item: Item) -> np.ndarray:
    """Rows of the respondents who answered, on the scale where there is one."""
    answers = real.answers[item.key].to_numpy()
    given = (answers >= 0) & (real.weights > 0)
    return np.flatnonzero(given & np.isfinite(item.value_array)[answers] if item.is_ordered else given)


def _targets(item: Item, table: np.ndarray) -> np.ndarray:
    """Regressed numbers, shape (n, t): the place on the scale from 0 to 1, or each option."""
    if item.is_ordered:
        scale = np.flatnonzero(np.isfinite(item.value_array))
        values = item.value_array[scale]
        place = (values - values[0]) / (values[-1] - values[0])
        return (rescale(table[:, scale]) @ place)[:, None]
    return table[:, :1] if table.shape[1] == 2 else table  # the second of two follows from the first
