"""Rectified estimates (PPI++): real interviews correct the simulation, which in turn sharpens them.

For each option share or mean, with n real held-out respondents and N simulated people,

    theta = ybar_n + lam (fbar_N - fbar_n),   lam = Cov(Y, f) / (Var(f) (1 + n / N)), kept in [0, 1],

where f is a person's simulated probability (not a draw). It is unbiased whatever the simulation is worth: a
useless one gets lam = 0 and leaves the real estimate. The margin of error comes from the *real* respondents;
from simulated people alone none is given, however many there are. Respondents the model was fine-tuned on are
refused, because the model's errors on them are too small to correct anything.

Source: Angelopoulos, Duchi & Zrnic (2023), "PPI++: Efficient Prediction-Powered Inference", arXiv 2311.01453.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.comparison.measures import rescale
from core.errors import JobError, MarginalsError
from core.population.marginals import Marginals
from core.population.raking import rake
from core.survey.codebook import Item
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, Z_95, ZERO_VARIANCE, effective_base
from core.survey.topline import margin_of_error


@dataclass(frozen=True)
class Estimate:
    """Estimate of a share (0 to 1) or a mean, three ways.

    Attributes
    ----------
    column, answer
        Question and option; `answer` is "mean" for the mean of a scale.
    real, real_margin
        From the held-out respondents alone, with half the width of its 95 % interval; where nobody or
        everybody chose the option, by the rule of three as in toplines.
    simulated
        From the simulated people alone; it has no margin.
    rectified, margin
        Both together.
    lam
        Weight of the simulation, 0 (ignored) to 1.
    n, effective_n
        Effective number of real respondents, and of those that would give the rectified margin alone.
    """

    column: str
    answer: str
    real: float
    real_margin: float
    simulated: float
    rectified: float
    margin: float
    lam: float
    n: float
    effective_n: float


def rectified_mean(
    y: np.ndarray, f: np.ndarray, weights: np.ndarray, f_people: np.ndarray, people: np.ndarray
) -> tuple[float, float, float]:
    """PPI++ estimate of one mean.

    Parameters
    ----------
    y, f
        Shape (n,), real answers of the held-out respondents and what was simulated for them.
    weights
        Shape (n,), survey weights.
    f_people
        Shape (m,), what was simulated for distinct people.
    people
        Shape (m,), how many people each stands for.

    Returns
    -------
    tuple
        Estimate, its standard error, and lam.
    """
    n, size = effective_base(weights), float(people.sum())
    mean_y, mean_f = np.average(y, weights=weights), np.average(f, weights=weights)
    mean_people = np.average(f_people, weights=people)
    variance_people = np.average((f_people - mean_people) ** 2, weights=people)
    variance_f = np.average((f - mean_f) ** 2, weights=weights)
    covariance = np.average((y - mean_y) * (f - mean_f), weights=weights)
    # the weight of the simulation that minimises the variance; 0 if it says the same of everybody
    lam = 0.0
    if variance_f >= ZERO_VARIANCE:
        lam = float(np.clip(covariance / (variance_f * (1 + n / size)), 0, 1))
    # variance over the n respondents of what the simulation leaves unexplained, (n,), and over the people
    left = y - lam * f
    variance = np.average((left - np.average(left, weights=weights)) ** 2, weights=weights) / n
    estimate = mean_y + lam * (mean_people - mean_f)
    return float(estimate), float(np.sqrt(variance + lam**2 * variance_people / size)), lam


def rectify(
    real: SurveyData,
    model: Mapping[str, np.ndarray],
    profiles: pd.DataFrame,
    people: Mapping[str, np.ndarray],
    counts: np.ndarray,
) -> list[Estimate]:
    """Rectified share of every option and mean of every scale, for the simulated people.

    The respondents are first weighted to the people's demographics, so both speak of the same population.

    Parameters
    ----------
    real
        Held-out respondents.
    model, people
        Item key -> probabilities, (n, K) of the respondents and (m, K) of the people's distinct profiles.
    profiles
        Shape (m rows), those profiles.
    counts
        Shape (m,), people of each.

    Raises
    ------
    JobError
        If there are too few respondents, or the model was fine-tuned on some of them.
    """
    _check(real)
    weights = matched_weights(real, profiles, counts)
    found = []
    for item in real.items:
        rows = np.flatnonzero((real.answers[item.key].to_numpy() >= 0) & (weights > 0))
        if item.key in model and effective_base(weights[rows]) >= SMALL_BASE:
            # answers given, one-hot, (rows, K)
            said = np.eye(len(item.answers))[real.answers[item.key].to_numpy()[rows]]
            for answer, y, f, f_people in _targets(item, said, model[item.key][rows], people[item.key]):
                kept = np.isfinite(y)  # a mean leaves out who answered off the scale
                found.append(_estimate(item, answer, y[kept], f[kept], weights[rows][kept], f_people, counts))
    return found


def _check(real: SurveyData) -> None:
    fix = "Simulate the held-out respondents, or interview some people."
    if (real.split == "train").any():
        raise JobError(
            "Respondents who taught the model cannot correct it: it knows their answers.",
            where="rectified estimates",
            got=f"{int((real.split == 'train').sum())} of them",
            fix=fix,
        )
    base = effective_base(real.weights)
    if base < SMALL_BASE:
        raise JobError(
            "A margin of error needs real respondents; simulated people alone give none.",
            where="rectified estimates",
            got=f"effective base {base:.0f}",
            fix=f"At least {SMALL_BASE} held-out respondents are needed. {fix}",
        )


def matched_weights(real: SurveyData, profiles: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Survey weights raked to the people's demographics, shape (n,).

    A demographic with a category that no respondent has cannot be matched and is left as it is.
    """
    targets = {}
    for demographic in real.codebook.demographics:
        column = demographic.column
        # people per category; those of them without the demographic drop out
        shares = pd.Series(counts).groupby(profiles[column].to_numpy(dtype=object)).sum()
        present = set(real.profiles[column].dropna())
        if len(shares) and all(option in present for option in shares.index):
            targets[column] = {str(option): share for option, share in (shares / shares.sum()).items()}
    try:
        return rake(real.profiles, real.weights, Marginals(targets)).weights
    except MarginalsError:  # contradictory in so small a sample: compare as sampled
        return real.weights


