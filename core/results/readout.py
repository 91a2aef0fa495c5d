"""Readout settings: how simulated answers are read, and whose; no change of them asks the model again."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.comparison.accuracy import Decoder
from core.errors import JobError
from core.models.temperature import TEMPERATURES
from core.survey.codebook import Codebook

AUTO, BY_TYPE = "auto", "by_type"
"""Temperature fitted on the validation respondents: one for all questions, or one per question type."""


@dataclass(frozen=True)
class ReadoutSettings:
    """Choice of temperature, decoder and respondents.

    Attributes
    ----------
    temperature
        `AUTO`, `BY_TYPE`, or a number on the grid.
    decoder
        How one answer is read from a person's probabilities.
    per_token
        Whether each token of an answer is tempered, as a text generator does, instead of the whole answer.
    groups
        Demographic column and the categories kept; several columns must all hold. Empty for everybody.
    """

    temperature: float | str = AUTO
    decoder: Decoder = Decoder.EXPECTED
    per_token: bool = False
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, temperature: float | str = AUTO, decoder: str = "expected") -> "ReadoutSettings":
        """Check what a user typed.

        Raises
        ------
        JobError
            If the temperature is neither a number on the grid nor "auto" nor "by_type".
        """
        if temperature in (AUTO, BY_TYPE):
            return cls(temperature, Decoder(decoder))
        low, high = TEMPERATURES[0], TEMPERATURES[-1]
        try:
            value = float(temperature)
        except ValueError:
            value = np.nan
        if not low <= value <= high:
            raise JobError(
                "The temperature is out of range.",
                where="temperature",
                got=temperature,
                fix=f"Use auto, by_type, or a number from {low:.1f} to {high:.0f}.",
            )
        return cls(value, Decoder(decoder))

    def selects(self, profiles: pd.DataFrame, codebook: Codebook) -> np.ndarray:
        """Mask of the people in the chosen groups, shape (n,).

        Raises
        ------
        CodebookError
            If the survey has no such demographic.
        """
        chosen = np.ones(len(profiles), dtype=bool)
        for column, options in self.groups:
            demographic = codebook.demographic(column, "filter")
            chosen &= profiles[demographic.column].isin(options).to_numpy(dtype=bool)
        return chosen
