"""Survey folders like the shared ones, made by the generator of the example: raw exports, codebook, split.

A clean clone has no shared surveys. These stand in for them: the same answers as a plain file with checkbox
columns, as exports of SurveyMonkey and Qualtrics (with its questionnaire), with a filter, a background field
that gives an answer away, and people who answered nothing.
"""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from core.survey.codebook import Codebook, Question, QuestionType
from core.survey.example import example_survey

PLAIN, QUALTRICS = "generated_cars", "generated_cars_qualtrics"
NAMES = (PLAIN, QUALTRICS)
N, SILENT = 300, 6
"""Respondents of the codebook, and those in the raw file who answered nothing."""
NOT_ASKED = '"None" to "Cars in the household"'
LEAK, LEAK_ANSWER = "Where is a car parked at home?", "I will not buy a car"
"""Left empty in the raw file by those who gave this answer to what their next car will run on."""
FIXTURES = {
    "surveymonkey.csv": "surveymonkey",
    "qualtrics.csv": "qualtrics",
    "legacy.csv": "qualtrics_legacy",
}
SPLIT = ("train",) * 7 + ("validation",) + ("test",) * 2

Rows = list[list[str]]


def write_studies(folder: Path) -> Path:
    """Both studies and the export fixtures, in `folder`."""
    table, codebook = example_survey(seed=11, n=N)
    book = _book(codebook, table)
    raw = {PLAIN: _plain(table, codebook), QUALTRICS: _qualtrics(table, codebook)}
    for name, rows in raw.items():
        (folder / name).mkdir(parents=True)
        _write(folder / name / "raw.csv", rows)
        clean = table.drop(columns="weight") if name == QUALTRICS else table
        clean.to_csv(folder / name / "clean.csv", index=False)
        found = book | ({"weight_column": None} if name == QUALTRICS else {})
        (folder / name / "codebook.json").write_text(json.dumps(found), encoding="utf-8")
        split = pd.DataFrame({"respondent_id": table["respondent_id"], "split": np.resize(SPLIT, N)})
        split.to_csv(folder / name / "split_seed0.csv", index=False)
    (folder / QUALTRICS / "survey.qsf").write_text(json.dumps(_qsf(codebook)), encoding="utf-8")
    (folder / "export_fixtures").mkdir()
    few = table.head(40)
    exports = (_surveymonkey(few, codebook), _qualtrics(few, codebook), _legacy(few, codebook))
    for name, rows in zip(FIXTURES, exports, strict=True):
        _write(folder / "export_fixtures" / name, rows)
    return folder


def _book(codebook: Codebook, table: pd.DataFrame) -> dict:
    """The codebook as of a real survey: with margins of error."""
    book = codebook.to_dict() | {
        "title": "Battery-electric cars (made for tests)",
        "n_respondents": len(table),
    }
    return {key: value for key, value in book.items() if key not in ("generated", "id_column")}


def _write(path: Path, rows: Rows) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def _cells(column: Iterable) -> list[str]:
    return ["" if pd.isna(cell) else str(cell) for cell in column]


def _rows(columns: list[list[str]]) -> Rows:
    return [list(row) for row in zip(*columns, strict=True)]


def _ticks(question: Question, cells: list[str]) -> list[list[str]]:
    """One column per option: its text where it was ticked."""
    return [[option if option in cell.split(" | ") else "" for cell in cells] for option in question.options]


def _plain(table: pd.DataFrame, codebook: Codebook) -> Rows:
    """Wording as header, a column per option of a multi-select."""
    names, columns = ["RespondentID"], [[str(990_000 + 7 * i) for i in range(N + SILENT)]]
    leaking = (table["next_car"] == LEAK_ANSWER).to_numpy()
    for field in codebook.demographics:
        cells = _cells(table[field.column])
        if field.label == LEAK:
            cells = ["" if gone else cell for cell, gone in zip(cells, leaking, strict=True)]
        names.append(field.label)
        columns.append(cells + cells[:SILENT])
    for question in codebook.questions:
        cells = _cells(table[question.column])
        if question.type is QuestionType.MULTI:
            names += [f"{question.text} - {option}" for option in question.options]
            columns += [ticks + [""] * SILENT for ticks in _ticks(question, cells)]
        else:
            names.append(question.text)
            columns.append(cells + [""] * SILENT)
    return [names, *_rows(columns)]


