"""Baselines that predict one question at a time from the demographics, with well-known libraries.

* `logistic_regression`: multinomial, demographics one-hot, a missing one being a category of its own.
* `gradient_boosting`: histogram-based boosted trees of scikit-learn.
* `catboost`: the boosted trees of arXiv 2403.20252, where the package is installed.
* `svr`: support vector regression, the other baseline of that paper. It predicts a number, so it exists for
  ordered answers only; its point prediction is spread like its errors on the training respondents.

Settings are chosen per question on the validation respondents by NLL (SVR: by squared error). A numeric
question is predicted by band and spread within a band like the training answers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVR

from core.comparison.accuracy import nll
from core.comparison.marginals import INSTALL_CATBOOST, Tables
from core.errors import ModelError
from core.survey.answer_bands import AnswerBands, answer_bands
from core.survey.codebook import Codebook, Item
from core.survey.respondents import SurveyData
from core.survey.shares import effective_base, jeffreys, training_marginals

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse regularisation strengths tried for the logistic regression."""
USUAL_STRENGTH = 0.1
"""Used when no validation respondent answered."""
ROUNDS, USUAL_ROUNDS = 60, 20
"""Most boosting rounds, and the number used when no validation respondent answered."""
SVR_STRENGTHS = (0.1, 1.0)


def one_hot(profiles: pd.DataFrame, codebook: Codebook) -> np.ndarray:
    """One-hot design, shape (n, p): a column per demographic category and one per demographic for "missing".

    Values that are not in the codebook count as missing.
    """
    blocks = []
    for demographic in codebook.demographics:
        codes = pd.Index(demographic.options).get_indexer(pd.Index(profiles[demographic.column]))
        # (n, categories + 1): the last column is "missing", whose code is -1
        blocks.append(codes[:, None] == np.r_[np.arange(len(demographic.options)), -1])
    if not blocks:
        return np.zeros((len(profiles), 0))
    return np.concatenate(blocks, axis=1).astype(float)


def ordinal_codes(profiles: pd.DataFrame, codebook: Codebook) -> np.ndarray:
    """Position of each demographic category in the codebook, NaN for missing, shape (n, demographics)."""
    columns = [
        pd.Index(d.options).get_indexer(pd.Index(profiles[d.column])).astype(float)
        for d in codebook.demographics
    ]
    table = np.stack(columns, axis=1) if columns else np.zeros((len(profiles), 0))
    return np.where(table < 0, np.nan, table)


@dataclass(frozen=True)
class _Problem:
    """Problem of predicting one item: training and validation rows with their answers, and who is asked.

    Attributes
    ----------
    item, bands
        The item, and the bands of its answers that are predicted.
    marginals, base
        Training marginals, shape (K,), and the effective base behind them.
    x, y, weights
        Training respondents who answered: design (n, p), answers (n,) and survey weights (n,).
    check_x, check_y, check_weights
        Validation respondents likewise; possibly none.
    asked
        Design of the people to predict, (n_people, p).
    """

    item: Item
    bands: AnswerBands
    marginals: np.ndarray
    base: float
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    check_x: np.ndarray
    check_y: np.ndarray
    check_weights: np.ndarray
    asked: np.ndarray

    @property
    def targets(self) -> np.ndarray:
        """Band of each training answer."""
        return self.bands.band_of[self.y]

    @property
    def varies(self) -> bool:
        """Whether there is anything to learn."""
        return len(np.unique(self.targets)) > 1 and self.x.shape[1] > 0

    def spread(self, classes: np.ndarray, probability: np.ndarray) -> np.ndarray:
        """Log-probabilities of every answer from those of the bands that occur, shape (n, K)."""
        # classes that never occurred in training get 0 here and a little by the smoothing: (n, B)
        bands = np.zeros((len(probability), len(self.bands.labels)))
        bands[:, np.asarray(classes, dtype=int)] = probability
        bands = jeffreys(bands, self.base)
        # share of each answer within its band, as among the training answers, (K,)
        within = self.marginals / self.bands.sum(self.marginals)[self.bands.band_of]
        return np.log(bands[:, self.bands.band_of] * within)

    def loss(self, logprob: np.ndarray) -> float:
        """NLL of the validation answers."""
        return nll(logprob, self.check_y, self.check_weights)


