"""Benchmark of populations: a million people from twelve demographics, and raking a large survey.

The survey is generated: demographics that are associated through a latent class, with design weights. Memory
is the growth of the process' peak while the population is built.
"""

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.models.machine import peak_memory
from core.population.building import build_population
from core.population.marginals import Marginals, survey_marginals
from core.population.plan import PopulationPlan
from core.population.raking import rake
from core.survey.codebook import Codebook, Demographic
from core.survey.respondents import SurveyData

CATEGORIES, CLASSES = 5, 4


@dataclass(frozen=True)
class PopulationBench:
    """Result of one run: seconds, and megabytes above the earlier peak of the process."""

    people: int
    demographics: int
    respondents: int
    build_seconds: float
    build_megabytes: float
    worst_margin_error: float
    raked_respondents: int
    margins: int
    rake_seconds: float
    rake_rounds: int


def bench_population(
    people: int = 1_000_000,
    demographics: int = 12,
    respondents: int = 5_000,
    raked: int = 100_000,
    margins: int = 8,
    seed: int = 0,
) -> PopulationBench:
    """Times of building a population and of raking, both to targets that differ from the survey.

    Parameters
    ----------
    people, demographics, respondents
        Size of the population, and of the survey it is built from.
    raked, margins
        Size of the survey that is only raked.
    """
    rng = np.random.default_rng(seed)
    survey = _survey(respondents, demographics, rng)
    asked = _moved(survey_marginals(survey), rng)
    before, started = peak_memory(), time.perf_counter()
    built = build_population(survey, PopulationPlan(asked, people, seed))
    build_seconds, megabytes = time.perf_counter() - started, (peak_memory() - before) / 1e6
    large = _survey(raked, margins, rng)
    asked = _moved(survey_marginals(large), rng)
    started = time.perf_counter()
    found = rake(large.profiles, large.weights, asked)
    return PopulationBench(
        people,
        demographics,
        respondents,
        build_seconds,
        megabytes,
        built.figures.worst_margin_error,
        raked,
        margins,
        time.perf_counter() - started,
        found.rounds,
    )


def _survey(n: int, demographics: int, rng: np.random.Generator) -> SurveyData:
    hidden = rng.integers(0, CLASSES, n)
    options = tuple(f"category {i + 1}" for i in range(CATEGORIES))
    columns = {}
    for i in range(demographics):
        shares = rng.dirichlet(np.full(CATEGORIES, 2.0), CLASSES).cumsum(axis=1)
        codes = (rng.random((n, 1)) > shares[hidden]).sum(axis=1).clip(0, CATEGORIES - 1)
        columns[f"d{i + 1}"] = np.array(options, dtype=object)[codes]
    book = Codebook("Generated", tuple(Demographic(c, c, options) for c in columns), ())
    weights = rng.gamma(4, 0.25, n)
    return SurveyData(
        book,
        np.arange(n).astype(str).astype(object),
        pd.DataFrame(columns, dtype="str"),
        pd.DataFrame(index=range(n)),
        weights / weights.mean(),
        np.full(n, "train", dtype=object),
    )


def _moved(own: Marginals, rng: np.random.Generator) -> Marginals:
    """Targets a fifth of the way from the survey's own marginals to random ones."""
    shares = {}
    for column, targets in own.shares.items():
        other = rng.dirichlet(np.full(len(targets), 5.0))
        shares[column] = {
            o: 0.8 * s + 0.2 * float(x) for (o, s), x in zip(targets.items(), other, strict=True)
        }
    return Marginals(shares)
