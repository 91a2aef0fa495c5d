"""Synthetic answers as data files: CSV, Parquet and SPSS (.sav).

One row per synthetic person. Every file has a column that says so, because a data file outlives the sentence
it was sent with. CSV and Parquet hold texts in the layout of a survey file, so they can be read in again with
the survey's codebook; the .sav holds codes with variable and value labels, refusals declared as missing where
numbers are computed with, and one 0/1 variable per option of a "select all that apply" question.
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from core.report.formulas import harmless
from core.simulation.draws import SyntheticAnswers
from core.survey.codebook import Question, QuestionType

ID, SOURCE = "person_id", "answer_source"
SYNTHETIC = "synthetic: drawn from a model, not given by a person"


class DataFormat(StrEnum):
    """File formats of synthetic answers; the value is the file name's ending."""

    CSV = "csv"
    PARQUET = "parquet"
    SAV = "sav"


def data_file(people: SyntheticAnswers, kind: DataFormat | str, note: str = "") -> bytes:
    """Bytes of a file with the synthetic answers.

    Parameters
    ----------
    people
        Drawn answers.
    kind
        Format.
    note
        A sentence kept inside the file: temperature, seed, date.
    """
    writers: dict[DataFormat, Callable[[SyntheticAnswers, str], bytes]] = {
        DataFormat.CSV: _csv,
        DataFormat.PARQUET: _parquet,
        DataFormat.SAV: _sav,
    }
    return writers[DataFormat(kind)](people, note)


def answer_table(people: SyntheticAnswers) -> pd.DataFrame:
    """Table with one row per person, texts as in a survey file.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `answer_source`, one text column per demographic (missing is NA) and one per question;
        options of "select all that apply" are joined with the codebook's separator.
    """
    book = people.codebook
    columns = {ID: people.ids, SOURCE: np.full(len(people.ids), SYNTHETIC, dtype=object)}
    columns |= {d.column: people.profiles[d.column].to_numpy(dtype=object) for d in book.demographics}
    columns |= {question.column: _texts(people, question) for question in _answered(people)}
    return pd.DataFrame(columns, dtype="str")


def _answered(people: SyntheticAnswers) -> list[Question]:
    """Questions of which every item has synthetic answers."""
    return [q for q in people.codebook.questions if all(item.key in people.answers for item in q.items)]


def _texts(people: SyntheticAnswers, question: Question) -> np.ndarray:
    """Answers to one question as texts, shape (n,)."""
    book = people.codebook
    if question.type is not QuestionType.MULTI:
        (item,) = question.items
        return np.array(item.answers, dtype=object)[people.answers[item.key]]
    # (n, K) booleans, one column per option
    ticked = np.column_stack([people.answers[item.key] == item.SELECTED for item in question.items])
    options = np.array(question.options, dtype=object)
    joined = [book.multi_separator.join(options[row]) or book.multi_none for row in ticked]
    return np.array(joined, dtype=object)


def _csv(people: SyntheticAnswers, note: str) -> bytes:
    """CSV in UTF-8 with a byte order mark, which Excel needs to show accents; formulas made harmless.

    A CSV has no place for a note but its cells: it stands in every row, behind where the answers come from.
    """
    table = answer_table(people)
    if note:
        table[SOURCE] = f"{SYNTHETIC}. {note}"
    safe = table.map(harmless, na_action="ignore").rename(columns=harmless)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _parquet(people: SyntheticAnswers, note: str) -> bytes:
    table = answer_table(people)
    table.attrs = {"note": note}
    target = io.BytesIO()
    table.to_parquet(target, index=False)
    return target.getvalue()


def _sav(people: SyntheticAnswers, note: str) -> bytes:
    # an SPSS file is written from dictionaries by variable name: one for values, one for labels, …
    variables = list(_variables(people))
    names = _spss_names(variable["column"] for variable in variables)

    def given(key: str) -> dict[str, Any]:
        found = zip(names, variables, strict=True)
        return {name: variable[key] for name, variable in found if variable.get(key) is not None}

    values = given("values")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(
            pd.DataFrame(values),
            path,
            file_label=_short("Synthetic answers, not people: Understudy", 60),
            note=[_short(text, 80) for text in (SYNTHETIC, people.codebook.title, note) if text],
            column_labels={name: _short(text, 250) for name, text in given("label").items()},
            variable_value_labels={name: labels for name, labels in given("codes").items() if labels},
            missing_ranges=given("missing"),
            variable_measure=given("measure"),
            variable_format={name: "F8.0" for name, codes in values.items() if codes.dtype != object},
        )
        return path.read_bytes()


