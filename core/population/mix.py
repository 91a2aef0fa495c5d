"""Mixes: other targets for a simulation without asking the model again, by reweighting scored profiles.

An answer's probability belongs to a profile; a population only says how many people have each. So other
demographic targets are met by raking the profiles that are already scored, and every simulated share follows
by arithmetic. Only profiles of the survey that the new targets give weight to and that were never scored need
the model; how many those are, and how much of the population, is said beside the result.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.diagnosis import feasibility
from core.population.marginals import Marginals
from core.population.raking import rake
from core.population.screening import Screener
from core.population.starting_sample import starting_sample
from core.simulation.scores import distinct_profiles
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class Mix:
    """Weights for scored profiles, and what they leave out.

    Attributes
    ----------
    weights
        Shape (n_profiles,), share of people with each scored profile, adds up to 1; None if the scored
        profiles cannot meet the targets, and then `problem` says why.
    problem
        Why not, else None.
    efficiency
        Weighting efficiency over the people that were simulated, 0 to 1.
    unseen
        Distinct profiles of the survey that the targets give weight to and that are not scored.
    unseen_share
        Their share of the people when the whole survey is raked to the targets, 0 to 1.
    """

    weights: np.ndarray | None
    problem: MarginalsError | None
    efficiency: float
    unseen: pd.DataFrame
    unseen_share: float

    @property
    def verdict(self) -> str:
        """Good, fair, poor or impossible: how far the simulated people are stretched."""
        return str(feasibility(self.efficiency, np.inf)) if self.weights is not None else "impossible"

    def seconds(self, per_profile: float) -> float:
        """Time to score the unseen profiles, given the time one profile took."""
        return len(self.unseen) * per_profile


def mix(
    profiles: pd.DataFrame, people: np.ndarray, data: SurveyData, marginals: Marginals, seed: int = 0
) -> Mix:
    """Weights of scored profiles under which they meet new targets.

    Parameters
    ----------
    profiles
        Distinct scored profiles, one text column per demographic.
    people
        Shape (n_profiles,), how many people (or how much weight) each profile stood for in the simulation.
    data
        The whole survey, to find profiles that are not scored.
    marginals
        The new targets; demographics without one follow the simulated people.
    seed
        Of the filling of gaps, as when the population was built.

    Raises
    ------
    CodebookError
        If a demographic is unknown.
    MarginalsError
        If a category is unknown.
    """
    marginals = marginals.checked(data.codebook)
    unseen, share = _unseen(profiles[people > 0], data, marginals, seed)
    try:
        raked = rake(profiles, people, marginals)
    except MarginalsError as error:
        return Mix(None, error, 0.0, unseen, share)
    weights = raked.weights / raked.weights.sum()
    used = people > 0
    # people with the same profile share its weight: sum over people of (w / n)^2 n
    efficiency = 1 / float((np.square(weights[used]) / people[used]).sum() * people.sum())
    return Mix(weights, None, efficiency, unseen, share)


def _unseen(
    scored: pd.DataFrame, data: SurveyData, marginals: Marginals, seed: int
) -> tuple[pd.DataFrame, float]:
    """Profiles of the raked survey that are not among the scored ones, and their share of the weight."""
    sample = starting_sample(data, marginals.columns, Screener(), 0.0, np.random.default_rng(seed))
    try:
        weights = rake(sample.profiles, sample.weights, marginals).weights
    except MarginalsError:
        weights = sample.weights  # nobody can meet the targets; which profiles are scored is still a fact
    columns = list(data.profiles.columns)
    # number the distinct profiles of both lists alike: which are scored, and where each respondent's is
    both = pd.concat([scored[columns], sample.profiles[columns]], ignore_index=True)
    every, profile_of = distinct_profiles(both)
    is_scored = np.zeros(len(every), dtype=bool)
    is_scored[profile_of[: len(scored)]] = True
    place = profile_of[len(scored) :]
    totals = np.bincount(place, weights, minlength=len(every))
    new = np.flatnonzero(~is_scored & (totals > 0))
    return every.iloc[new].reset_index(drop=True), float(totals[new].sum() / totals.sum())
