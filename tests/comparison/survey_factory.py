"""Surveys for tests: small ones built in code and, when the folder is there, the shared real ones."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, QuestionType
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
    codebook = Codebook.from_dict(json.loads((folder / "codebook.json").read_text(encoding="utf-8")))
    table = pd.read_csv(folder / "clean.csv", dtype=str, keep_default_na=False).replace("", None)
    split = pd.read_csv(folder / "split_seed0.csv", dtype=str)["split"].replace("val", "validation")
    answers = {}
    for question in codebook.questions:
        cells = table[question.column]
        if question.type is QuestionType.MULTI:
            chosen = cells.map(lambda c: set(c.split(codebook.multi_separator)), na_action="ignore")
            for item in question.items:
                code = [-1 if not isinstance(c, set) else int(item.part not in c) for c in chosen]
                answers[item.key] = code
        elif question.type is QuestionType.NUMERIC:
            grid = np.array(question.grid)
            answers[question.column] = [
                -1 if pd.isna(c) else int(np.abs(grid - float(c)).argmin()) for c in cells
            ]
        else:
            index = {option: i for i, option in enumerate(question.options)}
            answers[question.column] = [index.get(c, -1) for c in cells]
    profiles = table[[d.column for d in codebook.demographics]].astype("str")
    n = len(table)
    return SurveyData(
        codebook,
        table.iloc[:, 0].to_numpy(dtype=object),
        profiles,
        pd.DataFrame(answers).astype("int16"),
        np.ones(n),
        split.to_numpy(dtype=object),
    )
