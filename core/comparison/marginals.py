"""Names of the baselines, and the two of them that are known in a moment.

Pages and the command line need these; what is fitted (`core.comparison.baselines`) takes scikit-learn, whose
import alone takes a second.
"""

from importlib.util import find_spec

import numpy as np

from core.survey.respondents import SurveyData
from core.survey.shares import training_marginals

SHARES = ("uniform", "training_marginals")
"""Known in a moment."""
FITTED = (
    "demographic_cells", "logistic_regression", "stacked_regression", "gaussian_copula", "svr",
    "gradient_boosting",
    *(("catboost",) if find_spec("catboost") else ()),
)  # fmt: skip
"""Take seconds to a minute to fit; the quickest first."""
BASELINES = SHARES + FITTED
INSTALL_CATBOOST = "pip install -r requirements-baselines.txt"

Tables = dict[str, np.ndarray]
"""Item key -> log-probabilities, shape (n, K)."""


def same_for_everyone(name: str, train: SurveyData, n: int) -> Tables:
    """Predictions of one of `SHARES` for n people: item key -> log-probabilities, shape (n, K).

    Parameters
    ----------
    name
        "uniform": every legal answer equally likely; "training_marginals": everyone answers like the training
        respondents as a whole.
    train
        The training respondents.
    n
        How many people are predicted.
    """
    if name == "uniform":
        return {i.key: np.full((n, len(i.answers)), -np.log(len(i.answers))) for i in train.items}
    return {i.key: np.tile(np.log(training_marginals(train, i)), (n, 1)) for i in train.items}
