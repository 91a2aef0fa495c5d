"""Checkbox columns into one column per question.

The ticked options stand in one cell, in questionnaire order. A respondent who ticked nothing is told
apart from one who was not asked only where the file writes "not ticked" as a value; where it leaves
the cell empty, a respondent without any tick counts as not asked.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.labels import label_key
from core.survey.readers.checkbox_cells import TickStyle
from core.survey.readers.checkbox_groups import Checkboxes, find_checkboxes
from core.survey.readers.choices import ReadingDecision
from core.survey.readers.survey_file import NONE_SELECTED, SEPARATOR, ColumnNotes


@dataclass(frozen=True)
class Combined:
    """A table whose checkbox columns are combined.

    Attributes
    ----------
    table, notes
        With the new columns in place of the old ones.
    sources
        New column to the columns it was made of.
    decisions
        One per question.
    """

    table: pd.DataFrame
    notes: ColumnNotes
    sources: dict[str, tuple[str, ...]]
    decisions: tuple[ReadingDecision, ...]


def combine_checkboxes(table: pd.DataFrame, notes: ColumnNotes, keep: Collection[str] = ()) -> Combined:
    """Combine the checkbox columns of each "select all that apply" question into one.

    Parameters
    ----------
    table, notes
        The respondents and what the file says about its columns.
    keep
        Columns to leave as they are; a question with one of them is not combined.
    """
    kept = {label_key(column) for column in keep}
    sources: dict[str, tuple[str, ...]] = {}
    wording, options, types = dict(notes.wording), dict(notes.options), dict(notes.types)
    new: dict[str, tuple[str, pd.Series]] = {}
    dropped: set[str] = set()
    decisions = []
    for boxes in find_checkboxes(table, notes.wording, notes.groups):
        group = boxes.group
        if kept & {label_key(column) for column in group.columns}:
            continue
        taken = (set(table.columns) - set(group.columns)) | sources.keys()
        name = group.name if group.name not in taken else f"{group.name} (all that apply)"
        new[group.columns[0]] = (name, _cells(table, boxes))
        dropped |= {
            column
            for column, ticks in zip(group.columns, boxes.ticks, strict=True)
            if ticks.style is not TickStyle.WRITTEN
        }
        sources[name] = group.columns
        wording[name], options[name] = group.wording, group.labels
        types[name] = QuestionType.MULTI
        text = (
            f'{len(group.columns)} checkbox columns are combined into "{group.wording[:80]}" '
            f"({', '.join(group.labels[:3])}{', …' if len(group.labels) > 3 else ''})."
        )
        decisions.append(ReadingDecision(text, keep=group.columns))
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        if column in new:
            columns[new[column][0]] = new[column][1]
        if column not in dropped:
            columns[column] = table[column]
    described = ColumnNotes(wording, options, types, notes.refusals)
    frame = pd.DataFrame(columns, index=table.index) if sources else table
    return Combined(frame, described, sources, tuple(decisions))


def _cells(table: pd.DataFrame, boxes: Checkboxes) -> pd.Series:
    """Ticked options of each respondent in one cell, shape (n,)."""
    n = len(table)
    texts = np.full(n, "", dtype=object)
    asked = np.zeros(n, dtype=bool)
    for column, ticks, label in zip(boxes.group.columns, boxes.ticks, boxes.group.labels, strict=True):
        cells = table[column]
        ticked = cells.isin(ticks.marks).to_numpy(dtype=bool)
        asked |= ticked | cells.isin(ticks.blanks).to_numpy(dtype=bool)
        texts[ticked] = [f"{text}{SEPARATOR}{label}" if text else label for text in texts[ticked]]
    texts[asked & (texts == "")] = NONE_SELECTED
    return pd.Series([text or None for text in texts], index=table.index, dtype="str")
