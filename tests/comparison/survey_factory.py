"""Surveys for tests: small ones built in code and, when the folder is there, the shared real ones."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "surveys"
SHARED_NAMES = (
    "comma_2014",
    "flying_etiquette_2014",
    "jupyter_2020",
    "masculinity_2018",
    "religion_2016",
    "thanksgiving_2015",
    "us_society_qualtrics_2025",
)

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


@cache
def shared_survey(name: str) -> SurveyData:
    """A shared survey, unweighted, with the split of the reference figures; skips when absent."""
    folder = SHARED / name
    if not folder.exists():
        pytest.skip("the shared surveys are not here")
    content, codebook = (folder / "clean.csv").read_bytes(), (folder / "codebook.json").read_bytes()
    data = build_survey(draft_survey(content, "clean.csv", codebook))
    split = pd.read_csv(folder / "split_seed0.csv", dtype=str)["split"].replace("val", "validation")
    return replace(data, weights=np.ones(len(data)), split=split.to_numpy(dtype=object))
