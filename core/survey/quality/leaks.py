"""Demographics that give an answer away: their value, or that they are empty, nearly determines it.

A model fine-tuned on such a demographic learns the questionnaire's routing instead of the respondents: in a
survey on flying, "How tall are you?" is empty exactly for those who never fly. Checked is every demographic
value (and "empty") against every answer; a leak is one that at least 85 % of that group give and at most 15 %
of everybody else. Groups and remainders below 20 respondents prove nothing and are passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Demographic, Item
from core.survey.quality.flag import Action, Flag, FlagKind, percent, shorten

DETERMINED = 0.85
ELSEWHERE = 0.15
SMALLEST_GROUP = 20


@dataclass(frozen=True)
class _Leak:
    item: Item
    value: str | None  # None: the demographic is missing
    answer: str
    n: int
    share: float
    elsewhere: float


def find_leaks(codebook: Codebook, profiles: pd.DataFrame, answers: pd.DataFrame) -> Iterator[Flag]:
    """One flag per demographic that nearly determines an answer, with the strongest case spelled out.

    Parameters
    ----------
    codebook
        What the columns mean.
    profiles, answers
        The respondents as in `SurveyData`.
    """
    for demographic in codebook.demographics:
        group = pd.Categorical(profiles[demographic.column], categories=list(demographic.options)).codes
        leaks = [
            leak for item in codebook.items for leak in _leaks(demographic, group, item, answers[item.key])
        ]
        if leaks:
            yield _flag(demographic, leaks)


def _leaks(demographic: Demographic, group: np.ndarray, item: Item, answers: pd.Series) -> Iterator[_Leak]:
    given = answers.to_numpy()
    asked = given >= 0
    values: list[str | None] = [*demographic.options, None]
    k = len(item.answers)
    position = np.where(group < 0, len(values) - 1, group).astype(np.int64)
    # (values, K) respondents who were asked, by value of the demographic (last: missing) and answer
    counts = np.bincount(position[asked] * k + given[asked], minlength=len(values) * k).reshape(-1, k)
    size, total = counts.sum(axis=1), counts.sum(axis=0)
    for i in np.flatnonzero((size >= SMALLEST_GROUP) & (size.sum() - size >= SMALLEST_GROUP)):
        top = int(counts[i].argmax())
        share = counts[i, top] / size[i]
        # share of the same answer among everybody else
        elsewhere = (total[top] - counts[i, top]) / (size.sum() - size[i])
        if share >= DETERMINED and elsewhere <= ELSEWHERE:
            yield _Leak(item, values[i], item.answers[top], int(size[i]), float(share), float(elsewhere))


def _flag(demographic: Demographic, leaks: list[_Leak]) -> Flag:
    worst = max(leaks, key=lambda leak: (leak.value is None, leak.share - leak.elsewhere, leak.n))
    name = f'"{shorten(demographic.label)}"'
    who = (
        f"{worst.n} respondents have no answer to {name}, and"
        if worst.value is None
        else f'Of the {worst.n} respondents with "{shorten(worst.value)}" in {name},'
    )
    part = f" ({shorten(worst.item.part)})" if worst.item.part else ""
    others = f"only {percent(worst.elsewhere)}" if worst.elsewhere else "none"
    more = len({leak.item.column for leak in leaks}) - 1
    sentence = (
        f'{who} {percent(worst.share)} answered "{shorten(worst.answer)}" to '
        f'"{shorten(worst.item.text)}"{part}, but {others} of the others. '
        "The model would read the answer off this background field."
        + (f" {more} more questions are given away too." if more > 1 else "")
        + (" One more question is given away too." if more == 1 else "")
    )
    questions = tuple(dict.fromkeys(leak.item.column for leak in leaks))
    return Flag(
        FlagKind.LEAK, (demographic.column,), len(questions), sentence, (Action.EXCLUDE_COLUMN, Action.KEEP)
    )
