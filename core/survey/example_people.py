"""The generated people of the example survey: demographics with known joint probabilities.

Nobody here is real. Each demographic is drawn given those before it, from a multinomial logit whose
utilities add up: base + one row per earlier demographic. The product of these is the exact probability
of any complete profile, which is what makes the truth of the example computable. The sample is
selected unevenly by age and education, and the weight undoes exactly that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import log_softmax

from core.survey.codebook import Demographic


@dataclass(frozen=True)
class DemographicModel:
    """Multinomial logit of one demographic given the earlier ones.

    Attributes
    ----------
    base
        Utility of each option, (K,).
    given
        Earlier column -> matrix (its options, K) added to `base`.
    """

    demographic: Demographic
    base: tuple[float, ...]
    given: Mapping[str, tuple[tuple[float, ...], ...]] = field(default_factory=dict)


def _field(column: str, label: str, options: str, ordinal: bool = False, unsure: str = "") -> Demographic:
    labels = tuple(options.split("|"))
    return Demographic(column, label, labels, ordinal, (unsure,) if unsure else ())


DEMOGRAPHIC_MODELS: tuple[DemographicModel, ...] = (
    DemographicModel(
        _field("age", "Age", "18-29|30-44|45-59|60-74|75 and over", ordinal=True),
        (-0.1, 0.2, 0.2, 0.1, -0.7),
    ),
    DemographicModel(
        _field("gender", "Gender", "Woman|Man"),
        (0.0, 0.0),
        {"age": ((0, 0.05), (0, 0), (0, 0), (0, -0.1), (0, -0.35))},
    ),
    DemographicModel(
        _field("region", "Region", "North|East|South|West"),
        (0.0, -0.3, 0.3, 0.2),
    ),
    DemographicModel(
        _field("area", "Where do you live?", "City|Suburb|Small town|Countryside"),
        (0.3, 0.1, 0.0, -0.4),
        {
            "age": ((0.6, 0, -0.2, -0.4), (0.1, 0.2, 0, 0), (-0.2, 0.2, 0.1, 0.2), (-0.4, 0, 0.2, 0.3),
                    (-0.4, 0, 0.3, 0.2)),
            "region": ((0, 0, 0, 0.3), (-0.4, -0.2, 0.2, 0.5), (0, 0, 0, 0), (0.4, 0.3, 0, -0.4)),
        },
    ),
    DemographicModel(
        _field("education", "Highest education",
               "Lower secondary|Vocational training|Upper secondary|University degree", ordinal=True),
        (-0.5, 0.4, 0.0, 0.2),
        {
            "age": ((-0.5, -0.4, 0.6, 0.2), (-0.4, 0, 0, 0.5), (-0.1, 0.3, 0, 0), (0.5, 0.3, -0.3, -0.3),
                    (1.0, 0.2, -0.5, -0.8)),
            "area": ((-0.1, -0.3, 0.1, 0.5), (0, 0, 0, 0.2), (0, 0.1, 0, -0.2), (0.2, 0.3, -0.1, -0.5)),
        },
    ),
    DemographicModel(
        _field("income", "Monthly household income after tax",
               "Under €1,500|€1,500 to €2,499|€2,500 to €3,999|€4,000 to €5,999|€6,000 and over|"
               "Prefer not to say", ordinal=True, unsure="Prefer not to say"),
        (-0.2, 0.3, 0.5, 0.0, -0.8, -1.0),
        {
            "age": ((0.9, 0.4, -0.2, -0.8, -1.2, -0.1), (-0.4, -0.1, 0.2, 0.4, 0.3, -0.1),
                    (-0.4, -0.2, 0.1, 0.4, 0.5, 0.1), (0.1, 0.2, 0, -0.3, -0.2, 0.2),
                    (0.5, 0.4, -0.1, -0.8, -1.0, 0.3)),
            "education": ((1.0, 0.6, -0.2, -1.0, -1.6, 0.2), (0, 0.3, 0.3, -0.2, -0.8, 0),
                          (0, 0, 0, 0, 0, 0), (-0.8, -0.5, 0.1, 0.8, 1.3, -0.1)),
        },
    ),
    DemographicModel(
        _field("household", "Household", "One person|Couple without children|Family with children|Shared"),
        (0.2, 0.3, 0.2, -1.6),
        {
            "age": ((0.3, -0.2, -0.8, 1.8), (-0.2, -0.5, 1.2, 0.1), (0, 0.1, 0.4, -0.8),
                    (0.1, 0.9, -1.8, -1.5), (0.9, 0.4, -3.0, -1.5)),
            "income": ((1.0, -0.6, -0.6, 0.8), (0.5, -0.1, -0.2, 0.2), (0, 0, 0, 0), (-0.8, 0.3, 0.4, -0.5),
                       (-1.2, 0.4, 0.5, -0.9), (0, 0, 0, 0)),
        },
    ),
    DemographicModel(
        _field("home", "Home", "Own house|Own flat|Rented house|Rented flat"),
        (0.2, -0.6, -0.8, 0.6),
        {
            "age": ((-1.2, -0.5, 0, 0.8), (-0.1, 0, 0.1, 0.2), (0.4, 0.1, 0, -0.2), (0.7, 0.3, -0.1, -0.3),
                    (0.6, 0.4, -0.3, 0)),
            "area": ((-1.2, 0.4, -0.5, 0.8), (0.2, 0, 0.1, 0), (0.4, -0.1, 0.1, -0.2),
                     (1.3, -0.9, 0.4, -1.0)),
            "income": ((-1.0, -0.4, 0.1, 0.8), (-0.4, -0.1, 0.1, 0.3), (0, 0, 0, 0), (0.6, 0.3, -0.1, -0.5),
                       (1.1, 0.6, -0.3, -1.0), (0, 0, 0, 0)),
        },
    ),
    DemographicModel(
        _field("parking", "Where is a car parked at home?", "Own garage or driveway|Shared car park|Street"),
        (0.2, -0.2, 0.2),
        {
            "area": ((-0.6, 0.3, 0.5), (0.2, 0, -0.1), (0.3, -0.1, -0.1), (0.9, -0.6, -0.6)),
            "home": ((1.6, -1.2, -0.8), (0, 0.5, 0), (0.9, -0.5, -0.2), (-1.2, 0.5, 0.5)),
        },
    ),
    DemographicModel(
        _field("cars", "Cars in the household", "None|One|Two or more", ordinal=True),
        (-1.0, 0.8, -0.2),
        {
            "area": ((1.0, 0, -0.7), (0, 0.1, 0), (-0.4, 0.1, 0.1), (-1.3, 0, 0.8)),
            "household": ((0.7, 0.3, -1.6), (-0.3, 0, 0.2), (-0.6, -0.1, 0.6), (0.5, 0, 0)),
            "income": ((0.9, 0, -0.9), (0.3, 0.1, -0.4), (0, 0, 0), (-0.4, -0.1, 0.4), (-0.6, -0.2, 0.7),
                       (0, 0, 0)),
        },
    ),
)  # fmt: skip
DEMOGRAPHICS = tuple(model.demographic for model in DEMOGRAPHIC_MODELS)
SELECTION = {"age": (0.55, 0.9, 1.0, 0.8, 0.4), "education": (0.5, 0.8, 0.9, 1.0)}
"""Chance of answering the survey, the product of both; the weight is its inverse."""


def draw_people(n: int, rng: np.random.Generator) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`n` generated people who answer the survey.

    Returns
    -------
    people
        Column -> option index, shape (n,).
    weights
        Shape (n,), inverse of the chance to be in the sample, mean about 1.
    """
    size = 6 * n + 100  # about 57 % are selected
    population: dict[str, np.ndarray] = {}
    for model in DEMOGRAPHIC_MODELS:
        chances = np.exp(_log_chances(model, population, size))
        population[model.demographic.column] = _draw(chances, rng)
    chance = np.exp(selection_log_chance(population))
    rows = np.flatnonzero(rng.random(size) < chance)[:n]
    weights = 1 / chance[rows]
    return {column: index[rows] for column, index in population.items()}, weights / weights.mean()


def profile_log_probability(people: Mapping[str, np.ndarray]) -> np.ndarray:
    """Log-probability of complete profiles in the population, shape (n,)."""
    n = len(next(iter(people.values())))
    total = np.zeros(n)
    for model in DEMOGRAPHIC_MODELS:
        index = people[model.demographic.column]
        total += _log_chances(model, people, n)[np.arange(n), index]
    return total


def selection_log_chance(people: Mapping[str, np.ndarray]) -> np.ndarray:
    """Log of the chance that such people answer the survey, shape (n,)."""
    return sum(np.log(np.array(chances)[people[column]]) for column, chances in SELECTION.items())


def _log_chances(model: DemographicModel, people: Mapping[str, np.ndarray], n: int) -> np.ndarray:
    """Log-probability of each option given the earlier demographics, shape (n, K)."""
    utility = np.tile(np.array(model.base, dtype=float), (n, 1))
    for column, rows in model.given.items():
        utility += np.array(rows, dtype=float)[people[column]]
    return log_softmax(utility, axis=1)


def _draw(chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One option index per row of `chances` (n, K), shape (n,)."""
    below = np.cumsum(chances, axis=1)[:, :-1]
    return (rng.random((len(chances), 1)) > below).sum(axis=1)
