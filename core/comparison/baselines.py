"""Predictions without the tuned model, to be read beside every figure of it.

Known in a moment (`core.comparison.marginals`):

* `uniform`: every legal answer equally likely.
* `training_marginals`: everyone answers like the training respondents as a whole.

Fitted, in seconds to a minute:

* `demographic_cells`: everyone answers like the training respondents with the same demographics, shrunk
  towards those who share all but the last demographic, and so on up to everybody.
* `logistic_regression`, `gradient_boosting`, `svr` (ordered answers only) and `catboost` (where that package
  is installed): see `core.comparison.regressors`.
* `stacked_regression`: the strongest of them, regressions of all questions at once, mixed; also what the
  language model is taught towards, see `core.tuning.stacked_regression`.
* `gaussian_copula`: see `core.comparison.copula`.

The base model and the no-persona prompt are baselines too; the simulation scores them.

All give every legal answer some probability. A tuned model that does not beat the training marginals has
learned nothing about who answers what.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from core.comparison import copula, regressors
from core.comparison.accuracy import nll
from core.comparison.marginals import BASELINES, SHARES, Tables, same_for_everyone
from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals
from core.tuning.profile_codes import ProfileCodes
from core.tuning.stacked_regression import fit_stacked_regression

CELL_SMOOTHING = (5.0, 20.0, 80.0, 320.0)
"""Respondents of the larger cell that count as much as a cell's own; chosen on the validation respondents."""


def fit_baselines(
    train: SurveyData,
    validation: SurveyData,
    profiles: pd.DataFrame,
    names: Sequence[str] = BASELINES,
    on_item: Callable[[str, int], None] = lambda name, done: None,
) -> dict[str, Tables]:
    """Predictions of people's answers by fitted baselines.

    Parameters
    ----------
    train
        Respondents to learn from; their survey weights count.
    validation
        Respondents to choose settings on.
    profiles
        n rows, one text column per demographic; the people to predict.
    names
        Of `BASELINES`.
    on_item
        Called with the baseline and its number of items done; may raise to stop.

    Returns
    -------
    dict
        Baseline name -> item key -> log-probabilities, shape (n, K).
    """
    with threadpool_limits(1):  # the systems solved are small; more threads only wait for each other
        return {name: _fit(name, train, validation, profiles, partial(on_item, name)) for name in names}


def _fit(
    name: str,
    train: SurveyData,
    validation: SurveyData,
    profiles: pd.DataFrame,
    on_item: Callable[[int], None],
) -> Tables:
    """Predictions of one baseline: item key -> log-probabilities, shape (n, K)."""
    if name in SHARES:
        return same_for_everyone(name, train, len(profiles))
    if name == "demographic_cells":
        return _best_cells(train, validation, profiles)
    if name == "stacked_regression":
        fitted = fit_stacked_regression(train, validation, train.items)
        return fitted.logprob(ProfileCodes.of_profiles(profiles, train.codebook).codes)
    if name == "gaussian_copula":
        return copula.fit(train, profiles, on_item)
    return regressors.fit(name, train, validation, profiles, on_item)


def _best_cells(train: SurveyData, validation: SurveyData, profiles: pd.DataFrame) -> Tables:
    """Log-probabilities of table cells, per item with the smoothing that predicts validation best."""
    checked = {m: demographic_cells(train, validation.profiles, m) for m in CELL_SMOOTHING}
    asked = {m: demographic_cells(train, profiles, m) for m in CELL_SMOOTHING}
    found = {}
    for item in train.items:
        answers, weights = validation.answers[item.key].to_numpy(), validation.weights
        given = (answers >= 0) & (weights > 0)
        losses = {
            m: nll(tables[item.key][given], answers[given], weights[given]) if given.any() else 0.0
            for m, tables in checked.items()
        }
        found[item.key] = asked[min(losses, key=losses.__getitem__)][item.key]
    return found


def demographic_cells(
    train: SurveyData, profiles: pd.DataFrame, smoothing: float = CELL_SMOOTHING[0]
) -> Tables:
    """Answer shares of the training respondents in the same table cell, smoothed towards larger cells.

    With the first j demographics a cell has the shares (n q_cell + m q_parent) / (n + m): q_cell its own n
    answers, q_parent the cell of the first j - 1. No demographic at all is the training marginals.

    Parameters
    ----------
    train
        Respondents to learn from.
    profiles
        n rows; the people to predict.
    smoothing
        m, in effective respondents.
    """
    columns = [d.column for d in train.codebook.demographics]
    both = pd.concat([train.profiles[columns], profiles[columns]], ignore_index=True)
    found = {item.key: np.tile(training_marginals(train, item), (len(profiles), 1)) for item in train.items}
    for depth in range(1, len(columns) + 1):
        # table cell of the first `depth` demographics, training respondents first, then the people to predict
        cell = both.groupby(columns[:depth], dropna=False, sort=False).ngroup().to_numpy()
        for item in train.items:
            own, answers = cell[: len(train)], train.answers[item.key].to_numpy()
            given, k = answers >= 0, len(item.answers)
            place = own[given] * k + answers[given]
            # weighted answers per cell, (cells, K), and those of the people's own cells, (n, K)
            counts = np.bincount(place, train.weights[given], (cell.max() + 1) * k).reshape(-1, k)
            here = counts[cell[len(train) :]]
            n = here.sum(axis=1, keepdims=True)
            found[item.key] = (here + smoothing * found[item.key]) / (n + smoothing)
    return {key: np.log(table) for key, table in found.items()}
