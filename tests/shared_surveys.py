"""The real surveys beside the checkout: where they are, and what a test says without them.

They are no part of the repository. Whatever is asked of them is also asked of `tests.generated_study`, so a
clean clone runs the same code; how many tests it skips stands in the summary of pytest.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData

SHARED = Path(__file__).resolve().parents[2] / "shared" / "surveys"
ABSENT = "../shared/surveys is not beside this checkout"
SHARED_NAMES = (
    "comma_2014",
    "flying_etiquette_2014",
    "jupyter_2020",
    "masculinity_2018",
    "religion_2016",
    "thanksgiving_2015",
    "us_society_qualtrics_2025",
)


def shared_surveys() -> Path:
    """The folder of the real surveys; skips the test that asks where it is not there."""
    if not SHARED.is_dir():
        pytest.skip(ABSENT)
    return SHARED


@cache
def published_data(folder: Path) -> SurveyData:
    """A study in a folder of its own, unweighted, with the split of its reference figures."""
    content, codebook = (folder / "clean.csv").read_bytes(), (folder / "codebook.json").read_bytes()
    data = build_survey(draft_survey(content, "clean.csv", codebook))
    split = pd.read_csv(folder / "split_seed0.csv", dtype=str)["split"].replace("val", "validation")
    return replace(data, weights=np.ones(len(data)), split=split.to_numpy(dtype=object))


def skipped_line(reasons: list[str]) -> str:
    """What the summary says of the tests skipped for these reasons; empty if it was not for the surveys."""
    count = sum(ABSENT in reason for reason in reasons)
    tests = "1 test" if count == 1 else f"{count} tests"
    return f"{tests} of the shared surveys skipped: {ABSENT}." if count else ""
