"""Simulations of a small survey that need no model: baselines fitted once, read as probabilities."""

import numpy as np

from core.comparison.baselines import fit_baselines
from tests.comparison.survey_factory import small_survey

NAMES = ("training_marginals", "logistic_regression", "gaussian_copula")
DATA = small_survey(2500, weighted=True)
TEST = DATA.part("test")
ITEMS = list(TEST.items)
CAR = [TEST.items[0]]


def fitted_methods() -> dict[str, dict[str, np.ndarray]]:
    """Name -> item key -> probabilities (n, K) of the test respondents; the regression is "model"."""
    logs = fit_baselines(DATA.part("train"), DATA.part("validation"), TEST.profiles, NAMES)
    methods = {name: {key: np.exp(t) for key, t in tables.items()} for name, tables in logs.items()}
    return {"model": methods["logistic_regression"], **methods}


METHODS = fitted_methods()
