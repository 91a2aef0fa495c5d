"""Synthetic answers: one per person and item, drawn from the simulated probabilities.

For data files that other programs analyse. Shares of drawn answers scatter around the exact ones, which is
why no table or chart here is made from them. Given the profile, answers are drawn independently of each
other, so associations between questions beyond what the demographics explain are not in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.models.temperature import temper
from core.survey.codebook import Codebook


@dataclass(frozen=True)
class SyntheticAnswers:
    """Drawn answers of n people, with what they mean.

    Attributes
    ----------
    codebook
        Demographics, questions and legal answers.
    ids
        Shape (n,), identifiers of the people as text.
    profiles
        Data frame (n rows, one text column per demographic).
    answers
        Item key -> shape (n,), index into `Item.answers`.
    """

    codebook: Codebook
    ids: np.ndarray
    profiles: pd.DataFrame
    answers: Mapping[str, np.ndarray]


def draw_answers(
    logprob: Mapping[str, np.ndarray], profile_of: np.ndarray, temperature: float, seed: int = 0
) -> dict[str, np.ndarray]:
    """Indices of one drawn answer per person and item.

    Parameters
    ----------
    logprob
        Item key -> shape (n_profiles, K), natural log, at temperature 1.
    profile_of
        Shape (n,), position of each person's profile.
    temperature
        Above 0; the one that answers are drawn at.
    seed
        The same seed draws the same answers.

    Returns
    -------
    dict
        Item key -> shape (n,), int16, index into `Item.answers`.

    Examples
    --------
    >>> table = {"tea": np.log([[1.0, 1e-300], [1e-300, 1.0]])}
    >>> draw_answers(table, np.array([0, 0, 1]), temperature=1.0)["tea"].tolist()
    [0, 0, 1]
    """
    rng = np.random.default_rng(seed)
    drawn = {}
    for key, table in logprob.items():
        # (n_profiles, K - 1) upper ends of the answers' intervals in [0, 1]; the last one takes the rest, so
        # that a sum rounded to below 1 cannot leave a draw without an answer
        ends = np.exp(temper(table, temperature)).cumsum(axis=1)[:, :-1]
        # inverse of the distribution function: the answer's index is the number of ends below a uniform draw
        drawn[key] = (rng.random(len(profile_of))[:, None] > ends[profile_of]).sum(axis=1).astype(np.int16)
    return drawn
