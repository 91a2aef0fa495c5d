"""The example survey: battery-electric cars, generated people, known truth.

Not one respondent is real. People come from `example_people`, their answers from `example_answers` and
`example_questionnaire`; all of it is seeded. Because every step is a probability table, the exact
probability of every legal answer is known for every profile (`true_log_probabilities`), so a
simulation of the example can be checked against the truth instead of against another sample.
About 3 % of incomes and 1-2 % of other cells are blanked completely at random; blanks in the background
are summed out exactly.
"""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Item, QuestionType
from core.survey.example_answers import GROUP_SHIFT, group_probabilities, leanings
from core.survey.example_people import (
    DEMOGRAPHICS,
    draw_people,
    profile_log_probability,
    selection_log_chance,
)
from core.survey.example_questionnaire import QUESTIONS, ExampleQuestion

SEED = 20240330
EXAMPLE_NAME = "Battery-electric cars (generated example, not real people)"
EXAMPLE_FILE = "battery-electric-cars-example.csv"
BLANK_BACKGROUND = {"education": 0.015, "income": 0.03, "parking": 0.01}
"""Share of cells of demographics left empty, independent of everything."""
BLANK_ANSWERS = 0.012
_BLOCK = 20_000


def example_survey(seed: int = SEED, n: int = 1200) -> tuple[pd.DataFrame, Codebook]:
    """The example as a survey file would hold it, and its codebook.

    Parameters
    ----------
    seed
        The same seed gives the same survey.
    n
        Number of generated respondents.

    Returns
    -------
    table
        Text columns `respondent_id`, the ten demographics, the fifteen questions, `weight`.
    codebook
        Its `extra["generated"]` is True.
    """
    people_rng, answer_rng, blank_rng = np.random.default_rng(seed).spawn(3)
    people, weights = draw_people(n, people_rng)
    table = {"respondent_id": np.array([f"g{i:05d}" for i in range(1, n + 1)], dtype=object)}
    for demographic in DEMOGRAPHICS:
        table[demographic.column] = np.array(demographic.options, dtype=object)[people[demographic.column]]
    lean = leanings(people)
    group = _draw(group_probabilities(lean), answer_rng)
    for asked in QUESTIONS:
        answers = _draw_answers(asked, lean, group, answer_rng)
        answers[~_is_asked(asked, people)] = None
        answers[blank_rng.random(n) < BLANK_ANSWERS] = None
        table[asked.question.column] = answers
    for column, share in BLANK_BACKGROUND.items():
        table[column][blank_rng.random(n) < share] = None
    table["weight"] = np.array([f"{weight:.4f}" for weight in weights], dtype=object)
    return pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in table.items()}), _codebook()


def example_csv(seed: int = SEED, n: int = 1200) -> bytes:
    """The example as a UTF-8 CSV file."""
    return example_survey(seed, n)[0].to_csv(index=False, lineterminator="\n").encode("utf-8")


def true_log_probabilities(profiles: pd.DataFrame) -> dict[str, np.ndarray]:
    """Exact log-probability of every legal answer given each profile.

    Parameters
    ----------
    profiles
        One text column per demographic of the example; a missing cell, or a missing column, is
        summed out over what people in the sample with the rest of the profile have.

    Returns
    -------
    dict
        Item key -> (n, K), natural log, for a person who is asked the question; rows of the
        exponentials sum to 1. The format of `core.simulation.scores.Scores.of`.
    """
    codes = np.column_stack([_codes(profiles, i) for i in range(len(DEMOGRAPHICS))])
    distinct, row_of = np.unique(codes, axis=0, return_inverse=True)
    row_of = row_of.reshape(-1)
    shares: dict[str, np.ndarray] = {}
    for pattern in np.unique(distinct < 0, axis=0):
        rows = np.flatnonzero(((distinct < 0) == pattern).all(axis=1))
        for key, values in _profile_probabilities(distinct[rows], pattern).items():
            shares.setdefault(key, np.empty((len(distinct), values.shape[1])))[rows] = values
    return {key: np.log(np.maximum(values, 1e-300))[row_of] for key, values in shares.items()}


def _codebook() -> Codebook:
    return Codebook(
        title=EXAMPLE_NAME,
        demographics=DEMOGRAPHICS,
        questions=tuple(asked.question for asked in QUESTIONS),
        weight_column="weight",
        id_column="respondent_id",
        extra={
            "generated": True,
            "source": "Made by a seeded generator in this app; no person was asked.",
            "domain": "mobility",
            "language": "en",
        },
    )


