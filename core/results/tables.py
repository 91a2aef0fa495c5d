"""Prediction tables of a finished simulation: a row per person and legal answer, shares per question."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.models import temperature as tempering
from core.simulation.result import SimulationResult
from core.survey.questions import Item, Question


@dataclass(frozen=True)
class OptionShares:
    """Simulated shares of one question's options.

    Attributes
    ----------
    question
        The question.
    shares
        Option -> share of the people, 0 to 1. For "select all that apply" the share who select it.
    """

    question: Question
    shares: dict[str, float]


def prediction_table(scored: SimulationResult) -> pd.DataFrame:
    """Table of one row per simulated respondent and legal answer, at temperature 1.

    Returns
    -------
    pandas.DataFrame
        `respondent_id`, `question` (column), `option` (label), `logprob` (natural log) and `split`. For
        "select all that apply" the row of an option holds the log-probability of selecting it.
    """
    people = pd.DataFrame({"respondent_id": scored.data.ids, "split": scored.data.split})
    table = _option_rows(scored, scored.respondent_profile, people)
    return table[["respondent_id", "question", "option", "logprob", "split"]]


def people_table(scored: SimulationResult) -> pd.DataFrame:
    """Table of one row per person of the simulated population and legal answer, at temperature 1.

    Returns
    -------
    pandas.DataFrame
        `person` (position in the file, from 0), `question`, `option` and `logprob`, as in `prediction_table`.
    """
    assert scored.people_profile is not None
    people = pd.DataFrame({"person": np.arange(len(scored.people_profile))})
    return _option_rows(scored, scored.people_profile, people)


def people_shares(scored: SimulationResult, temperature: float | None = None) -> list[OptionShares]:
    """Simulated shares of every question among the people of the simulated population.

    Parameters
    ----------
    temperature
        The fitted one if None.
    """
    assert scored.people_profile is not None
    logprob = scored.tuned.of(scored.people_profile)
    chosen = scored.temperature if temperature is None else temperature
    everybody = np.ones(len(scored.people_profile))
    found = []
    for question in scored.data.codebook.questions:
        shares: dict[str, float] = {}
        for item in question.items:
            of_answers = tempering.shares(logprob[item.key], everybody, chosen)[0].tolist()  # (K,)
            shares |= {option: of_answers[k] for k, option in _options(item).items()}
        found.append(OptionShares(question, shares))
    return found


def _option_rows(scored: SimulationResult, profile_of: np.ndarray, people: pd.DataFrame) -> pd.DataFrame:
    """Table of one row per person and option; the columns of `people` (n rows) are repeated beside them.

    `profile_of` (n,) is the position of each person's scored profile.
    """
    return pd.concat(_rows_of_items(scored, profile_of, people), ignore_index=True)


def _rows_of_items(
    scored: SimulationResult, profile_of: np.ndarray, people: pd.DataFrame
) -> Iterable[pd.DataFrame]:
    """Rows of one simulated item after the other."""
    for item in scored.data.items:
        if item.key not in scored.tuned.logprob:
            continue
        options = _options(item)
        columns = np.array(list(options), dtype=int)
        table = scored.tuned.logprob[item.key][np.ix_(profile_of, columns)]  # (n, options)
        rows = people.loc[people.index.repeat(len(options))].reset_index(drop=True)
        yield rows.assign(
            question=item.column,
            option=np.tile(np.array(list(options.values()), dtype=object), len(profile_of)),
            logprob=table.ravel(),
        )


def _options(item: Item) -> dict[int, str]:
    """Index of an answer -> its option; for a multi-select part only the answer that selects it."""
    return {Item.SELECTED: item.part} if item.part is not None else dict(enumerate(item.answers))
