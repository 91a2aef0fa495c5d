"""Respondents of a survey: profiles, coded answers, weights and split.

`SurveyData` is what tuning, population, simulation and comparison receive. It travels to a job as
two files in the job's `inputs/` folder, so no job ever opens the database.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Item

SPLITS = ("train", "validation", "test")
MISSING = -1
"""Answer code of "not asked or not answered"."""
_PROFILE, _ANSWER = "profile:", "answer:"
"""What columns of demographics and of items begin with in a table of respondents."""


@dataclass(frozen=True)
class SurveyData:
    """Respondents of a survey, one row each.

    Attributes
    ----------
    codebook
        What the columns mean.
    ids
        Shape (n,), respondent identifiers as text.
    profiles
        Data frame (n rows, one text column per demographic, named by its *column*); missing is NA.
    answers
        Data frame (n rows, one int16 column per item key): index into `Item.answers`, -1 missing.
    weights
        Shape (n,), design weights scaled to mean 1 (all ones without a weight column).
    split
        Shape (n,), one of "train", "validation", "test".
    """

    codebook: Codebook
    ids: np.ndarray
    profiles: pd.DataFrame
    answers: pd.DataFrame
    weights: np.ndarray
    split: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def items(self) -> tuple[Item, ...]:
        """The scored items, in questionnaire order."""
        return self.codebook.items

    def part(self, *splits: str) -> "SurveyData":
        """Respondents of these splits, e.g. ``data.part("train")``."""
        return self.take(np.isin(self.split, splits))

    def take(self, rows: np.ndarray) -> "SurveyData":
        """Respondents selected by a mask, shape (n,) bool, or by positions, in that order."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return replace(
            self,
            ids=self.ids[rows],
            profiles=self.profiles.iloc[rows].reset_index(drop=True),
            answers=self.answers.iloc[rows].reset_index(drop=True),
            weights=self.weights[rows],
            split=self.split[rows],
        )

    def to_frame(self) -> pd.DataFrame:
        """Table of everything but the codebook, one row per respondent.

        Returns
        -------
        pandas.DataFrame
            `id` (text), `weight` (float), `split` (text), ``profile:`` and the column of each demographic
            (text), ``answer:`` and the key of each item (int16).
        """
        known = pd.DataFrame({"id": self.ids, "weight": self.weights, "split": self.split})
        parts = (known, self.profiles.add_prefix(_PROFILE), self.answers.add_prefix(_ANSWER))
        return pd.concat([part.reset_index(drop=True) for part in parts], axis=1)

    @classmethod
    def from_frame(cls, codebook: Codebook, frame: pd.DataFrame) -> "SurveyData":
        """Respondents of a table that `to_frame` made; equal to the original."""

        def columns(prefix: str) -> pd.DataFrame:
            chosen = [name for name in frame.columns if name.startswith(prefix)]
            return frame[chosen].rename(columns=lambda name: name.removeprefix(prefix))

        return cls(
            codebook=codebook,
            ids=frame["id"].to_numpy(dtype=object),
            profiles=columns(_PROFILE),
            answers=columns(_ANSWER).astype(np.int16),
            weights=frame["weight"].to_numpy(dtype=float),
            split=frame["split"].to_numpy(dtype=object),
        )

    def write(self, folder: Path) -> None:
        """Write `respondents.parquet` and `codebook.json` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.to_frame().to_parquet(folder / "respondents.parquet", index=False)
        text = json.dumps(self.codebook.to_dict(), ensure_ascii=False, indent=1)
        (folder / "codebook.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "SurveyData":
        """Respondents that `write` wrote; equal to the original."""
        codebook = Codebook.from_dict(json.loads((folder / "codebook.json").read_text(encoding="utf-8")))
        return cls.from_frame(codebook, pd.read_parquet(folder / "respondents.parquet"))


def distinct_ids(ids: pd.Series) -> np.ndarray:
    """Identifiers of respondents, shape (n,) of text, with "#2", "#3" appended to those that come back.

    >>> distinct_ids(pd.Series(["a", "b", "a"])).tolist()
    ['a', 'b', 'a#2']
    """
    if ids.is_unique:
        return ids.to_numpy(dtype=object)
    taken: set[str] = set(ids)
    distinct, seen = [], set()
    for text in ids:
        name, count = text, 1
        while name in seen or (count > 1 and name in taken):
            count += 1
            name = f"{text}#{count}"
        seen.add(name)
        distinct.append(name)
    return np.array(distinct, dtype=object)
