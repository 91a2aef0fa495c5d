"""The workspace's one DuckDB connection, closed off from the file system.

DuckDB lets one process open a database; every other process is refused, even for reading. So only
the app or a command opens it, and jobs get files instead. The connection can reach nothing but its
own file: no other file, no network, no extension, no changed setting, no Python variable. Values
are always parameters; tables of a survey get names of our own (``t00001`` with columns ``c001``,
``c002``, ...), so nothing a user typed is ever part of a statement.
"""

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psutil
import pyarrow as pa

from core.errors import WorkspaceError

SANDBOX: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE SEQUENCE table_number",
        """CREATE TABLE stored_column (
            table_name VARCHAR, position INTEGER, name VARCHAR, PRIMARY KEY (table_name, position))""",
        """CREATE TABLE survey (
            id VARCHAR PRIMARY KEY, name VARCHAR, title VARCHAR, created DOUBLE, n_respondents INTEGER,
            n_questions INTEGER, source_name VARCHAR, source_sha256 VARCHAR, generated BOOLEAN,
            warnings VARCHAR, codebook VARCHAR, table_name VARCHAR)""",
        """CREATE TABLE population (
            id VARCHAR PRIMARY KEY, survey_id VARCHAR, name VARCHAR, size INTEGER, seed BIGINT,
            marginals VARCHAR, figures VARCHAR, created DOUBLE, table_name VARCHAR)""",
    ),
    (
        "ALTER TABLE population ADD COLUMN plan VARCHAR DEFAULT '{}'",
        "ALTER TABLE population ADD COLUMN version INTEGER DEFAULT 1",
    ),
)
"""Statements that lead from schema version i to i + 1. Only ever append."""
SCHEMA_VERSION = len(MIGRATIONS)
READ_ONLY = "This is a demonstration: it can be looked at, not changed."
READ_ONLY_FIX = "Install Understudy on your own computer to work with your own survey."


class Database:
    """A DuckDB file with a known schema.

    Use `read` and `read_rows` to read and `writing` for everything that must happen wholly or not
    at all. Safe to share between threads: every use has a cursor of its own, writers take turns.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._turn = threading.RLock()
        self._frozen = False

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open or make the database at `path` and bring its schema up to date.

        Raises
        ------
        WorkspaceError
            If another process has it open (its number is named), if a newer version of this
            program wrote it, or if it is not a database.
        """
        try:
            connection = duckdb.connect(path, config=SANDBOX)
        except duckdb.Error as error:
            raise _opening_error(path, str(error)) from error
        database = cls(connection)
        try:
            database._migrate(path)
        except BaseException:
            connection.close()
            raise
        return database

    def close(self) -> None:
        """Give the file back, so that another process may open it."""
        self._connection.close()

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one use; fetch every result before leaving."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def freeze(self) -> None:
        """Allow reading only from now on."""
        self._frozen = True

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside a transaction: kept when the block ends, undone when it raises.

        Raises
        ------
        WorkspaceError
            If the database was frozen.
        """
        if self._frozen:
            raise WorkspaceError(READ_ONLY, fix=READ_ONLY_FIX)
        with self._turn, self.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def read_rows(self, statement: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query, each a dictionary by column name."""
        with self.cursor() as cursor:
            result = cursor.execute(statement, list(values))
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def read_table(self, table: str) -> pd.DataFrame:
        """Frame that `add_table` stored, rows and columns in their order, text as ``str``."""
        with self.cursor() as cursor:
            columns = cursor.execute(
                "SELECT name FROM stored_column WHERE table_name = ? ORDER BY position", [table]
            ).fetchall()
            picked = ", ".join(_column(i) for i in range(len(columns)))
            query = f"SELECT {picked or 'row_number'} FROM {_own(table)} ORDER BY row_number"
            frame = cursor.execute(query).df()
        if not columns:
            return frame[[]]
        frame.columns = pd.Index([name for (name,) in columns], dtype="str")
        text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
        return frame.astype(dict.fromkeys(text, "str"))

    def _migrate(self, path: Path) -> None:
        with self.writing() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
            # fetchone would leave the result open, and the cursor would refuse further statements
            query = "SELECT coalesce(max(version), 0) FROM schema_version"
            ((found,),) = cursor.execute(query).fetchall()
            if found > SCHEMA_VERSION:
                raise WorkspaceError(
                    "The workspace was written by a newer version of Understudy.",
                    where=str(path),
                    got=f"schema version {found}, this program knows {SCHEMA_VERSION}",
                    fix="Update Understudy, or choose another workspace folder.",
                )
            for version in range(found, SCHEMA_VERSION):
                for statement in MIGRATIONS[version]:
                    cursor.execute(statement)
                cursor.execute("INSERT INTO schema_version VALUES (?)", [version + 1])


def add_table(cursor: duckdb.DuckDBPyConnection, frame: pd.DataFrame) -> str:
    """Store `frame` as a table inside the transaction of `cursor`.

    Whole numbers, floating-point numbers and truth values keep their type; everything else
    becomes text with missing values kept. The index is not stored.

    Returns
    -------
    str
        The table's name, for `Database.read_table` and `drop_table`.
    """
    ((number,),) = cursor.execute("SELECT nextval('table_number')").fetchall()
    table = f"t{number:05d}"
    arrays = {"row_number": pa.array(range(len(frame)), pa.int32())}
    arrays |= {_column(i): _stored(frame.iloc[:, i]) for i in range(frame.shape[1])}
    cursor.register("incoming", pa.table(arrays))
    try:
        cursor.execute(f"CREATE TABLE {_own(table)} AS SELECT * FROM incoming")
    finally:
        cursor.unregister("incoming")
    for position, name in enumerate(frame.columns):
        cursor.execute("INSERT INTO stored_column VALUES (?, ?, ?)", [table, position, str(name)])
    return table


def drop_table(cursor: duckdb.DuckDBPyConnection, table: str) -> None:
    """Remove a table that `add_table` stored, inside the transaction of `cursor`."""
    cursor.execute(f"DROP TABLE {_own(table)}")
    cursor.execute("DELETE FROM stored_column WHERE table_name = ?", [table])


def _stored(column: pd.Series) -> pa.Array:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return pa.array(column, from_pandas=False)
    return pa.array(column.astype("str"), pa.large_string(), from_pandas=True)


def _column(position: int) -> str:
    return f"c{position + 1:03d}"


def _own(table: str) -> str:
    # the only text ever put into a statement: our own numbering
    if not re.fullmatch(r"t[0-9]{5,}", table):
        raise ValueError(f"not a stored table: {table!r}")
    return table


def _opening_error(path: Path, message: str) -> WorkspaceError:
    holder = re.search(r"PID (\d+)", message)
    if holder:
        pid = int(holder[1])
        return WorkspaceError(
            "The workspace is open in another program.",
            where=str(path.parent),
            got=f"process PID {pid}{_command(pid)}",
            fix="Close the app or wait for the other command to end, or choose another workspace folder.",
        )
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        return WorkspaceError(
            "The workspace cannot be written to.", where=str(path.parent), fix="Choose another folder."
        )
    return WorkspaceError(
        "The workspace's database cannot be opened.",
        where=str(path),
        got=message.splitlines()[0],
        fix="If it is damaged, move the file away and import the surveys again; their files are kept.",
    )


def _command(pid: int) -> str:
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return ""
    # the first words only: what follows may be long or private
    text = " ".join([Path(words[0]).name, *words[1:4]] if words else [])
    return f" ({' '.join(text.split())[:60]})" if text else ""