def fit(
    name: str,
    train: SurveyData,
    validation: SurveyData,
    profiles: pd.DataFrame,
    on_item: Callable[[int], None],
) -> Tables:
    """Fit one of the baselines of this module to every question it can predict.

    Parameters
    ----------
    name
        "logistic_regression", "gradient_boosting", "catboost" or "svr".
    train, validation, profiles
        As for `core.comparison.baselines.fit_baselines`.
    on_item
        Called with the number of items done.
    """
    predict = {
        "logistic_regression": _logistic,
        "gradient_boosting": _boosting,
        "catboost": _catboost,
        "svr": _svr,
    }[name]
    encode = one_hot if name in ("logistic_regression", "svr") else ordinal_codes
    designs = [encode(p, train.codebook) for p in (train.profiles, validation.profiles, profiles)]
    found = {}
    for done, item in enumerate(train.items, start=1):
        if name != "svr" or item.is_ordered:
            problem = _problem(item, train, validation, designs)
            found[item.key] = (
                predict(problem, train.codebook)
                if problem.varies
                else np.tile(np.log(problem.marginals), (len(profiles), 1))
            )
        on_item(done)
    return found


def _problem(item: Item, train: SurveyData, validation: SurveyData, designs: list[np.ndarray]) -> _Problem:
    """Regression problem of one item; `designs` are of training, validation and the people asked."""
    learn, check, asked = designs
    answers, seen = train.answers[item.key].to_numpy(), validation.answers[item.key].to_numpy()
    rows, checked = (answers >= 0) & (train.weights > 0), (seen >= 0) & (validation.weights > 0)
    # a column that never varies among the training respondents cannot be learned from
    # mask of usable columns, (p,)
    occurs = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in learn[rows].T], dtype=bool)
    return _Problem(
        item=item,
        bands=answer_bands(item),
        marginals=training_marginals(train, item),
        base=effective_base(train.weights[rows]),
        x=learn[rows][:, occurs],
        y=answers[rows],
        weights=train.weights[rows],
        check_x=check[checked][:, occurs],
        check_y=seen[checked],
        check_weights=validation.weights[checked],
        asked=asked[:, occurs],
    )


def _logistic(problem: _Problem, _: Codebook) -> np.ndarray:
    """Log-probabilities (n_people, K) of the logistic regression whose strength fits validation best."""

    def fits(strengths: tuple[float, ...]) -> Iterator[LogisticRegression]:
        for strength in strengths:
            model = LogisticRegression(C=strength, solver="newton-cholesky")
            yield model.fit(problem.x, problem.targets, sample_weight=problem.weights)

    def read(model: LogisticRegression, x: np.ndarray) -> np.ndarray:
        return problem.spread(model.classes_, model.predict_proba(x))

    if not len(problem.check_y):
        return read(next(fits((USUAL_STRENGTH,))), problem.asked)
    best, chosen = np.inf, None
    for model in fits(STRENGTHS):
        loss = problem.loss(read(model, problem.check_x))
        if loss > best:  # the loss falls and then rises along the strengths
            break
        best, chosen = loss, model
    return read(chosen, problem.asked)


