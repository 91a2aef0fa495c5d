"""Toplines and banner tables of a finished simulation: which, and whose answers stand beside whose."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.comparison.banner import Banner, SimulatedPeople, banner
from core.comparison.significance import Correction
from core.errors import JobError
from core.results.results import Results


class Whose(StrEnum):
    """Whose simulated answers a table shows."""

    RESPONDENTS = "respondents"
    POPULATION = "population"


@dataclass(frozen=True)
class TableChoice:
    """Choice of the tables to make.

    Attributes
    ----------
    by
        Columns of the demographics of the banner; none for toplines only.
    whose
        Held-out respondents stand beside their own real answers, a population beside all respondents.
    correction
        How significance letters allow for testing many pairs of columns.
    tested
        Whether to give letters and margins of error; None: unless the survey is generated.
    """

    by: tuple[str, ...] = ()
    whose: Whose = Whose.RESPONDENTS
    correction: Correction = Correction.NONE
    tested: bool | None = None


TOPLINES = TableChoice()
"""Toplines of the held-out respondents, no demographics."""


def results_banner(results: Results, choice: TableChoice = TOPLINES) -> Banner:
    """Toplines or banner tables of every simulated question.

    Raises
    ------
    JobError
        If tables of a population are asked for and none was simulated.
    CodebookError
        If the survey has no such demographic.
    """
    if choice.whose is Whose.POPULATION:
        real, people = results.everyone, _population(results)
    else:
        real, profiles = results.real, results.real.profiles
        people = SimulatedPeople(profiles, results.model, real.weights, np.ones(len(real)), respondents=True)
    return banner(real, people, choice.by, results.temperature, choice.correction, choice.tested)


def _population(results: Results) -> SimulatedPeople:
    """Population's distinct profiles with the number of people of each."""
    scored = results.scored
    if scored.people_profile is None:
        raise JobError(
            "This simulation has no population.",
            where=results.simulation.id,
            fix="Use the held-out respondents, or simulate a population.",
        )
    profile, counts = np.unique(scored.people_profile, return_counts=True)
    profiles = scored.profiles.iloc[profile].reset_index(drop=True)
    return SimulatedPeople(profiles, scored.tuned.of(profile), counts.astype(float), counts.astype(float))
