"""Profiles as numbers: the position of each value among its demographic's options, -1 for missing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData


@dataclass(frozen=True)
class ProfileCodes:
    """Profiles as numbers.

    Attributes
    ----------
    codes
        Shape (n, D): index of each value among the demographic's options, -1 missing.
    starts
        Shape (D,): first column of each demographic in the one-hot layout.
    width
        Columns of the one-hot layout: options of all demographics.
    """

    codes: np.ndarray
    starts: np.ndarray
    width: int

    @classmethod
    def of(cls, data: SurveyData) -> "ProfileCodes":
        """Coded profiles of `data`, with the layout of its codebook."""
        return cls.of_profiles(data.profiles, data.codebook)

    @classmethod
    def of_profiles(cls, profiles: pd.DataFrame, codebook: Codebook) -> "ProfileCodes":
        """Coded profiles, a row each; values that are not in the codebook count as missing."""
        sizes = [len(d.options) for d in codebook.demographics]
        columns = [
            profiles[d.column].map({o: i for i, o in enumerate(d.options)}).fillna(-1).to_numpy(dtype=int)
            for d in codebook.demographics
        ]
        codes = np.stack(columns, axis=1) if columns else np.zeros((len(profiles), 0), dtype=int)
        return cls(codes, np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int), int(sum(sizes)))

    @property
    def sizes(self) -> np.ndarray:
        """Number of options of each demographic, shape (D,)."""
        return np.diff(np.append(self.starts, self.width)).astype(int)

    def one_hot(self) -> np.ndarray:
        """One-hot table of 0 and 1, shape (n, width); a missing value has zeros only."""
        table = np.zeros((len(self.codes), self.width), dtype=np.float32)
        rows, columns = np.nonzero(self.codes >= 0)
        table[rows, self.starts[columns] + self.codes[rows, columns]] = 1.0
        return table
