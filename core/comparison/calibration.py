"""Calibration curve: how many of the answers that had a probability of about p were really given.

Every respondent contributes one pair per legal answer: its probability and whether it was the answer given.
The curve is a picture only: a model that gives everybody the toplines is perfectly calibrated, so models are
chosen on NLL or RPS (Gneiting, Balabdaoui & Raftery 2007, doi:10.1111/j.1467-9868.2007.00587.x).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.comparison import HEADLINE_TYPES
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, Z_95

BINS = 10


@dataclass(frozen=True)
class CalibrationBin:
    """Pairs of respondent and answer with similar probabilities.

    Attributes
    ----------
    predicted, observed
        Weighted mean probability, and weighted share that was really given, 0 to 1.
    margin
        Half-width of the 95 % interval of `observed`; answers of one respondent count as one cluster.
    pairs, respondents
        How many pairs and how many different respondents are in the bin.
    """

    predicted: float
    observed: float
    margin: float
    pairs: int
    respondents: int


def calibration(
    real: SurveyData, probability: Mapping[str, np.ndarray], n_bins: int = BINS
) -> list[CalibrationBin]:
    """Reliability curve, pooled over the single-choice and scale questions (all, if there are neither).

    Parameters
    ----------
    real
        The n respondents compared with.
    probability
        Item key -> (n, K), as read at the temperature of the page.
    n_bins
        Bins of equal width between 0 and 1.

    Returns
    -------
    list of CalibrationBin
        By rising probability; bins with fewer than 30 respondents are left out.
    """
    items = [item for item in real.items if item.key in probability]
    items = [item for item in items if item.type in HEADLINE_TYPES] or items
    person, predicted, given = [], [], []
    for item in items:
        said = real.answers[item.key].to_numpy()
        rows = np.flatnonzero((said >= 0) & (real.weights > 0))
        # one pair per respondent and legal answer, (m * K,): who, its probability, whether it was given
        table = probability[item.key][rows]
        person.append(np.repeat(rows, table.shape[1]))
        predicted.append(table.ravel())
        given.append((said[rows, None] == np.arange(table.shape[1])).ravel())
    if not items:
        return []
    who, p, y = (np.concatenate(parts) for parts in (person, predicted, given))
    # bin of each pair; a probability of 1 belongs to the last
    place = np.minimum((p * n_bins).astype(int), n_bins - 1)
    bins = (_bin(who[place == b], p[place == b], y[place == b], real.weights) for b in range(n_bins))
    return [found for found in bins if found.respondents >= SMALL_BASE]


def _bin(who: np.ndarray, p: np.ndarray, y: np.ndarray, weights: np.ndarray) -> CalibrationBin:
    """Bin of these pairs; `who` are positions in `weights`, which is of respondents."""
    people = len(np.unique(who))
    if not people:
        return CalibrationBin(0.0, 0.0, 0.0, 0, 0)
    w = weights[who]
    observed = float(np.average(y, weights=w))
    # linearised ratio with respondents as clusters: one residual sum per respondent
    residual = np.bincount(who, weights=w * (y - observed))
    error = float(np.sqrt((residual**2).sum()) / w.sum())
    return CalibrationBin(float(np.average(p, weights=w)), observed, Z_95 * error, len(p), people)
