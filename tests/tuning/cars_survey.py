"""A generated survey with a strong effect, small enough to be learned in seconds."""

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData

CODEBOOK = Codebook(
    "Cars",
    (Demographic("area", "Area", ("City", "Countryside")), Demographic("age", "Age", ("18-39", "40+"))),
    (
        Question("owns", "Do you own a car?", QuestionType.SINGLE, ("Yes", "No")),
        Question("rating", "How do you rate it?", QuestionType.NUMERIC, range=(0, 10)),
    ),
)


def cars(n: int = 240, seed: int = 0) -> SurveyData:
    """In the countryside 9 of 10 own a car, in the city 1 of 10; owners rate it higher."""
    rng = np.random.default_rng(seed)
    rural, old = rng.integers(0, 2, n), rng.integers(0, 2, n)
    owns = rng.random(n) < np.where(rural, 0.9, 0.1)
    rating = np.clip(np.round(rng.normal(np.where(owns, 8, 3), 1.5)), 0, 10)
    return SurveyData(
        CODEBOOK,
        np.array([f"r{i}" for i in range(n)], dtype=object),
        pd.DataFrame(
            {"area": np.array(["City", "Countryside"])[rural], "age": np.array(["18-39", "40+"])[old]}
        ),
        pd.DataFrame({"owns": (~owns).astype("int16"), "rating": rating.astype("int16")}),
        np.ones(n),
        np.array((["train"] * 7 + ["validation"] + ["test"] * 2) * (n // 10), dtype=object),
    )
