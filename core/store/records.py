"""Records of surveys and populations in the database, as frozen dataclasses.

Everything is stored wholly or not at all: rows and tables go in one transaction, files are written
before it is committed and removed when it fails. The tables hold frames and JSON; what a survey's
frame means is the business of `core.survey.library`.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from core.errors import NotFoundError
from core.store.database import add_table, drop_table
from core.store.files import remove_folder, to_json
from core.store.survey_files import SurveyFiles, write_files
from core.store.workspace import Workspace, new_id

_JSON = ("marginals", "figures", "plan")
"""Columns of a population that hold JSON."""


@dataclass(frozen=True)
class SurveyRecord:
    """A stored survey. `created` is in seconds since 1970, UTC."""

    id: str
    name: str
    title: str
    created: float
    n_respondents: int
    n_questions: int
    source_name: str
    source_sha256: str
    generated: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class PopulationRecord:
    """A stored synthetic population. `created` is in seconds since 1970, UTC.

    `plan` is how it was built beside its targets; `version` counts those of the same survey and name.
    """

    id: str
    survey_id: str
    name: str
    size: int
    seed: int
    marginals: Mapping[str, Any]
    figures: Mapping[str, Any]
    created: float
    plan: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1


def insert_survey(ws: Workspace, record: SurveyRecord, files: SurveyFiles, respondents: pd.DataFrame) -> None:
    """Store a survey under an id that is not in use: files, row and table, or nothing."""
    folder = ws.survey_folder(record.id)
    folder.mkdir(parents=True)
    try:
        write_files(folder, files, vars(record))
        insert_row(ws, record, files.codebook, respondents)
    except BaseException:
        remove_folder(folder)
        raise


def insert_row(
    ws: Workspace, record: SurveyRecord, codebook: Mapping[str, Any], respondents: pd.DataFrame
) -> None:
    """Put a survey into the database whose files are in its folder already."""
    with ws.database.writing() as cursor:
        table = add_table(cursor, respondents)
        own = {"warnings": to_json(record.warnings), "codebook": to_json(codebook), "table_name": table}
        _insert(cursor, "survey", vars(record) | own)


def list_surveys(ws: Workspace) -> list[SurveyRecord]:
    """Records of all surveys, newest first."""
    rows = ws.database.read_rows(
        "SELECT * EXCLUDE (codebook, table_name) FROM survey ORDER BY created DESC, id"
    )
    return [SurveyRecord(**{**row, "warnings": tuple(json.loads(row["warnings"]))}) for row in rows]


def find_survey(ws: Workspace, survey_id: str) -> SurveyRecord:
    """Record of the survey with that id.

    Raises
    ------
    NotFoundError
        If there is none; names those that exist.
    """
    return _one(list_surveys(ws), survey_id, "survey")


def read_survey(ws: Workspace, survey_id: str) -> tuple[dict[str, Any], pd.DataFrame]:
    """Codebook of a survey, and the frame given to `insert_survey`.

    Raises
    ------
    NotFoundError
        If there is none of that id; names those that exist.
    """
    find_survey(ws, survey_id)
    (row,) = ws.database.read_rows("SELECT codebook, table_name FROM survey WHERE id = ?", [survey_id])
    return json.loads(row["codebook"]), ws.database.read_table(row["table_name"])


def delete_survey(ws: Workspace, survey_id: str) -> None:
    """Remove a survey, its files and its populations. Its jobs are folders of their own and stay.

    Raises
    ------
    NotFoundError
        If there is none of that id; names those that exist.
    """
    with ws.database.writing() as cursor:
        find_survey(ws, survey_id)
        tables = cursor.execute(
            "SELECT table_name FROM survey WHERE id = ? "
            "UNION ALL SELECT table_name FROM population WHERE survey_id = ?",
            [survey_id, survey_id],
        ).fetchall()
        for (table,) in tables:
            drop_table(cursor, table)
        cursor.execute("DELETE FROM population WHERE survey_id = ?", [survey_id])
        cursor.execute("DELETE FROM survey WHERE id = ?", [survey_id])
    remove_folder(ws.survey_folder(survey_id))


def add_population(
    ws: Workspace,
    survey_id: str,
    name: str,
    size: int,
    seed: int,
    marginals: Mapping[str, Any],
    figures: Mapping[str, Any],
    people: pd.DataFrame,
    plan: Mapping[str, Any] | None = None,
) -> str:
    """Store a population.

    Parameters
    ----------
    name
        A name that a population of this survey already has makes its next version.
    marginals, figures, plan
        Anything JSON can hold; NumPy numbers are allowed.
    people
        Data frame (size rows), one text column per demographic, missing is NA.

    Returns
    -------
    str
        The population's id.

    Raises
    ------
    NotFoundError
        If there is no such survey.
    """
    with ws.database.writing() as cursor:
        find_survey(ws, survey_id)
        stored = list_populations(ws)
        population_id = new_id(name, [record.id for record in stored])
        version = 1 + max(
            (r.version for r in stored if (r.survey_id, r.name) == (survey_id, name)), default=0
        )
        record = PopulationRecord(
            population_id,
            survey_id,
            name,
            int(size),
            int(seed),
            marginals,
            figures,
            time.time(),
            plan or {},
            version,
        )
        _insert_population(cursor, record, people)
    return population_id


def insert_population(ws: Workspace, record: PopulationRecord, people: pd.DataFrame) -> None:
    """Store a population under its own id."""
    with ws.database.writing() as cursor:
        _insert_population(cursor, record, people)


def list_populations(ws: Workspace, survey_id: str | None = None) -> list[PopulationRecord]:
    """Records of the populations of a survey, or of all, newest first."""
    rows = ws.database.read_rows("SELECT * EXCLUDE (table_name) FROM population ORDER BY created DESC, id")
    records = [PopulationRecord(**row | {key: json.loads(row[key]) for key in _JSON}) for row in rows]
    return [record for record in records if survey_id in (None, record.survey_id)]


def find_population(ws: Workspace, population_id: str) -> PopulationRecord:
    """Record of the population with that id.

    Raises
    ------
    NotFoundError
        If there is none; names those that exist.
    """
    return _one(list_populations(ws), population_id, "population")


def load_people(ws: Workspace, population_id: str) -> pd.DataFrame:
    """People of a population, one row each, as given to `add_population`.

    Raises
    ------
    NotFoundError
        If there is none of that id; names those that exist.
    """
    find_population(ws, population_id)
    (row,) = ws.database.read_rows("SELECT table_name FROM population WHERE id = ?", [population_id])
    return ws.database.read_table(row["table_name"])


def delete_population(ws: Workspace, population_id: str) -> None:
    """Remove a population.

    Raises
    ------
    NotFoundError
        If there is none of that id; names those that exist.
    """
    with ws.database.writing() as cursor:
        find_population(ws, population_id)
        ((table,),) = cursor.execute(
            "DELETE FROM population WHERE id = ? RETURNING table_name", [population_id]
        ).fetchall()
        drop_table(cursor, table)


def _insert_population(
    cursor: duckdb.DuckDBPyConnection, record: PopulationRecord, people: pd.DataFrame
) -> None:
    own = {key: to_json(getattr(record, key)) for key in _JSON}
    _insert(cursor, "population", vars(record) | own | {"table_name": add_table(cursor, people)})


def _insert(cursor: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    places = ", ".join("?" * len(row))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


def _one(records: Sequence[Any], wanted: str, kind: str) -> Any:
    for record in records:
        if record.id == wanted:
            return record
    known = ", ".join(record.id for record in records[:10])
    raise NotFoundError(
        f"There is no {kind} of that name.",
        where=f"{kind}s",
        got=wanted,
        fix=f"Use one of: {known}." if known else f"Make a {kind} first.",
    )