def _targets(
    item: Item, said: np.ndarray, model: np.ndarray, people: np.ndarray
) -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Name, real answer, simulated answer and people's simulated answer of everything estimated."""
    # every option, but no single numbers of a numeric item, and of "select all that apply" who selected it
    options = [] if item.type == "numeric" else list(enumerate(item.answers))
    if item.part is not None:
        options = [(item.SELECTED, item.part)]
    found = [(label, said[:, k], model[:, k], people[:, k]) for k, label in options]
    if item.is_ordered:
        scale = np.flatnonzero(np.isfinite(item.value_array))
        values = item.value_array[scale]
        on_scale = said[:, scale].any(axis=1)  # (n,)
        y = np.where(on_scale, said[:, scale] @ values, np.nan)
        means = (rescale(table[:, scale]) @ values for table in (model, people))
        found.append(("mean", y, *means))
    return found


def _estimate(
    item: Item,
    answer: str,
    y: np.ndarray,
    f: np.ndarray,
    weights: np.ndarray,
    f_people: np.ndarray,
    counts: np.ndarray,
) -> Estimate:
    """Estimate of one share or mean, with its margins; arguments as for `rectified_mean`."""
    estimate, error, lam = rectified_mean(y, f, weights, f_people, counts)
    n, mean = effective_base(weights), float(np.average(y, weights=weights))
    # half the interval's width from the real respondents alone
    alone = Z_95 * float(np.sqrt(np.average((y - mean) ** 2, weights=weights) / n))
    margin = Z_95 * error
    if answer != "mean":
        estimate = min(max(estimate, 0.0), 1.0)
        if alone < 1e-9:  # nobody or everybody: there is nothing to estimate an error from
            alone = margin = margin_of_error(mean, n)
    return Estimate(
        column=item.column,
        answer=answer,
        real=mean,
        real_margin=alone,
        simulated=float(np.average(f_people, weights=counts)),
        rectified=estimate,
        margin=margin,
        lam=lam,
        n=n,
        effective_n=n * (alone / margin) ** 2 if margin > 1e-12 else n,
    )
