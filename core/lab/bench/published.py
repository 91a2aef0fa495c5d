"""Published surveys for benchmarks: a folder each, with `clean.csv`, `codebook.json` and a split."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from core.errors import NotFoundError
from core.survey.importing import build_survey, draft_survey
from core.survey.respondents import SurveyData

SHARED_SURVEYS = Path(__file__).parents[3].parent / "shared" / "surveys"
"""Where published surveys are looked for: beside the checkout."""
SPLIT = "split_seed0.csv"
SPLIT_COLUMN = "split (published)"
_BASELINES = ("training_marginals", "logistic_regression", "gradient_boosting")
"""In the order of their columns in BASELINES.md."""


def published_surveys(folder: Path | None = None, only: Collection[str] = ()) -> list[Path]:
    """Folders of the surveys, sorted by name; only those named in `only`, if any.

    Raises
    ------
    NotFoundError
        If there is no survey, or none of a name that is asked for.
    """
    folder = folder or SHARED_SURVEYS
    surveys = sorted(path.parent for path in folder.glob("*/codebook.json"))
    if not surveys:
        raise NotFoundError(
            "There are no surveys with a codebook.",
            where=str(folder),
            fix="Name a folder with one folder per survey, each holding clean.csv and codebook.json.",
        )
    known = [path.name for path in surveys]
    for name in only:
        if name not in known:
            raise NotFoundError(
                "There is no such survey.", where="--only", got=name, fix=f"Use one of: {', '.join(known)}."
            )
    return [path for path in surveys if not only or path.name in only]


def load_published(survey: Path) -> SurveyData:
    """Respondents of a published survey with its own split, unweighted as its reference figures are."""
    codebook = json.loads((survey / "codebook.json").read_text(encoding="utf-8"))
    table = pd.read_csv(survey / "clean.csv", dtype=str, keep_default_na=False)
    table[SPLIT_COLUMN] = pd.read_csv(survey / SPLIT, dtype=str).iloc[:, -1].to_numpy()
    book = codebook | {"split_column": SPLIT_COLUMN, "weight_column": None}
    return build_survey(draft_survey(table.to_csv(index=False).encode(), "clean.csv", book))


@dataclass(frozen=True)
class Reference:
    """Published figures of one survey: NLL by baseline, and KL of one drawn answer a respondent."""

    nll: Mapping[str, float]
    kl_one_sampled_answer: float


def reference_figures(folder: Path | None = None) -> dict[str, Reference]:
    """Published figures: survey name -> figures of BASELINES.md beside the surveys; empty without it."""
    file = (folder or SHARED_SURVEYS) / "BASELINES.md"
    if not file.exists():
        return {}
    rows: dict[str, list[list[str]]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if re.fullmatch(r"\w+_\d{4}", cells[0]):
            rows.setdefault(cells[0], []).append(cells)
    return {
        name: Reference(
            dict(zip(_BASELINES, map(float, first[3:6]), strict=True)), float(second[4].split("/")[0])
        )
        for name, (first, second, *_) in rows.items()
    }