def _boosting(problem: _Problem, _: Codebook) -> np.ndarray:
    """Log-probabilities (n_people, K) of boosted trees, stopped at the round that fits validation best."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=ROUNDS,
        max_leaf_nodes=6,
        min_samples_leaf=20,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    ).fit(problem.x, problem.targets, sample_weight=problem.weights)

    def read(x: np.ndarray) -> Iterator[np.ndarray]:
        return (problem.spread(model.classes_, p) for p in model.staged_predict_proba(x))

    # one model of all rounds is read after each of them, instead of being fitted again
    rounds = USUAL_ROUNDS
    if len(problem.check_y):
        rounds = 1 + int(np.argmin([problem.loss(table) for table in read(problem.check_x)]))
    return next(table for i, table in enumerate(read(problem.asked), start=1) if i == rounds)


def _catboost(problem: _Problem, _: Codebook) -> np.ndarray:
    """Log-probabilities (n_people, K) of CatBoost, rounds chosen as in `_boosting`."""
    try:
        from catboost import CatBoostClassifier, Pool
    except ImportError as error:
        raise ModelError("CatBoost is not installed.", where="baselines", fix=INSTALL_CATBOOST) from error

    # CatBoost takes categories as text; "-1" is the category "missing"
    def text(x: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(x), -1, x).astype(int).astype(str)

    every = list(range(problem.x.shape[1]))
    model = CatBoostClassifier(
        iterations=3 * ROUNDS,
        depth=4,
        learning_rate=0.05,
        loss_function="MultiClass",
        random_seed=0,
        thread_count=1,
        allow_writing_files=False,
        verbose=False,
    )
    learn = Pool(text(problem.x), problem.targets, cat_features=every, weight=problem.weights)
    model.fit(learn)
    rounds: int = USUAL_ROUNDS
    classes: Any = model.classes_
    if len(problem.check_y):
        staged = model.staged_predict_proba(Pool(text(problem.check_x), cat_features=every))
        rounds = 1 + int(np.argmin([problem.loss(problem.spread(classes, p)) for p in staged]))
    asked = Pool(text(problem.asked), cat_features=every)
    return problem.spread(classes, model.predict_proba(asked, ntree_end=rounds))


def _svr(problem: _Problem, _: Codebook) -> np.ndarray:
    """Log-probabilities (n_people, K): a number predicted by SVR, spread like its training errors."""
    codes = problem.item.value_array
    scale = np.flatnonzero(np.isfinite(codes))  # (S,) positions of the answers that are numbers
    learn, check = np.isfinite(codes[problem.y]), np.isfinite(codes[problem.check_y])
    y, weights = codes[problem.y[learn]], problem.weights[learn]
    everybody = np.tile(np.log(problem.marginals), (len(problem.asked), 1))
    if len(np.unique(y)) < 2:
        return everybody
    # targets as shares of the scale's length, so that one epsilon and strength suit every scale
    length = codes[scale[-1]] - codes[scale[0]]
    fits = [
        SVR(C=strength, epsilon=0.05).fit(problem.x[learn], y / length, sample_weight=weights)
        for strength in (SVR_STRENGTHS if check.any() else SVR_STRENGTHS[-1:])
    ]
    if check.any():
        said = codes[problem.check_y[check]] / length
        miss = [
            np.average((m.predict(problem.check_x[check]) - said) ** 2, weights=problem.check_weights[check])
            for m in fits
        ]
        fits = [fits[int(np.argmin(miss))]]
    # predicted number of each person asked, (n_people,), and the errors on the training respondents, (n,)
    guess, errors = length * fits[0].predict(problem.asked), y - length * fits[0].predict(problem.x[learn])
    on_scale = _smeared(guess, errors, weights, codes[scale])
    # answers off the scale keep their training share; the scale shares out the rest
    table = np.exp(everybody)
    table[:, scale] = on_scale * table[:, scale].sum(axis=1, keepdims=True)
    return np.log(jeffreys(table, problem.base))


def _smeared(guess: np.ndarray, errors: np.ndarray, weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Probability of each value when the errors are added to a guess and the sum is rounded, (n, S)."""
    middles = (values[1:] + values[:-1]) / 2  # (S - 1,) where rounding changes from one value to the next
    # weighted empirical distribution of the errors, (errors + 1,)
    order = np.argsort(errors)
    reached = np.r_[0.0, np.cumsum(weights[order])] / weights.sum()
    # probability that guess + error stays below each middle, (n, S - 1)
    below = reached[np.searchsorted(errors[order], middles[None, :] - guess[:, None])]
    return np.diff(below, axis=1, prepend=0.0, append=1.0)
