"""Respondents who did not read: the same answer down a whole battery, or far too fast.

Straight-lining is looked for in batteries, that is five or more ordinal questions in a row with the same
options. A speeder took less than a third of the median time. Both are reasons to look, not proof: some
batteries have items that correlate, and some people read fast.
"""

import re
from collections.abc import Iterator
from itertools import groupby

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Question, QuestionType
from core.survey.labels import parse_number
from core.survey.quality.flag import Action, Flag, FlagKind, name_columns, percent, shorten
from core.survey.respondents import MISSING
from core.survey.roles import header_words

SMALLEST_BATTERY = 5
SPEEDING = 1 / 3
"""Share of the median duration below which a respondent counts as a speeder."""
_USUAL = 0.2
_DURATION = re.compile(
    r"^duration\b|\bduration\b|\b(interview|completion|response|survey) (time|length|seconds|minutes)\b|"
    r"^time (taken|spent|elapsed)\b|\bloi\b|^(dauer|bearbeitungszeit|duraci[oó]n)\b"
)


def find_straight_lining(codebook: Codebook, answers: pd.DataFrame) -> Iterator[Flag]:
    """One flag per battery in which respondents gave the same answer throughout."""
    for battery in find_batteries(codebook):
        codes = answers[[question.column for question in battery]].to_numpy()
        complete = (codes != MISSING).all(axis=1)
        straight = complete & (codes == codes[:, :1]).all(axis=1)
        rows = np.flatnonzero(straight)
        if len(rows):
            share = len(rows) / complete.sum()
            usual = share > _USUAL
            columns = tuple(question.column for question in battery)
            sentence = (
                f"{len(rows)} of {complete.sum()} respondents gave the same answer to all {len(battery)} "
                f'items from "{shorten(battery[0].text)}" to "{shorten(battery[-1].text)}" '
                f"({percent(share)}, straight-lining)."
                + (" So many that the items may simply go together." if usual else "")
            )
            actions = (Action.DROP_ROWS, Action.KEEP)
            yield Flag(
                FlagKind.STRAIGHT_LINING,
                columns,
                len(rows),
                sentence,
                actions[::-1] if usual else actions,
                tuple(rows.tolist()),
            )


def find_batteries(codebook: Codebook) -> list[tuple[Question, ...]]:
    """Runs of five or more ordinal questions with the same options (three or more), in file order."""

    def scale(question: Question) -> tuple[str, ...] | None:
        on_scale = len(question.options) - len(question.non_substantive)
        return question.options if question.type is QuestionType.ORDINAL and on_scale >= 3 else None

    runs = [(key, tuple(run)) for key, run in groupby(codebook.questions, key=scale)]
    return [run for key, run in runs if key is not None and len(run) >= SMALLEST_BATTERY]


def find_speeders(table: pd.DataFrame) -> Iterator[Flag]:
    """A flag for the first column that holds the duration of the interview, if somebody rushed."""
    for column in table.columns:
        if not _DURATION.search(header_words(str(column))):
            continue
        duration = table[column].map(parse_number, na_action="ignore").to_numpy(dtype=float)
        known = duration[np.isfinite(duration) & (duration > 0)]
        if len(known) < 0.5 * len(table) or len(known) < SMALLEST_BATTERY:
            continue
        median = float(np.median(known))
        rows = np.flatnonzero(duration < SPEEDING * median)
        if len(rows):
            yield Flag(
                FlagKind.SPEEDERS,
                (str(column),),
                len(rows),
                f"{len(rows)} of {len(known)} respondents took less than a third of the median "
                f"{name_columns([str(column)])} of {median:g} (speeders).",
                (Action.DROP_ROWS, Action.KEEP),
                tuple(rows.tolist()),
            )
        return