def _draw(chances: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One column position per row of `chances` (n, K), shape (n,)."""
    below = np.cumsum(chances, axis=1)[:, :-1]
    return (rng.random((len(chances), 1)) > below).sum(axis=1)


def _draw_answers(
    asked: ExampleQuestion, lean: np.ndarray, group: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Answer texts given the hidden group, object array (n,)."""
    by_group = np.exp(_by_group(asked, lean))  # (groups, n, K) or (groups, n, options, 2)
    chances = by_group[group, np.arange(len(lean))]
    question = asked.question
    if question.type is QuestionType.MULTI:
        ticked = rng.random(chances.shape[:2]) < chances[:, :, Item.SELECTED]
        options = np.array(question.options, dtype=object)
        texts = [" | ".join(options[row]) or "(none selected)" for row in ticked]
        return np.array(texts, dtype=object)
    return np.array(question.items[0].answers, dtype=object)[_draw(chances, rng)]


def _by_group(asked: ExampleQuestion, lean: np.ndarray) -> np.ndarray:
    return np.stack([asked.rule.log_probabilities(lean, float(shift)) for shift in GROUP_SHIFT])


def _is_asked(asked: ExampleQuestion, people: dict[str, np.ndarray]) -> np.ndarray:
    if asked.asked_of is None:
        return np.ones(len(people["age"]), dtype=bool)
    column, options = asked.asked_of
    labels = next(d.options for d in DEMOGRAPHICS if d.column == column)
    return np.isin(people[column], [labels.index(option) for option in options])


def _codes(profiles: pd.DataFrame, position: int) -> np.ndarray:
    """Option index per row of one demographic, -1 where missing; shape (n,)."""
    demographic = DEMOGRAPHICS[position]
    if demographic.column not in profiles:
        return np.full(len(profiles), -1)
    column = profiles[demographic.column]
    codes = pd.Index(demographic.options).get_indexer(pd.Index(column))
    if ((codes < 0) & column.notna()).any():
        stray = column[(codes < 0) & column.notna()].iloc[0]
        raise ValueError(f"{stray!r} is no option of {demographic.column}")
    return codes


def _profile_probabilities(profiles: np.ndarray, missing: np.ndarray) -> dict[str, np.ndarray]:
    """Answer probabilities of profiles (n, demographics) that lack the same ones, those summed out."""
    shares: dict[str, np.ndarray] = {}
    mass = np.zeros(len(profiles))
    for rows, filled in _fill(profiles, missing):
        people = {d.column: filled[:, i] for i, d in enumerate(DEMOGRAPHICS)}
        chance = np.ones(len(filled))
        if missing.any():
            chance = np.exp(profile_log_probability(people) + selection_log_chance(people))
        np.add.at(mass, rows, chance)
        for key, values in _complete_probabilities(people).items():
            total = shares.setdefault(key, np.zeros((len(profiles), values.shape[1])))
            np.add.at(total, rows, chance[:, None] * values)
    return {key: total / mass[:, None] for key, total in shares.items()}


def _fill(profiles: np.ndarray, missing: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of (row of each filled profile, filled profiles) over every way to fill the missing values."""
    sizes = [len(DEMOGRAPHICS[i].options) for i in np.flatnonzero(missing)]
    total = len(profiles) * math.prod(sizes)
    for start in range(0, total, _BLOCK):
        row, *values = np.unravel_index(
            np.arange(start, min(start + _BLOCK, total)),
            (len(profiles), *sizes) if sizes else (len(profiles),),
        )
        filled = profiles[row].copy()
        for i, value in zip(np.flatnonzero(missing), values, strict=True):
            filled[:, i] = value
        yield row, filled


def _complete_probabilities(people: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Answer probabilities of complete profiles, the hidden group summed out: item key -> (n, K)."""
    lean = leanings(people)
    groups = group_probabilities(lean).T  # (groups, n)
    shares: dict[str, np.ndarray] = {}
    for asked in QUESTIONS:
        by_group = np.exp(_by_group(asked, lean))
        mixed = np.einsum("gn,gn...->n...", groups, by_group)
        parts = np.moveaxis(mixed, 1, 0) if mixed.ndim == 3 else mixed[None]
        shares |= {item.key: part for item, part in zip(asked.question.items, parts, strict=True)}
    return shares
