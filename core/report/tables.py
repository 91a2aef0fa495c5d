"""Tables of a comparison or an experiment for a page or a report, with names a survey researcher reads.

Figures stay numbers, so the page formats and sorts them; what is not defined is missing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from core.comparison.comparison import Comparison
from core.comparison.figures import Figures, FloorFigures
from core.experiments.row import ExperimentRow

METHODS = {
    "model": "Tuned model",
    "untuned": "Model before tuning",
    "empty_persona": "Tuned model, no background shown",
    "stacked_regression": "Stacked regression on demographics",
    "logistic_regression": "Logistic regression on demographics",
    "gradient_boosting": "Boosted trees on demographics",
    "catboost": "CatBoost on demographics",
    "svr": "Support vector regression on demographics",
    "gaussian_copula": "Gaussian copula",
    "demographic_cells": "Mean of people with the same background",
    "training_marginals": "Training shares, same for everyone",
    "uniform": "Every answer equally likely",
}
"""Key of the model and each baseline -> its name for readers, in the order of tables."""
_FIGURES = {
    "nll": "NLL",
    "kl": "KL",
    "tv": "TV",
    "w1": "W1",
    "rmse_scaled": "RMSE",
    "accuracy": "Accuracy",
    "sd_ratio": "SD ratio",
}

_EXPERIMENT = {
    "name": "Variant",
    "kl": "KL (nats)",
    "floors": "KL / noise floor",
    "rmse_scaled": "RMSE",
    "nll": "NLL (nats)",
    "sd_ratio": "Spread",
    "temperature": "Temperature",
    "weights_mb": "Base (MB)",
    "seconds": "Seconds",
}
"""Headings of an experiment's table by the figure's name in a row."""


def questions_table(comparison: Comparison, worth: Mapping[str, float | None] | None = None) -> pd.DataFrame:
    """One row per question, the largest distance first.

    Parameters
    ----------
    worth
        Column -> real interviews that would be as close, see `Uncertainty.question_worth`.

    Returns
    -------
    pandas.DataFrame
        Columns ``Question, Column, Type, n, KL, Noise floor, Times floor, TV, RMSE, Accuracy, NLL,
        KL training shares, Worth interviews``. KL in nats; TV and accuracy between 0 and 1; RMSE as a
        share of the scale's length; missing where a figure is not defined.
    """
    rows = []
    for question in comparison.questions:
        model, plain = question.model, question.baselines.get("training_marginals")
        kl, floor_kl = _number(model.kl), _number(question.floor.kl)
        rows.append(
            {
                "Question": question.text,
                "Column": question.column,
                "Type": str(question.type),
                "n": int(question.n),
                "KL": kl,
                "Noise floor": floor_kl,
                "Times floor": kl / floor_kl if floor_kl > 0 else float("nan"),
                "TV": _number(model.tv),
                "RMSE": _number(model.rmse_scaled),
                "Accuracy": _number(model.accuracy),
                "NLL": _number(model.nll),
                "KL training shares": _number(plain.kl if plain else None),
                "Worth interviews": _number((worth or {}).get(question.column)),
            }
        )
    table = pd.DataFrame(rows)
    return table if table.empty else table.sort_values("KL", ascending=False, ignore_index=True)


def methods_table(comparison: Comparison) -> pd.DataFrame:
    """Table of the tuned model, every baseline and the noise floor, one row each.

    Returns
    -------
    pandas.DataFrame
        Columns ``Method, NLL, KL, TV, W1, RMSE, Accuracy, SD ratio``, means over questions.
    """
    overall = comparison.overall
    found = {"model": overall.model, **overall.baselines}
    order = [name for name in METHODS if name in found] + [name for name in found if name not in METHODS]
    rows = [_method_row(METHODS.get(name, name.replace("_", " ")), found[name]) for name in order]
    if overall.questions:
        rows.append(_method_row("Noise floor at this sample size", overall.floor))
    return pd.DataFrame(rows)


def _method_row(name: str, figures: Figures | FloorFigures) -> dict[str, Any]:
    return {"Method": name} | {title: _number(getattr(figures, key, None)) for key, title in _FIGURES.items()}


def experiment_table(rows: Sequence[ExperimentRow]) -> list[dict[str, Any]]:
    """Figures of every variant by heading; columns that are empty, or have nothing to compare, are left out.

    >>> experiment_table([ExperimentRow("taught", kl=0.02, floor_kl=0.01)])
    [{'Variant': 'taught', 'KL (nats)': 0.02, 'KL / noise floor': 2.0}]
    """
    full = [{**row.to_dict(), "floors": _floors(row)} for row in rows]
    known = [key for key in _EXPERIMENT if any(row.get(key) is not None for row in full)]
    if len({row.get("weights_mb") for row in full} - {None}) < 2:
        known = [key for key in known if key != "weights_mb"]  # nothing to compare
    return [{_EXPERIMENT[key]: row.get(key) for key in known} for row in full]


def _floors(row: ExperimentRow) -> float | None:
    """KL in multiples of its noise floor."""
    return row.kl / row.floor_kl if row.floor_kl and row.kl is not None else None


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
