"""Detectability: whether a classifier can distinguish simulated respondents from real ones.

Every real respondent gets a matched simulated one: the same demographics, the same questions asked, and one
answer drawn per question. A boosted-tree classifier is trained to distinguish the two and tested on people it
has not seen (a respondent and their match always in the same fold). AUC 0.5 means it cannot; 1 that it always
can. The questions it relies on are the informative ones: they give the simulation away.

Sources: propensity score mean-squared error, Snoke et al. (2018), doi:10.1111/rssa.12358.
"""

from collections.abc import Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from core.comparison.regressors import ordinal_codes
from core.comparison.structure_figures import Detectability, InformativeQuestion
from core.survey.codebook import Item
from core.survey.respondents import SurveyData

FOLDS = 5
HIDDEN = 0.55
"""Up to this AUC nothing gives a simulation away."""
MOST_INFORMATIVE = 3
"""Most informative questions that are named."""


def draw_matched(
    real: SurveyData, items: list[Item], probability: Mapping[str, np.ndarray], seed: int
) -> dict[str, np.ndarray]:
    """Drawn answers of every respondent, independent given the profile: item key -> index, shape (n,)."""
    # inverse transform: the answer is the number of cumulated probabilities, (n, K - 1), below a uniform
    rng = np.random.default_rng(seed)
    return {
        item.key: (np.cumsum(probability[item.key], axis=1)[:, :-1] < rng.random((len(real), 1))).sum(axis=1)
        for item in items
    }


def detectability(
    real: SurveyData, items: list[Item], simulated: Mapping[str, np.ndarray], seed: int = 0
) -> Detectability:
    """Cross-validated AUC and pMSE of distinguishing simulated from real respondents.

    Parameters
    ----------
    real
        The n respondents.
    items
        Items asked.
    simulated
        Item key -> (n,) simulated answers of the same people, see `draw_matched`.
    seed
        Of the folds and the classifier.
    """
    # answers given and drawn, both (n, items), NaN where the respondent did not answer
    said = np.stack([_asked(real, item, real.answers[item.key].to_numpy()) for item in items], axis=1)
    drawn = np.stack([_asked(real, item, simulated[item.key]) for item in items], axis=1)
    profile = ordinal_codes(real.profiles, real.codebook)
    # real rows, then simulated ones: x (2n, demographics + items), y 1 for real
    x = np.concatenate([np.concatenate([profile, answers], axis=1) for answers in (said, drawn)])
    y = np.repeat([1, 0], len(real))
    person, weights = np.tile(np.arange(len(real)), 2), np.tile(real.weights, 2)
    # folds split people, in random order, so both rows of a person fall into the same fold
    order = np.random.default_rng(seed).permutation(len(real))
    score, fitted = np.zeros(len(y)), []
    with threadpool_limits(1):
        for learn, check in GroupKFold(FOLDS).split(x, y, order[person]):
            # a column that never varies cannot be split on
            usable = [len(np.unique(column[~np.isnan(column)])) > 1 for column in x[learn].T]
            model = HistGradientBoostingClassifier(
                max_iter=60, max_leaf_nodes=8, min_samples_leaf=10, early_stopping=False, random_state=seed
            ).fit(x[learn][:, usable], y[learn], sample_weight=weights[learn])
            score[check] = model.predict_proba(x[check][:, usable])[:, 1]
            fitted.append((model, np.array(usable), check))
    # every row was scored by the one model that had not seen it, (2n,)
    auc = float(roc_auc_score(y, score, sample_weight=weights))
    return Detectability(
        auc=max(auc, 0.5),
        pmse=float(np.average((score - 0.5) ** 2, weights=weights)),
        telling=_most_informative(items, _auc_lost(fitted, x, y)[profile.shape[1] :]) if auc > HIDDEN else (),
    )


def _auc_lost(
    fitted: list[tuple[HistGradientBoostingClassifier, np.ndarray, np.ndarray]], x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    """AUC lost when a column is shuffled among the rows tested on, mean over folds, shape (columns,)."""
    lost = np.zeros(x.shape[1])
    for model, usable, check in fitted:
        found = permutation_importance(
            model, x[check][:, usable], y[check], scoring="roc_auc", n_repeats=2, random_state=0
        )
        lost[usable] += found.importances_mean / len(fitted)
    return lost


def _asked(real: SurveyData, item: Item, answers: np.ndarray) -> np.ndarray:
    """Answers as numbers, shape (n,), NaN for those who did not answer in reality."""
    return np.where(real.answers[item.key].to_numpy() >= 0, answers, np.nan).astype(float)


def _most_informative(items: list[Item], lost: np.ndarray) -> tuple[InformativeQuestion, ...]:
    """Questions whose items lose the most AUC together; `lost` (items,)."""
    by_question: dict[str, float] = {}
    for item, value in zip(items, lost, strict=True):
        by_question[item.column] = by_question.get(item.column, 0.0) + max(float(value), 0.0)
    ranked = sorted(by_question.items(), key=lambda pair: -pair[1])[:MOST_INFORMATIVE]
    return tuple(InformativeQuestion(column, value) for column, value in ranked if value > 0.005)
