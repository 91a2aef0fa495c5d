"""A small tidy survey for tests, built in code; an awkward one is `tests.skewed_survey`."""

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

SMALL_CODEBOOK = {
    "title": "Small survey",
    "demographics": [
        {"column": "sex", "label": "Gender", "options": ["Female", "Male"]},
        {"column": "age", "label": "Age", "options": ["18-34", "35-54", "55+"], "ordinal": True},
        {"column": "area", "label": "Area", "options": ["City", "Country"]},
    ],
    "questions": [
        {"column": "car", "text": "Do you own a car?", "type": "single", "options": ["Yes", "No"]},
        {
            "column": "agree",
            "text": "Cars should be quieter.",
            "type": "ordinal",
            "options": ["Disagree", "Neither", "Agree", "Don't know"],
            "non_substantive_options": ["Don't know"],
        },
        {"column": "liking", "text": "How much do you like cars?", "type": "numeric", "range": [0, 100]},
        {"column": "uses", "text": "What for?", "type": "multi", "options": ["Work", "Shopping", "Leisure"]},
    ],
}


def small_survey(n: int = 400, seed: int = 0, weighted: bool = False) -> SurveyData:
    """A survey whose answers depend on age and area; every question type; some gaps."""
    rng = np.random.default_rng(seed)
    codebook = Codebook.from_dict(SMALL_CODEBOOK)
    age = rng.choice(3, n, p=[0.3, 0.4, 0.3])
    area = (rng.random(n) < 0.3 + 0.2 * age).astype(int)
    sex = rng.choice(2, n)
    profiles = pd.DataFrame(
        {
            "sex": np.array(["Female", "Male"], dtype=object)[sex],
            "age": np.array(["18-34", "35-54", "55+"], dtype=object)[age],
            "area": np.array(["City", "Country"], dtype=object)[area],
        },
        dtype="str",
    )
    profiles.loc[rng.random(n) < 0.1, "age"] = pd.NA
    liking = np.clip(np.round(rng.normal(40 + 15 * area, 20)), 0, 100).astype(int)
    agree = np.minimum(rng.choice(4, n, p=[0.3, 0.3, 0.3, 0.1]) + (age == 2) * (rng.random(n) < 0.3), 3)
    answers = {
        "car": (rng.random(n) > 0.4 + 0.4 * area).astype(int),
        "agree": agree.astype(int),
        "liking": liking,
        **{f"uses#{i}": (rng.random(n) > 0.2 + 0.2 * i).astype(int) for i in range(3)},
    }
    frame = pd.DataFrame(answers).astype("int16")
    for column in ("agree", "liking"):
        frame.loc[rng.random(n) < 0.05, column] = -1
    weights = rng.uniform(0.5, 1.5, n) if weighted else np.ones(n)
    split = np.array(["train"] * 7 + ["validation"] + ["test"] * 2, dtype=object)[np.arange(n) % 10]
    ids = np.array([f"r{i:04d}" for i in range(n)], dtype=object)
    return SurveyData(codebook, ids, profiles, frame, weights / weights.mean(), split)
