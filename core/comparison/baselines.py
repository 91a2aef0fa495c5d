"""Predictions without a language model, to be read beside every figure of the tuned one.

* `uniform`: every legal answer equally likely.
* `training_marginals`: everyone answers like the training respondents as a whole.
* `logistic_regression`: multinomial logistic regression on the demographics, one-hot, a missing
  demographic being a category of its own; its strength of regularisation is chosen per question on
  the validation respondents. A numeric question is predicted by band and spread within a band like
  the training answers.

All give every legal answer some probability: half an answer is added per option. A tuned model that does
not beat the training marginals has learned nothing about who answers what.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.comparison.accuracy import nll
from core.comparison.bands import answer_bands
from core.comparison.divergence import effective_base, jeffreys, real_shares
from core.survey.codebook import Codebook, Item
from core.survey.respondents import SurveyData

BASELINES = ("uniform", "training_marginals", "logistic_regression")
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse regularisation strengths tried for the logistic regression."""
USUAL_STRENGTH = 0.1
"""Used when no validation respondent answered."""


def fit_baselines(
    train: SurveyData, validation: SurveyData, profiles: pd.DataFrame
) -> dict[str, dict[str, np.ndarray]]:
    """Fit the baselines and predict people's answers.

    Parameters
    ----------
    train
        Respondents to learn from; their survey weights count.
    validation
        Respondents to choose the regularisation on.
    profiles
        n rows, one text column per demographic; the people to predict.

    Returns
    -------
    dict
        Baseline name -> item key -> log-probabilities, shape (n, K).
    """
    design = one_hot(profiles, train.codebook)
    learn, check = one_hot(train.profiles, train.codebook), one_hot(validation.profiles, train.codebook)
    found: dict[str, dict[str, np.ndarray]] = {name: {} for name in BASELINES}
    with threadpool_limits(1):  # the systems solved are small; more threads only wait for each other
        for item in train.items:
            k = len(item.answers)
            marginals = training_marginals(train, item)
            model = _Logistic(item, train, learn, marginals)
            model.choose(check, validation.answers[item.key].to_numpy(), validation.weights)
            found["uniform"][item.key] = np.full((len(profiles), k), -np.log(k))
            found["training_marginals"][item.key] = np.tile(np.log(marginals), (len(profiles), 1))
            found["logistic_regression"][item.key] = model.predict(design)
    return found


def training_marginals(train: SurveyData, item: Item) -> np.ndarray:
    """Weighted shares of the training answers plus half an answer per option, shape (K,)."""
    answers = train.answers[item.key].to_numpy()
    base = effective_base(train.weights[answers >= 0])
    if not base:
        return np.full(len(item.answers), 1 / len(item.answers))
    return jeffreys(real_shares(answers, train.weights, len(item.answers)), base)


def one_hot(profiles: pd.DataFrame, codebook: Codebook) -> np.ndarray:
    """One column per demographic category and one per demographic for "missing"; 0 or 1.

    Values that are not in the codebook count as missing.
    """
    blocks = []
    for demographic in codebook.demographics:
        codes = pd.Index(demographic.options).get_indexer(profiles[demographic.column])
        blocks.append(codes[:, None] == np.r_[np.arange(len(demographic.options)), -1])
    if not blocks:
        return np.zeros((len(profiles), 0))
    return np.concatenate(blocks, axis=1).astype(float)


class _Logistic:
    """Logistic regression of one item on the demographics, over the answer's bands."""

    def __init__(self, item: Item, train: SurveyData, design: np.ndarray, marginals: np.ndarray) -> None:
        self.bands = answer_bands(item)
        self.marginals = marginals
        answers = train.answers[item.key].to_numpy()
        rows = (answers >= 0) & (train.weights > 0)
        self.base = effective_base(train.weights[rows])
        self.target = self.bands.band_of[answers[rows]]
        self.occurs = design[rows].any(axis=0)
        self.design, self.weights = design[rows][:, self.occurs], train.weights[rows]
        self.varies = len(np.unique(self.target)) > 1 and bool(self.occurs.any())
        self.model: LogisticRegression | None = None

    def choose(self, design: np.ndarray, answers: np.ndarray, weights: np.ndarray) -> None:
        """Fit with the regularisation that foresees these answers best."""
        if not self.varies:
            return
        given = answers >= 0
        if not given.any():
            self.model = next(self._fits((USUAL_STRENGTH,)))
            return
        best = np.inf
        for model in self._fits(STRENGTHS):
            loss = nll(self._log_probability(model, design[given]), answers[given], weights[given])
            if loss > best:  # the loss falls and then rises along the strengths
                return
            best, self.model = loss, model

    def predict(self, design: np.ndarray) -> np.ndarray:
        """Log-probabilities of every legal answer, shape (n, K)."""
        if self.model is None:
            return np.tile(np.log(self.marginals), (len(design), 1))
        return self._log_probability(self.model, design)

    def _fits(self, strengths: tuple[float, ...]) -> Iterator[LogisticRegression]:
        for strength in strengths:
            model = LogisticRegression(C=strength, solver="newton-cholesky")
            yield model.fit(self.design, self.target, sample_weight=self.weights)

    def _log_probability(self, model: LogisticRegression, design: np.ndarray) -> np.ndarray:
        bands = np.zeros((len(design), len(self.bands.labels)))
        bands[:, model.classes_] = model.predict_proba(design[:, self.occurs])
        bands = jeffreys(bands, self.base)
        within = self.marginals / self.bands.sum(self.marginals)[self.bands.band_of]
        return np.log(bands[:, self.bands.band_of] * within)
