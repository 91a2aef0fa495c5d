"""A survey that shows what a tidy one hides: unequal weights, clusters, twins, small groups, two competitors.

Whoever is keen on cars answers every question accordingly, is older, and weighs more, so leaving out the
weights, or taking a person's two answers for two people's, moves the figures. `Sheets` writes the same people
down in different ways: a function that knows only who weighs how much must not see the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata

from core.comparison.baselines import fit_baselines
from core.survey.codebook import Codebook
from core.survey.respondents import MISSING, SurveyData

EFFICIENCY = 0.5
RARE, RARE_COUNT = "Island", 4
"""A region and how many live there."""
TWINS = 0.03
"""Share of the sheets that repeat an earlier one."""
STOPPED = 0.12
"""Share of the people who answer nothing after one of the questions in the middle."""
FITTED = ("demographic_cells", "logistic_regression")
NAMES = ("uniform", "training_marginals", *FITTED)

CODEBOOK = {
    "title": "Skewed survey",
    "demographics": [
        {"column": "sex", "label": "Gender", "options": ["Female", "Male"]},
        {"column": "age", "label": "Age", "options": ["18-34", "35-54", "55+"], "ordinal": True},
        {"column": "region", "label": "Region", "options": ["North", "South", "West", RARE]},
    ],
    "questions": [
        {"column": "owns", "text": "Do you own a car?", "type": "single", "options": ["Yes", "No"]},
        {
            "column": "drive",
            "text": "What should cars run on?",
            "type": "single",
            "options": ["Petrol", "Diesel", "Battery", "Gas"],
        },
        {
            "column": "agree",
            "text": "Cars should be quieter.",
            "type": "ordinal",
            "options": ["Disagree", "Rather not", "Neither", "Rather", "Agree", "Don't know"],
            "non_substantive_options": ["Don't know"],
        },
        {"column": "trips", "text": "Trips a week?", "type": "numeric", "range": [0, 10]},
        {"column": "uses", "text": "What for?", "type": "multi", "options": ["Work", "Shopping", "Leisure"]},
        {"column": "liking", "text": "How much do you like cars?", "type": "numeric", "range": [0, 100]},
        {"column": "quiet", "text": "Is it quiet at home?", "type": "single", "options": ["Yes", "No"]},
    ],
}


def skewed_survey(n: int = 600, seed: int = 0, **changes: object) -> SurveyData:
    """`n` sheets, of them one in thirty a repetition; `changes` replace fields of the result."""
    rng = np.random.default_rng(seed)
    keen = rng.normal(0, 1, n)
    profiles = _profiles(keen, rng)
    answers = _answers(keen, profiles, rng)
    late = np.flatnonzero(rng.random(n) < STOPPED)
    for person, last in zip(late, rng.integers(2, 5, len(late)), strict=True):
        answers.iloc[person, answers.columns.get_loc(("agree", "trips", "uses#2")[last - 2]) + 1 :] = MISSING
    split = np.array(["train"] * 6 + ["validation"] + ["test"] * 3, dtype=object)[np.arange(n) % 10]
    ids = np.array([f"s{i:05d}" for i in range(n)], dtype=object)
    data = SurveyData(Codebook.from_dict(CODEBOOK), ids, profiles, answers, _weights(keen, rng), split)
    own = np.arange(n)
    common = np.flatnonzero(profiles["region"] != RARE)
    count = round(TWINS * n)
    own[common[-count:]] = common[:count]
    return replace(data.take(own), ids=ids, **changes)


def _weights(keen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lognormal with mean 1; the efficiency of weights exp(s z) is exp(-s^2)."""
    z = norm.ppf((rankdata(0.6 * keen + 0.8 * rng.normal(0, 1, len(keen))) - 0.5) / len(keen))
    weights = np.exp(np.sqrt(-np.log(EFFICIENCY)) * z)
    return weights / weights.mean()


def _profiles(keen: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    n = len(keen)
    age = np.digitize(0.5 * keen + rng.normal(0, 1, n), [-0.5, 0.6])
    region = rng.choice(["North", "South", "West"], n, p=[0.5, 0.35, 0.15]).astype(object)
    region[np.linspace(0, 0.9 * n, RARE_COUNT).astype(int)] = RARE
    return pd.DataFrame(
        {
            "sex": np.array(["Female", "Male"], dtype=object)[rng.integers(0, 2, n)],
            "age": np.array(["18-34", "35-54", "55+"], dtype=object)[age],
            "region": region,
        },
        dtype="str",
    )


def _answers(keen: np.ndarray, profiles: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n = len(keen)
    male, old = (profiles["sex"] == "Male").to_numpy(), (profiles["age"] == "55+").to_numpy()
    north = (profiles["region"] == "North").to_numpy()

    def lean(effect: np.ndarray) -> np.ndarray:
        return 1.2 * keen + effect + rng.logistic(0, 0.6, n)

    battery = lean(0.8 * male - 0.8 * old)
    agree = np.digitize(lean(0.9 * north - 0.6 * male), [-1.6, -0.4, 0.4, 1.5])
    agree[rng.random(n) < 0.06] = 5
    found = {
        "owns": (lean(1.2 * north - 0.5) < 0).astype(int),
        "drive": np.select([battery > 1.4, battery > 0.1, battery > -1.8], [2, 0, 1], 3),
        "agree": agree,
        "trips": np.clip(np.round(4 + 1.5 * lean(0.8 * old)), 0, 10).astype(int),
        **{f"uses#{i}": (lean(0.7 * male - 0.6 * i) < 0).astype(int) for i in range(3)},
        "liking": np.clip(np.round(50 + 14 * lean(0.5 * male - 0.5 * north)), 0, 100).astype(int),
        "quiet": (lean(-0.8 * north + 0.4) < 0).astype(int),
    }
    frame = pd.DataFrame(found).astype("int16")
    for column in ("drive", "trips", "quiet"):
        frame.loc[rng.random(n) < 0.04, column] = MISSING
    return frame


@cache
def skewed_baselines(n: int = 600, seed: int = 0) -> tuple[SurveyData, dict[str, dict[str, np.ndarray]]]:
    """Held-out respondents, and the log-probabilities of four baselines, two of them fitted."""
    data = skewed_survey(n, seed)
    test = data.part("test")
    return test, fit_baselines(data.part("train"), data.part("validation"), test.profiles, NAMES)


@dataclass(frozen=True)
class Sheets:
    """How n people are written down: `rows` names the person of each sheet, `factor` scales its weight."""

    rows: np.ndarray
    factor: np.ndarray

    @classmethod
    def of(cls, n: int, parts: tuple[float, ...] = (1.0,), who: np.ndarray | None = None) -> "Sheets":
        """The people of the mask `who` (None: all) on one sheet per part, the others on one as they are.

        >>> sheets = Sheets.of(2, (4, 1, 1), np.array([False, True]))
        >>> sheets.rows.tolist(), sheets.factor.tolist()
        ([0, 1, 1, 1], [1.0, 4.0, 1.0, 1.0])
        """
        chosen = np.ones(n, dtype=bool) if who is None else who
        factor = [np.asarray(parts if one else (1.0,), dtype=float) for one in chosen]
        return cls(np.repeat(np.arange(n), [len(f) for f in factor]), np.concatenate(factor))

    def data(self, data: SurveyData) -> SurveyData:
        """The sheets of `data`; weights are not brought back to a mean of 1."""
        taken = data.take(self.rows)
        return replace(taken, weights=taken.weights * self.factor)

    def tables(self, tables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """One row per sheet of arrays that have one row per person."""
        return {key: table[self.rows] for key, table in tables.items()}
