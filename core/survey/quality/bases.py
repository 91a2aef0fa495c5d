"""Too few to say anything: small bases, options and columns without variation, empty interviews."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Item, Question, QuestionType
from core.survey.labels import parse_number
from core.survey.quality.flag import Action, Flag, FlagKind, name_columns, shorten
from core.survey.shares import SMALL_BASE

SMALL_SURVEY = 100
"""Below this many respondents little can be learned or tested."""
SMALLEST_SCREEN = 10
"""Of fewer respondents without answers it is not said what they have in common."""


def find_few_respondents(n: int) -> Iterator[Flag]:
    """A flag when the whole survey is small."""
    if n < SMALL_SURVEY:
        sentence = f"Only {n} respondents: too few to learn much from or to test on."
        yield Flag(FlagKind.FEW_RESPONDENTS, (), n, sentence)


def find_silent(codebook: Codebook, answers: pd.DataFrame) -> Iterator[Flag]:
    """A flag for respondents who answered nothing, or at most one question in five: nobody to learn from.

    "No answer" and a multi-select with nothing ticked do not count as answers. Where most of these people
    gave the same one answer ("Never" to "How often do you fly?"), it is named: it screened them out.
    """
    answered = np.column_stack([_has_substance(question, answers) for question in codebook.questions])
    most = len(codebook.questions) // 5
    rows = np.flatnonzero(answered.sum(axis=1) <= most)
    if not len(rows):
        return
    nothing = not answered[rows].any()
    what = "no question" if nothing else f"at most {most} of {len(codebook.questions)} questions"
    sentence = f"{len(rows)} of {len(answers)} respondents answered {what}"
    screen = _commonest(codebook, answers.iloc[rows])
    if screen and screen[2] > max(0.5 * len(rows), SMALLEST_SCREEN) and not nothing:
        sentence += f'; {screen[2]} of them said "{shorten(screen[1])}" to "{shorten(screen[0])}"'
    actions = (Action.DROP_ROWS, Action.KEEP)
    yield Flag(FlagKind.NO_ANSWERS, (), len(rows), sentence + ".", actions, tuple(rows.tolist()))


def _has_substance(question: Question, answers: pd.DataFrame) -> np.ndarray:
    """Whether each respondent gave an answer of substance, shape (n,)."""
    if question.type is QuestionType.MULTI:
        return (answers[[item.key for item in question.items]].to_numpy() == Item.SELECTED).any(axis=1)
    (item,) = question.items
    # the last one serves missing answers, whose code is -1
    substance = np.array([*(answer not in question.non_substantive for answer in item.answers), False])
    return substance[answers[item.key].to_numpy()]


def _commonest(codebook: Codebook, answers: pd.DataFrame) -> tuple[str, str, int] | None:
    """Question, answer and count of what most of these respondents said."""
    found: tuple[str, str, int] | None = None
    for item in codebook.items:
        codes = answers[item.key].to_numpy()
        codes = codes[codes >= 0]
        if item.part is None and len(codes):
            count = np.bincount(codes)
            if found is None or count.max() > found[2]:
                found = (item.text, item.answers[int(count.argmax())], int(count.max()))
    return found


def find_constant(codebook: Codebook, profiles: pd.DataFrame, answers: pd.DataFrame) -> Iterator[Flag]:
    """A flag for questions and demographics with the same answer everywhere, or none."""
    constant = [d.column for d in codebook.demographics if profiles[d.column].nunique() < 2]
    for question in codebook.questions:
        given = answers[[item.key for item in question.items]].to_numpy()
        answered = given[(given >= 0).any(axis=1)]
        if len(answered) == 0 or (answered == answered[0]).all():
            constant.append(question.column)
    if constant:
        sentence = f"Everybody has the same answer, or none, in {name_columns(constant)}."
        actions = (Action.EXCLUDE_COLUMN, Action.KEEP)
        yield Flag(FlagKind.CONSTANT, tuple(constant), len(constant), sentence, actions)


def find_small_bases(codebook: Codebook, profiles: pd.DataFrame, answers: pd.DataFrame) -> Iterator[Flag]:
    """Flags for questions answered by, and demographic options given by, fewer than 30 respondents.

    Silent for surveys below 100 respondents, where that is the rule.
    """
    if len(answers) < SMALL_SURVEY:
        return
    few = {}
    for question in codebook.questions:
        base = int((answers[question.items[0].key] >= 0).sum())
        if 0 < base < SMALL_BASE:
            few[question.column] = base
    if few:
        bases = ", ".join(f'"{shorten(c)}" ({n})' for c, n in list(few.items())[:5])
        more = f" and {len(few) - 5} more" if len(few) > 5 else ""
        sentence = f"Fewer than {SMALL_BASE} respondents answered {bases}{more}."
        actions = (Action.EXCLUDE_COLUMN, Action.KEEP)
        yield Flag(FlagKind.SMALL_BASE, tuple(few), len(few), sentence, actions)
    yield from _small_groups(codebook, profiles)


def _small_groups(codebook: Codebook, profiles: pd.DataFrame) -> Iterator[Flag]:
    groups = [
        (demographic.column, option, int(count))
        for demographic in codebook.demographics
        for option, count in profiles[demographic.column].value_counts().items()
        if count < SMALL_BASE
    ]
    if groups:
        shown = ", ".join(
            f'"{shorten(str(o), 30)}" ({n})' for _, o, n in sorted(groups, key=lambda g: g[2])[:5]
        )
        more = f" and {len(groups) - 5} more" if len(groups) > 5 else ""
        columns = tuple(dict.fromkeys(column for column, _, _ in groups))
        yield Flag(
            FlagKind.SMALL_BASE,
            columns,
            len(groups),
            f"Background groups of fewer than {SMALL_BASE} respondents are not shown in results: "
            f"{shown}{more}.",
            is_note=True,
        )


def find_unused_options(codebook: Codebook, answers: pd.DataFrame) -> Iterator[Flag]:
    """A flag for answer options nobody chose."""
    unused = [
        (item.column, item.part or item.answers[code])
        for item in codebook.items
        if item.type is not QuestionType.NUMERIC
        for code in _never(answers[item.key].to_numpy(), len(item.answers), item.part is not None)
    ]
    if unused:
        shown = ", ".join(f"{option!r} ({column})" for column, option in unused[:5])
        more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
        columns = tuple(dict.fromkeys(column for column, _ in unused))
        sentence = f"Options nobody chose: {shown}{more}."
        yield Flag(FlagKind.UNUSED_OPTION, columns, len(unused), sentence)


def _never(codes: np.ndarray, k: int, is_part: bool) -> list[int]:
    """Codes that do not occur; of a multi-select part only "ticked" matters."""
    counts = np.bincount(codes[codes >= 0], minlength=k)
    looked_at = (Item.SELECTED,) if is_part else range(k)
    return [code for code in looked_at if counts[code] == 0]


def find_rounding(table: pd.DataFrame, codebook: Codebook) -> Iterator[Flag]:
    """Flags for numeric questions whose answers lie between the steps that are scored."""
    for question in codebook.questions:
        if question.type is not QuestionType.NUMERIC:
            continue
        counts = table[question.column].value_counts()
        numbers = np.array([parse_number(str(text)) for text in counts.index])
        step = question.grid[1] - question.grid[0]
        steps = (numbers - question.grid[0]) / step
        off = int(counts[np.abs(steps - np.round(steps)) > 1e-9].sum())
        if off:
            sentence = f'{off} answers to "{question.column}" are rounded to steps of {step:g}.'
            yield Flag(FlagKind.ROUNDING, (question.column,), off, sentence)
