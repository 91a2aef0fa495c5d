"""Use cases of the demographic sliders on the results page: scored profiles reweighted to other marginals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.job import BASE_MODEL
from core.comparison.sweep import QuestionSweep, Sweep, population_sweep
from core.errors import MarginalsError
from core.jobs.process import find_job
from core.population.marginals import Marginals, survey_marginals
from core.population.mix import Mix, mix
from core.results.results import Results
from core.store.workspace import Workspace


@dataclass(frozen=True)
class MixedResults:
    """A simulation with its scored profiles reweighted; nothing is scored anew.

    Attributes
    ----------
    results
        The simulation.
    mix
        Weights of its profiles for the targets asked for.
    seconds_per_profile
        Seconds that scoring one profile took in that simulation.
    """

    results: Results
    mix: Mix
    seconds_per_profile: float

    @property
    def seconds(self) -> float:
        """Estimated seconds to score the profiles of the mix that are not scored yet."""
        return self.mix.seconds(self.seconds_per_profile)

    def question(self, column: str) -> tuple[QuestionSweep, Sweep]:
        """Sweep of one question: simulated shares at every temperature beside the survey's weighted shares.

        Returns
        -------
        tuple of QuestionSweep and Sweep
            The question, and the sweep it is the only question of (for its temperatures).

        Raises
        ------
        MarginalsError
            If the scored profiles cannot meet the targets.
        """
        if self.mix.weights is None:
            raise self.mix.problem or MarginalsError("The mix cannot be reached.")
        used = np.flatnonzero(self.mix.weights)  # profiles that get a weight at all
        keys = {item.key for item in self.results.everyone.codebook.question(column).items}

        def of(tables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            # item -> (n_used, K) log-probabilities, of this question's items alone
            return {key: table[used] for key, table in tables.items() if key in keys}

        swept = population_sweep(
            self.results.everyone,
            of(self.results.scored.tuned.logprob),
            {n: of(s.logprob) for n, s in self.results.others.items() if n != BASE_MODEL},
            self.results.fitted_temperature,
            self.mix.weights[used],
        )
        return swept.questions[0], swept


def starting_marginals(results: Results) -> Marginals:
    """Marginals the sliders start at: of the simulated population, else the survey's weighted ones."""
    found = results.population_figures
    if found is None:
        return survey_marginals(results.everyone)
    known = results.everyone.profiles.columns
    shares = {column: of for column, of in found.achieved_shares.items() if column in known}
    return Marginals({c: {o: s / sum(t.values()) for o, s in t.items()} for c, t in shares.items()})


def reweight(ws: Workspace, results: Results, marginals: Marginals) -> MixedResults:
    """Reweight the scored profiles of a simulation to these marginals.

    Raises
    ------
    CodebookError
        If a demographic is unknown.
    MarginalsError
        If a category is unknown. Targets the scored profiles cannot meet are no error here:
        they are the mix' `problem`.
    """
    scored = results.scored
    # (n_profiles,) design weights: synthetic people per profile, else weighted respondents per profile
    if scored.people_profile is not None:
        people = np.bincount(scored.people_profile, minlength=len(scored.profiles)).astype(float)
    else:
        people = np.bincount(scored.respondent_profile, scored.data.weights, minlength=len(scored.profiles))
    seed = results.population.seed if results.population else 0
    took = find_job(ws.jobs_folder, results.simulation.id).result()
    profiles = took["answers"] / len(results.everyone.items)  # scored ones, also with the base model
    found = mix(scored.profiles, people, results.everyone, marginals, seed)
    return MixedResults(results, found, took["seconds"] / profiles)