def _surveymonkey(table: pd.DataFrame, codebook: Codebook) -> Rows:
    """Questions over sub-headers."""
    over, under, columns = ["Respondent ID"], [""], [_cells(table["respondent_id"])]
    for field in codebook.demographics:
        over, under, columns = (
            [*over, field.label],
            [*under, "Response"],
            [*columns, _cells(table[field.column])],
        )
    for question in codebook.questions:
        cells = _cells(table[question.column])
        if question.type is QuestionType.MULTI:
            over += [question.text, *[""] * (len(question.options) - 1)]
            under += question.options
            columns += _ticks(question, cells)
        else:
            over, under, columns = [*over, question.text], [*under, "Response"], [*columns, cells]
    return [over, under, *_rows(columns)]


def _codes(question: Question, cells: list[str]) -> list[str]:
    """Numbers of the options from 1 on, those of a multi-select with commas; numbers as they are."""
    if not question.options:
        return cells
    number = {option: str(i) for i, option in enumerate(question.options, start=1)}
    return [",".join(number[part] for part in cell.split(" | ") if part in number) for cell in cells]


def _asked(codebook: Codebook) -> list[Question]:
    background = (Question(d.column, d.label, QuestionType.SINGLE, d.options) for d in codebook.demographics)
    return [*background, *codebook.questions]


def _qualtrics(table: pd.DataFrame, codebook: Codebook) -> Rows:
    """Three header rows and numbers in place of the options."""
    asked = _asked(codebook)
    names = ["StartDate", "Progress", "Finished", "ResponseId", *(q.column for q in asked)]
    texts = ["Start Date", "Progress", "Finished", "Response ID", *(q.text for q in asked)]
    ids = ["startDate", "progress", "finished", "_recordId", *(f"QID{i}" for i in range(len(asked)))]
    n = len(table)
    columns = [["2025-03-01 10:00:00"] * n, ["100"] * n, ["1"] * n, _cells(table["respondent_id"])]
    columns += [_codes(question, _cells(table[question.column])) for question in asked]
    return [names, texts, [json.dumps({"ImportId": i}) for i in ids], *_rows(columns)]


def _legacy(table: pd.DataFrame, codebook: Codebook) -> Rows:
    """Two header rows; the platform's own columns are called V1 and so on."""
    names = ["V1", "V8", "V10", *(q.column for q in codebook.questions)]
    texts = ["ResponseID", "StartDate", "Finished", *(q.text for q in codebook.questions)]
    n = len(table)
    columns = [_cells(table["respondent_id"]), ["2025-03-01 10:00:00"] * n, ["1"] * n]
    columns += [_cells(table[question.column]) for question in codebook.questions]
    return [names, texts, *_rows(columns)]


def _qsf(codebook: Codebook) -> dict:
    """The questionnaire in Qualtrics' own format."""
    elements = []
    for i, question in enumerate(_asked(codebook)):
        choices = {str(k): {"Display": option} for k, option in enumerate(question.options, start=1)}
        kind = {"QuestionType": "MC", "Selector": "MAVR" if question.type is QuestionType.MULTI else "SAVR"}
        payload = {
            "QuestionID": f"QID{i}",
            "DataExportTag": question.column,
            "QuestionText": f"<p>{question.text}</p>",
            **(kind | {"Choices": choices} if choices else {"QuestionType": "TE", "Selector": "SL"}),
        }
        elements.append({"Element": "SQ", "Payload": payload})
    return {"SurveyEntry": {"SurveyName": codebook.title}, "SurveyElements": elements}
