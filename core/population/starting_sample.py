"""Starting sample: the profiles a population is drawn from, with design weights, ready for raking.

Steps: keep who qualifies if the targets describe only the qualified; fill demographics a respondent left
out from the most similar respondent who gave them (nearest neighbour hot deck); add unseen profiles if asked.

Reference: hot deck, Andridge & Little (2010), doi:10.1111/j.1751-5823.2010.00103.x.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import MarginalsError
from core.population.screening import Frame, Screener
from core.population.smoothing import unseen_profiles
from core.survey.respondents import SurveyData

UNSEEN = -1
"""In place of a respondent's position: the profile was added by smoothing."""


@dataclass(frozen=True)
class StartingSample:
    """Profiles to rake and draw from, n of them.

    Attributes
    ----------
    profiles
        One row per profile, one text column per demographic; no gaps in those with targets.
    weights
        Shape (n,), design weights.
    source
        Shape (n,), position of the respondent, or `UNSEEN`.
    qualified
        Shape (n,), who passes the screener.
    filled
        Respondents with a filled demographic.
    """

    profiles: pd.DataFrame
    weights: np.ndarray
    source: np.ndarray
    qualified: np.ndarray
    filled: int

    @property
    def n_respondents(self) -> int:
        """Real respondents the population is made from."""
        return int(((self.source != UNSEEN) & self.qualified).sum())


def starting_sample(
    data: SurveyData,
    columns: Sequence[str],
    screener: Screener,
    unseen_part: float,
    rng: np.random.Generator,
) -> StartingSample:
    """Starting sample of a survey for targets on these demographics.

    Raises
    ------
    MarginalsError
        If nobody qualifies, nobody gave a demographic, or a setting is out of range.
    """
    qualified = screener.qualified(data)
    if screener and unseen_part:
        raise MarginalsError(
            "Unseen profiles have no answers, so nothing says whether they pass a screener.",
            where="smoothing",
            got=str(screener),
            fix="Use either a screener or unseen profiles.",
        )
    kept = qualified if screener.frame is Frame.QUALIFIED else np.ones(len(data), dtype=bool)
    # respondents the targets describe; who fails the screener stays where targets describe everybody
    weights, source = data.weights[kept], np.flatnonzero(kept)
    profiles = data.profiles.iloc[source].reset_index(drop=True)
    filled, n_filled = fill_missing(profiles, list(columns), weights, rng)
    if unseen_part:
        # only demographics with targets have no gaps; the others stay unknown for a new profile
        new = unseen_profiles(filled[list(columns)], weights, unseen_part, rng)
        added = new.profiles.reindex(columns=filled.columns).astype(filled.dtypes)
        filled = pd.concat([filled, added], ignore_index=True)
        weights = np.append(weights, new.weights)
        source = np.append(source, np.full(len(added), UNSEEN))
    # unseen profiles come last and there is no screener then: all of them pass
    passes = np.append(qualified[kept], np.ones(len(source) - int(kept.sum()), dtype=bool))
    return StartingSample(filled, weights, source, passes, n_filled)


def fill_missing(
    profiles: pd.DataFrame, columns: list[str], weights: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, int]:
    """Profiles with these demographics filled from the most similar respondent who gave them.

    The donor has every demographic that is to be filled and agrees with the respondent on as many of
    the others as possible; ties are broken at random in proportion to weight. All gaps of a
    respondent come from one donor where one exists, so the filled values belong together.

    Returns
    -------
    filled
        Copy of `profiles`; other columns keep their gaps.
    n_filled
        Number of respondents with at least one filled value.
    """
    filled = profiles.copy()
    codes = np.column_stack([pd.factorize(profiles[c])[0] for c in profiles.columns])  # -1 is missing
    place = {column: i for i, column in enumerate(profiles.columns)}
    wanted = [place[column] for column in columns]
    gaps = codes[:, wanted] < 0  # (n, wanted)
    rows = np.flatnonzero(gaps.any(axis=1))
    original = profiles.to_numpy(dtype=object)
    values = original.copy()
    for row in rows:
        missing = [wanted[j] for j in np.flatnonzero(gaps[row])]
        # in how many demographics each respondent agrees with this one, (n,)
        agreement = ((codes == codes[row]) & (codes[row] >= 0)).sum(axis=1)
        together = (codes[:, missing] >= 0).all(axis=1) & (weights > 0)
        # one donor for all gaps if anybody has them all, else one for each gap
        for group in [missing] if together.any() else [[column] for column in missing]:
            able = (codes[:, group] >= 0).all(axis=1) & (weights > 0)
            if not able.any():
                raise MarginalsError(
                    "Nobody gave a demographic that has targets.",
                    where=str(profiles.columns[group[0]]),
                    fix="Remove its targets.",
                )
            best = np.flatnonzero(able & (agreement == agreement[able].max()))
            donor = rng.choice(best, p=weights[best] / weights[best].sum())
            values[row, group] = original[donor, group]
    for column in columns:
        filled[column] = pd.Series(
            values[:, place[column]], index=profiles.index, dtype=profiles[column].dtype
        )
    return filled, len(rows)
