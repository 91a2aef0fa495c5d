"""What a simulation leaves: the exact log-probability of every legal answer for every cell.

A *cell* is a distinct profile; people with the same profile share it. Nothing here needs torch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.models.calibration_slope import stretch_persona_effect
from core.survey.codebook import Item


@dataclass(frozen=True)
class Scores:
    """Exact answer scores of one model.

    Attributes
    ----------
    logprob
        Item key -> array (n_cells, K), natural log, each row's exponentials sum to 1.
    mass
        Item key -> array (n_cells,), share of the model's probability that fell on legal answers.
    """

    logprob: Mapping[str, np.ndarray]
    mass: Mapping[str, np.ndarray]

    def of(self, profile_of: np.ndarray) -> dict[str, np.ndarray]:
        """Log-probabilities per person: item key -> (n_people, K), given each person's cell."""
        return {key: table[profile_of] for key, table in self.logprob.items()}

    def rows_of(self, cell: int, items: Iterable[Item]) -> dict[str, np.ndarray]:
        """The log-probabilities (K,) of one cell, for these items."""
        return {item.key: self.logprob[item.key][cell] for item in items}

    def with_slope_correction(
        self, no_persona: Mapping[str, np.ndarray], slope_correction: float
    ) -> "Scores":
        """Scores that follow the background more, see `core.models.calibration_slope.stretch_persona_effect`.

        Parameters
        ----------
        no_persona
            Item key -> (K,), scores of a person of whom nothing is known; items not in it stay as they are.
        slope_correction
            As fitted on validation respondents.
        """
        moved = {
            key: stretch_persona_effect(self.logprob[key], row, slope_correction)
            for key, row in no_persona.items()
        }
        return Scores({**self.logprob, **moved}, self.mass)

    def write(self, path: Path) -> None:
        """Write the long table `cell_id, question, option_index, logprob, in_option_mass`."""
        frames = []
        for key, table in self.logprob.items():
            n_cells, k = table.shape
            frames.append(
                pd.DataFrame(
                    {
                        "cell_id": np.repeat(np.arange(n_cells, dtype=np.int32), k),
                        "question": key,
                        "option_index": np.tile(np.arange(k, dtype=np.int16), n_cells),
                        "logprob": table.ravel(),
                        "in_option_mass": np.repeat(self.mass[key], k),
                    }
                )
            )
        pd.concat(frames, ignore_index=True).to_parquet(path, index=False)

    @classmethod
    def read(cls, path: Path, items: Sequence[Item]) -> "Scores":
        """Read what `write` wrote."""
        frame = pd.read_parquet(path)
        logprob, mass = {}, {}
        groups = dict(list(frame.groupby("question", sort=False)))
        for item in items:
            if item.key in groups:
                k = len(item.answers)
                logprob[item.key] = groups[item.key]["logprob"].to_numpy().reshape(-1, k)
                mass[item.key] = groups[item.key]["in_option_mass"].to_numpy()[::k]
        return cls(logprob, mass)


def distinct_profiles(profiles: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Distinct profiles and the cell of each row.

    Returns
    -------
    cells
        Data frame (n_cells rows), same columns, in order of first appearance; missing stays NA.
    profile_of
        Shape (n_rows,), position in `cells` of each row's profile.
    """
    profile_of = profiles.groupby(list(profiles.columns), dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(profile_of, return_index=True)[1]
    return profiles.iloc[first].reset_index(drop=True), profile_of
