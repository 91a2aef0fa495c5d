"""Toplines and banner tables: real against simulated answers, overall and by demographics.

Real columns have bases, margins of error and significance letters. Simulated columns have none, and no
function here takes the number of simulated people into account: their shares are exact for the people asked,
and asking more of them would make no figure more trustworthy. Letters compare columns of one demographic, at
95 % (upper case) and 90 % (lower case). Columns with an effective base below 30 are hidden, the simulated
ones beside them too. Without demographics the same tables are the toplines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.comparison.estimates import Estimates, real_estimates, simulated_values
from core.comparison.significance import Correction, column_letter
from core.comparison.stub import RowKind, stub
from core.models.temperature import temper
from core.survey.codebook import Question
from core.survey.respondents import SurveyData
from core.survey.shares import SMALL_BASE, effective_base

TOTAL = "Total"


@dataclass(frozen=True)
class BannerColumn:
    """Column of the banner: everybody, or one category of a demographic.

    Attributes
    ----------
    label
        The category, or "Total".
    letter
        Within its demographic, from A; empty for the total.
    column, group
        Column and label of the demographic; empty for the total.
    """

    label: str
    letter: str = ""
    column: str = ""
    group: str = ""


@dataclass(frozen=True)
class TableRow:
    """Row of a question's table over C banner columns.

    Attributes
    ----------
    kind, label
        What it shows, see `RowKind`.
    real, simulated
        Shape (C,): shares 0 to 1, means on the scale, NPS -100 to 100; NaN where hidden or not defined.
    margin
        Shape (C,), half the width of the 95 % confidence interval of `real`; NaN where there is none.
    letters
        Per column, the letters of the columns it is significantly larger than; about `real` only.
    """

    kind: RowKind
    label: str
    real: np.ndarray
    simulated: np.ndarray
    margin: np.ndarray
    letters: tuple[str, ...]

    @property
    def outside(self) -> np.ndarray:
        """Shape (C,), whether the simulated value lies outside the margin of error of the real one."""
        return np.abs(self.simulated - self.real) > self.margin  # False where there is no margin


@dataclass(frozen=True)
class QuestionTable:
    """Table of one question.

    Attributes
    ----------
    question
        The question.
    n, weighted, effective
        Shape (C,), real base: respondents who answered, sum of their weights, effective base.
    people
        Shape (C,), simulated people in the column. No precision follows from it.
    rows
        Answers, then boxes, mean and NPS where the scale has them.
    """

    question: Question
    n: np.ndarray
    weighted: np.ndarray
    effective: np.ndarray
    people: np.ndarray
    rows: tuple[TableRow, ...]

    @property
    def suppressed(self) -> np.ndarray:
        """Shape (C,), whether the column is hidden because its effective base is below 30."""
        return self.effective < SMALL_BASE


@dataclass(frozen=True)
class Banner:
    """Tables of all simulated questions under the same banner.

    Attributes
    ----------
    columns
        The total first, then the categories of each demographic in order.
    left_out
        Categories with an effective base below 30 in the whole survey, which would be hidden everywhere.
    tables
        One per question, in questionnaire order; questions no respondent answered are left out.
    correction
        How letters allow for many pairs of columns.
    tested
        Whether there are letters and margins of error: only when the respondents are real people.
    """

    columns: tuple[BannerColumn, ...]
    left_out: tuple[BannerColumn, ...]
    tables: tuple[QuestionTable, ...]
    correction: Correction
    tested: bool

    def table(self, column: str) -> QuestionTable:
        """Table of the question stored in `column`."""
        return next(table for table in self.tables if table.question.column == column)


@dataclass(frozen=True)
class SimulatedPeople:
    """Simulated side of the tables; rows are people, or distinct profiles that several share.

    Attributes
    ----------
    profiles
        Data frame (n rows), one column per demographic.
    logprob
        Item key -> shape (n, K), natural log, at temperature 1.
    weights
        Shape (n,), how much each row counts.
    count
        Shape (n,), simulated people in each row.
    respondents
        Whether the rows are the real respondents in their order. Each question then counts those who answered
        it, so both sides have the same people.
    """

    profiles: pd.DataFrame
    logprob: Mapping[str, np.ndarray]
    weights: np.ndarray
    count: np.ndarray
    respondents: bool = False


def banner(
    real: SurveyData,
    simulated: SimulatedPeople,
    by: Sequence[str] = (),
    temperature: float = 1.0,
    correction: Correction | str = Correction.NONE,
    tested: bool | None = None,
) -> Banner:
    """Tables of every simulated question.

    Parameters
    ----------
    real
        The respondents.
    simulated
        Their simulated answers, or those of a population.
    by
        Columns of the demographics of the banner; none for toplines.
    temperature
        Temperature the simulated answers are read at.
    correction
        How letters allow for testing many pairs of columns in a row.
    tested
        Whether to give letters and margins of error; None: unless the codebook says the survey is generated.

    Raises
    ------
    CodebookError
        If the survey has no such demographic.
    """
    columns, left_out = _columns(real, by)
    if tested is None:
        tested = not real.codebook.extra.get("generated")
    settings = _Settings(columns, float(temperature), Correction(correction), tested)
    inside_real, inside_simulated = _inside(real.profiles, columns), _inside(simulated.profiles, columns)
    tables = tuple(
        _table(question, real, inside_real, simulated, inside_simulated, settings)
        for question in real.codebook.questions
        if all(item.key in simulated.logprob for item in question.items)
        and any((real.answers[item.key] >= 0).any() for item in question.items)
    )
    return Banner(columns, left_out, tables, settings.correction, tested)


def _columns(
    real: SurveyData, by: Sequence[str]
) -> tuple[tuple[BannerColumn, ...], tuple[BannerColumn, ...]]:
    """Total and the categories of these demographics, lettered within each; those too small apart."""
    columns, left_out = [BannerColumn(TOTAL)], []
    named = {d.column: d for d in (real.codebook.demographic(name, "banner") for name in by)}
    for name, demographic in named.items():
        options = [BannerColumn(option, "", name, demographic.label) for option in demographic.options]
        bases = [effective_base(real.weights[rows]) for rows in _inside(real.profiles, options).T]
        large = [option for option, base in zip(options, bases, strict=True) if base >= SMALL_BASE]
        columns += [replace(option, letter=column_letter(i)) for i, option in enumerate(large)]
        left_out += [option for option in options if option not in large]
    return tuple(columns), tuple(left_out)


@dataclass(frozen=True)
class _Settings:
    columns: tuple[BannerColumn, ...]
    temperature: float
    correction: Correction
    tested: bool

    def groups(self) -> list[list[int]]:
        """Positions of the columns of each demographic."""
        names = dict.fromkeys(column.column for column in self.columns if column.column)
        return [[i for i, column in enumerate(self.columns) if column.column == name] for name in names]


def _inside(profiles: pd.DataFrame, columns: Sequence[BannerColumn]) -> np.ndarray:
    """Membership in the columns, shape (n, C); people without the demographic are in the total only."""
    return np.column_stack(
        [
            np.ones(len(profiles), dtype=bool)
            if not column.column
            else (profiles[column.column] == column.label).fillna(False).to_numpy(dtype=bool)
            for column in columns
        ]
    )


def _table(
    question: Question,
    real: SurveyData,
    inside_real: np.ndarray,
    simulated: SimulatedPeople,
    inside_simulated: np.ndarray,
    settings: _Settings,
) -> QuestionTable:
    answered = np.any(np.column_stack([real.answers[item.key] >= 0 for item in question.items]), axis=1)
    counted = inside_real & (answered & (real.weights > 0))[:, None]
    asked = inside_simulated & answered[:, None] if simulated.respondents else inside_simulated
    effective = np.array([effective_base(real.weights[rows]) for rows in counted.T])
    shown = effective >= SMALL_BASE
    probability = {
        item.key: np.exp(temper(simulated.logprob[item.key], settings.temperature)) for item in question.items
    }
    rows = []
    for row in stub(question):
        model = simulated_values(row, probability[row.item.key], asked * simulated.weights[:, None])
        found = real_estimates(row, real, counted).where(shown)
        rows.append(_row(found, np.where(shown, model, np.nan), settings))
    return QuestionTable(
        question=question,
        n=counted.sum(axis=0),
        weighted=real.weights @ counted,
        effective=effective,
        people=simulated.count @ asked,
        rows=tuple(rows),
    )


def _row(estimates: Estimates, simulated: np.ndarray, settings: _Settings) -> TableRow:
    count = len(settings.columns)
    margin, found = np.full(count, np.nan), [""] * count
    if settings.tested:
        margin = estimates.margins_of_error()
        for group in settings.groups():
            names = tuple(settings.columns[i].letter for i in group)
            given = estimates.letters(names, group, settings.correction)
            for i, text in zip(group, given, strict=True):
                found[i] = text
    return TableRow(estimates.row.kind, estimates.row.label, estimates.value, simulated, margin, tuple(found))
