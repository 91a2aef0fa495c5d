"""Use cases of the demographic sliders of the results page: a simulation for another mix of people."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.comparison.job import UNTUNED
from core.comparison.sweep import QuestionSweep, Sweep, population_sweep
from core.errors import MarginalsError
from core.jobs.process import find_job
from core.population.marginals import Marginals, survey_marginals
from core.population.mix import Mix, mix
from core.results.results import Results
from core.store.workspace import Workspace


@dataclass(frozen=True)
class MixedResults:
    """A simulation's answers for another mix of the people it scored; nothing is simulated anew."""

    results: Results
    mix: Mix
    seconds_per_profile: float

    @property
    def seconds(self) -> float:
        """About how long scoring the profiles that are not scored yet would take, from the last time."""
        return self.mix.seconds(self.seconds_per_profile)

    def question(self, column: str) -> tuple[QuestionSweep, Sweep]:
        """One question's shares at every temperature, beside the survey's weighted ones.

        Raises
        ------
        MarginalsError
            The mix' problem, if the scored profiles cannot meet the targets.
        """
        if self.mix.weights is None:
            raise self.mix.problem or MarginalsError("The mix cannot be reached.")
        used = np.flatnonzero(self.mix.weights)
        keys = {item.key for item in self.results.everyone.codebook.question(column).items}

        def of(tables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
            return {key: table[used] for key, table in tables.items() if key in keys}

        swept = population_sweep(
            self.results.everyone,
            of(self.results.scored.tuned.logprob),
            {n: of(s.logprob) for n, s in self.results.others.items() if n != UNTUNED},
            self.results.fitted_temperature,
            self.mix.weights[used],
        )
        return swept.questions[0], swept


def starting_marginals(results: Results) -> Marginals:
    """Where the sliders start: the shares of the simulated population, or of the survey."""
    found = results.population_figures
    if found is None:
        return survey_marginals(results.everyone)
    known = results.everyone.profiles.columns
    shares = {column: of for column, of in found.achieved_shares.items() if column in known}
    return Marginals({c: {o: s / sum(t.values()) for o, s in t.items()} for c, t in shares.items()})


def reweight(ws: Workspace, results: Results, marginals: Marginals) -> MixedResults:
    """The same scores for people with these marginals.

    Raises
    ------
    MarginalsError
        If a demographic or category is unknown. Targets the scored profiles cannot meet are no error here:
        they are the mix' `problem`.
    """
    scored = results.scored
    if scored.people_cells is not None:
        people = np.bincount(scored.people_cells, minlength=len(scored.cells)).astype(float)
    else:
        people = np.bincount(scored.respondent_cells, scored.data.weights, minlength=len(scored.cells))
    seed = results.population.seed if results.population else 0
    took = find_job(ws.jobs_folder, results.simulation.id).result()
    profiles = took["answers"] / len(results.everyone.items)
    found = mix(scored.cells, people, results.everyone, marginals, seed)
    return MixedResults(results, found, took["seconds"] / profiles)
