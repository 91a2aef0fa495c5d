"""Synthetic answers of a simulated population, drawn from the simulated probabilities."""

import numpy as np

from core.errors import JobError
from core.results.results import Results
from core.simulation.draws import SyntheticAnswers, draw_answers


def synthetic_answers(results: Results, seed: int = 0) -> SyntheticAnswers:
    """Synthetic answers: one drawn answer per question for every person of the population.

    Raises
    ------
    JobError
        If no population was simulated: answers of the held-out respondents would be rows of real people.
    """
    people, profile_of = results.scored.people, results.scored.people_profile
    if people is None or profile_of is None:
        raise JobError(
            "This simulation has no population, so there are no synthetic people.",
            where=results.simulation.id,
            fix="Build a population and simulate it.",
        )
    ids = np.array([f"synthetic-{i}" for i in range(1, len(people) + 1)], dtype=object)
    answers = draw_answers(results.scored.tuned.logprob, profile_of, results.temperature, seed)
    return SyntheticAnswers(results.everyone.codebook, ids, people, answers)
