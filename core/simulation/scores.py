"""Scores of a simulation: the exact log-probability of every legal answer for every distinct profile.

People with the same profile share one row. Nothing here needs torch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.models.calibration_slope import stretch_persona_effect
from core.survey.codebook import Item

_COLUMNS = pa.schema(
    [
        ("cell_id", pa.int32()),
        ("question", pa.string()),
        ("option_index", pa.int16()),
        ("logprob", pa.float64()),
        ("in_option_mass", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Scores:
    """Exact answer scores of one model on distinct profiles.

    Attributes
    ----------
    logprob
        Item key -> array (n_profiles, K), natural log, each row's exponentials sum to 1.
    mass
        Item key -> array (n_profiles,), in-option mass: probability on legal answers, 0 to 1.
    """

    logprob: Mapping[str, np.ndarray]
    mass: Mapping[str, np.ndarray]

    def of(self, profile_of: np.ndarray) -> dict[str, np.ndarray]:
        """Log-probabilities per person: item key -> (n_people, K); `profile_of` (n_people,) are positions."""
        return {key: table[profile_of] for key, table in self.logprob.items()}

    def rows_of(self, profile: int, items: Iterable[Item]) -> dict[str, np.ndarray]:
        """Log-probabilities of the profile at this position: item key -> (K,), for these items."""
        return {item.key: self.logprob[item.key][profile] for item in items}

    def with_slope_correction(
        self, no_persona: Mapping[str, np.ndarray], slope_correction: float
    ) -> "Scores":
        """Scores with a corrected persona effect, see `core.models.calibration_slope.stretch_persona_effect`.

        Parameters
        ----------
        no_persona
            Item key -> (K,), scores of the no-persona prompt; items not in it stay as they are.
        slope_correction
            As fitted on validation respondents.
        """
        corrected = {
            key: stretch_persona_effect(self.logprob[key], row, slope_correction)
            for key, row in no_persona.items()
        }
        return Scores({**self.logprob, **corrected}, self.mass)

    def write(self, path: Path) -> None:
        """Write the long table `cell_id, question, option_index, logprob, in_option_mass`.

        One item after the other, so that the table is never in memory as a whole.
        """
        with pq.ParquetWriter(path, _COLUMNS) as file:
            for key, table in self.logprob.items():
                n, k = table.shape
                # profile by profile, and within each answer by answer: the order `read` relies on
                columns = {
                    "cell_id": np.repeat(np.arange(n, dtype=np.int32), k),
                    "question": pa.repeat(key, n * k),
                    "option_index": np.tile(np.arange(k, dtype=np.int16), n),
                    "logprob": table.ravel(),
                    "in_option_mass": np.repeat(self.mass[key], k),
                }
                file.write_table(pa.table(columns, schema=_COLUMNS))

    @classmethod
    def read(cls, path: Path, items: Sequence[Item]) -> "Scores":
        """Scores that `write` wrote, of the items among them."""
        parts: dict[str, list[pd.DataFrame]] = {}
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                frame = file.read_row_group(group, ["question", "logprob", "in_option_mass"]).to_pandas()
                for key, rows in frame.groupby("question", sort=False):
                    parts.setdefault(str(key), []).append(rows.drop(columns="question"))
        logprob, mass = {}, {}
        for item in items:
            if item.key in parts:
                rows, k = pd.concat(parts.pop(item.key)), len(item.answers)
                logprob[item.key] = rows["logprob"].to_numpy().reshape(-1, k)
                mass[item.key] = rows["in_option_mass"].to_numpy()[::k]  # repeated per answer
        return cls(logprob, mass)


def distinct_profiles(profiles: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Distinct profiles, and which of them each row has.

    Returns
    -------
    distinct
        Data frame (n_profiles rows), same columns, in order of first appearance; missing stays NA.
    profile_of
        Shape (n_rows,), position in `distinct` of each row's profile.
    """
    # unsorted groups are numbered in order of first appearance, and so are their first rows
    profile_of = profiles.groupby(list(profiles.columns), dropna=False, sort=False).ngroup().to_numpy()
    first = np.unique(profile_of, return_index=True)[1]
    return profiles.iloc[first].reset_index(drop=True), profile_of
