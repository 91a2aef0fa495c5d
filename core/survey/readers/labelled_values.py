"""Values of SPSS and Stata files to texts, with the answers declared missing.

Values become their labels. Answers the file declares missing ("Refused", 99) stay answers, as options
without substance: the usual reading drops them silently. A variable on which only such answers are
labelled (age, with 999 = "Refused") stays numeric.
"""

import datetime
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.readers.header import HeadedTable, distinct_titles
from core.survey.readers.survey_file import ColumnGroup, ColumnNotes

_MEASURES = {"ordinal": QuestionType.ORDINAL, "nominal": QuestionType.SINGLE}


def label_values(frame: pd.DataFrame, meta: Any) -> HeadedTable:
    """Respondents with labels for values, and what the file says about its variables.

    Parameters
    ----------
    frame, meta
        As pyreadstat gives them with ``user_missing=True``.

    Raises
    ------
    FileError
        If there are no respondents or fewer than two variables.
    """
    if len(frame) == 0 or frame.shape[1] < 2:
        raise FileError(
            "The file has no respondents or fewer than two variables.",
            got=f"{len(frame)} rows, {frame.shape[1]} variables",
            fix="Save the data with its answers.",
        )
    columns = distinct_titles([str(column) for column in frame.columns])[0]
    frame.columns = columns
    table, options, types, refusals = {}, {}, {}, {}
    for column, source in zip(columns, meta.column_names, strict=True):
        labels = _distinct_labels(meta.variable_value_labels.get(source, {}))
        missing = _missing_values(meta, source, frame[column], labels)
        table[column] = _texts(frame[column], labels)
        refusals[column] = tuple(labels.get(value) or _written(value) for value in missing)
        substantive = [value for value in labels if value not in missing]
        if substantive:
            values = _in_order({*substantive, *_present(frame[column], labels)} - set(missing))
            options[column] = (*(labels.get(value) or _written(value) for value in values), *refusals[column])
            types[column] = _MEASURES.get(meta.variable_measure.get(source, ""))
    notes = ColumnNotes(
        wording={c: text for c, text in zip(columns, meta.column_labels, strict=True) if text},
        options=options,
        types={column: kind for column, kind in types.items() if kind},
        refusals={column: labels for column, labels in refusals.items() if labels},
        groups=_response_sets(meta, columns),
    )
    return HeadedTable(pd.DataFrame(table), notes, {}, tuple(_decisions(notes, len(columns))))


def _distinct_labels(labels: Mapping[Any, str]) -> dict[Any, str]:
    """Labels by value; one that names two values carries the value too."""
    named = {value: " ".join(str(label).split()) for value, label in labels.items()}
    texts = list(named.values())
    return {
        value: text if text and texts.count(text) == 1 else f"{text} ({_text(value, {})})".strip()
        for value, text in named.items()
    }


def _missing_values(meta: Any, column: str, cells: pd.Series, labels: Mapping[Any, str]) -> list[Any]:
    """Values declared missing that occur or have a label, in order."""
    ranges = meta.missing_ranges.get(column) or []
    letters = set(meta.missing_user_values.get(column) or ())
    known = {*labels, *_present(cells, labels)}
    return _in_order({value for value in known if value in letters or _in_ranges(value, ranges)})


def _in_ranges(value: Any, ranges: list[dict[str, Any]]) -> bool:
    try:
        return any(bounds["lo"] <= value <= bounds["hi"] for bounds in ranges)
    except TypeError:  # a text between numbers
        return False


def _present(cells: pd.Series, labels: Mapping[Any, str]) -> set[Any]:
    """Distinct values of a labelled column; none for a column without labels, which may have thousands."""
    return {value for value in cells.dropna().unique() if value != ""} if labels else set()


def _in_order(values: set[Any]) -> list[Any]:
    """Numbers ascending, then Stata's missing letters and texts."""
    return sorted(values, key=lambda value: (isinstance(value, str), value))


def _texts(cells: pd.Series, labels: Mapping[Any, str]) -> pd.Series:
    """The column as text, each distinct value put into words once."""
    number, values = pd.factorize(cells)
    texts = np.array([*(_text(value, labels) for value in values), None], dtype=object)
    return pd.Series(texts[number], dtype="str")


def _text(value: Any, labels: Mapping[Any, str]) -> str | None:
    """A value as its label, else as written: 3.0 is "3", an empty cell is missing."""
    if value in labels:
        return labels[value]
    if value is None or value is pd.NaT or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return _written(value)


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _response_sets(meta: Any, columns: list[str]) -> tuple[ColumnGroup, ...]:
    """Multiple response sets of 0/1 variables that the file declares."""
    groups = []
    for key, entry in (getattr(meta, "mr_sets", None) or {}).items():
        members = [column for column in entry.get("variable_list", ()) if column in columns]
        if entry.get("is_dichotomy") and len(members) > 1:
            wording = meta.column_names_to_labels
            labels = tuple(wording.get(column) or column for column in members)
            groups.append(ColumnGroup(key.lstrip("$"), entry.get("label") or key, tuple(members), labels))
    return tuple(groups)


def _decisions(notes: ColumnNotes, n_columns: int) -> list[str]:
    decisions = [f"Values are replaced by their labels in {len(notes.options)} of {n_columns} variables."]
    if notes.refusals:
        first = next(iter(notes.refusals.items()))
        decisions.append(
            f"Answers declared missing stay answers in {len(notes.refusals)} variables "
            f'("{first[1][0]}" in "{first[0]}"); they are kept out of averages.'
        )
    return decisions