def _variables(people: SyntheticAnswers) -> Iterable[dict[str, Any]]:
    """SPSS variables in the order of the file; an option of a multi-select is a variable of its own."""
    n = len(people.ids)
    yield {
        "column": ID,
        "label": "Synthetic person",
        "values": people.ids.astype(object),
        "measure": "nominal",
    }
    label = "Where the answers come from"
    yield _coded(SOURCE, label, np.ones(n), {1: SYNTHETIC}, "nominal")
    for demographic in people.codebook.demographics:
        options = list(demographic.options)
        codes = pd.Categorical(people.profiles[demographic.column], categories=options).codes + 1.0
        labels: dict[float, str] = dict(enumerate(options, 1))
        measure = "ordinal" if demographic.ordinal else "nominal"
        yield _coded(
            demographic.column, demographic.label, np.where(codes > 0, codes, np.nan), labels, measure
        )
    for question in _answered(people):
        if question.type is QuestionType.MULTI:
            for number, item in enumerate(question.items, 1):
                ticked = (people.answers[item.key] == item.SELECTED).astype(float)
                text = f"{item.part}: {item.text}"
                labels = {0: "Not selected", 1: "Selected"}
                yield _coded(f"{question.column}_{number}", text, ticked, labels, "nominal")
        else:
            yield _question(people, question)


def _question(people: SyntheticAnswers, question: Question) -> dict[str, Any]:
    """SPSS variable of a question; refusals on a scale are negative and declared missing."""
    (item,) = question.items
    refusals = np.flatnonzero(~np.isfinite(item.value_array)) if item.is_ordered else np.array([], dtype=int)
    # (K,) code of each legal answer: 1 to K, or the number of a scale point
    codes = np.arange(1.0, len(item.answers) + 1)
    if item.is_ordered:
        codes = item.scale_points.copy()
        lowest = min(0.0, float(np.nanmin(codes)))
        codes[refusals] = [lowest - 1 - i for i in range(len(refusals))]
    numeric = question.type is QuestionType.NUMERIC
    labelled = refusals if numeric else range(len(item.answers))
    labels = {float(codes[i]): item.answers[i] for i in labelled}
    measure = "scale" if numeric else "ordinal" if item.is_ordered else "nominal"
    variable = _coded(question.column, question.text, codes[people.answers[item.key]], labels, measure)
    if len(refusals):
        lost = codes[refusals]
        variable["missing"] = [{"lo": float(lost.min()), "hi": float(lost.max())}]
    return variable


def _coded(
    column: str, label: str, values: np.ndarray, codes: dict[float, str], measure: str
) -> dict[str, Any]:
    short = {code: _short(text, 120) for code, text in codes.items()}
    return {"column": column, "label": label, "values": values, "codes": short, "measure": measure}


_RESERVED = {"ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"}


def _spss_names(columns: Iterable[str]) -> list[str]:
    """Variable names that SPSS accepts: letters, digits and underscores, 64 at most, none twice.

    >>> _spss_names(["Q1 (age)", "q1_age", "1st", "by", "Größe"])
    ['Q1_age', 'q1_age_2', 'v_1st', 'v_by', 'Gr_e']
    """
    names: list[str] = []
    for column in columns:
        name = re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_")[:58] or "v"
        if not name[0].isalpha() or name.upper() in _RESERVED:
            name = f"v_{name}"
        taken, unique, number = {other.lower() for other in names}, name, 2
        while unique.lower() in taken:
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names


def _short(text: str, limit: int) -> str:
    """Text of at most `limit` bytes of UTF-8, whole characters.

    >>> _short("Größe", 4)
    'Grö'
    """
    return text.encode("utf-8")[:limit].decode("utf-8", errors="ignore")
