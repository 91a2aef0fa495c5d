import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import WorkspaceError
from core.store.database import SCHEMA_VERSION, Database, add_table, drop_table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(tmp_path):
    opened = Database.open(tmp_path / "x.duckdb")
    yield opened
    opened.close()


def stored(database, frame):
    with database.writing() as cursor:
        table = add_table(cursor, frame)
    return database.read_table(table)


def test_a_frame_comes_back_with_its_order_types_and_names(database):
    frame = pd.DataFrame(
        {
            "name; DROP TABLE survey; --": pd.Series(["b", None, "a"], dtype="str"),
            "name; drop table survey; --": np.array([3, -1, 2], dtype=np.int16),  # differs in case only
            "share": [0.1, np.nan, 1e-300],
            "yes": [True, False, True],
            "": pd.Series([None, None, None], dtype="str"),
        }
    )
    pd.testing.assert_frame_equal(stored(database, frame), frame)


def test_a_frame_without_rows_or_columns_comes_back(database):
    empty = pd.DataFrame({"a": pd.Series([], dtype="str"), "b": pd.Series([], dtype="int16")})
    pd.testing.assert_frame_equal(stored(database, empty), empty)
    assert stored(database, pd.DataFrame(index=range(3))).shape == (3, 0)


def test_categories_and_mixed_objects_become_text(database):
    frame = pd.DataFrame({"c": pd.Categorical(["x", None], ["y", "x"]), "o": np.array(["1", None], object)})
    back = stored(database, frame)
    assert [str(t) for t in back.dtypes] == ["str", "str"]
    assert back["c"].isna().tolist() == back["o"].isna().tolist() == [False, True]
    assert back.loc[0].tolist() == ["x", "1"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.none() | TEXT, st.integers(-1, 300), st.floats(allow_nan=False)), max_size=8),
    st.lists(TEXT, min_size=3, max_size=3, unique=True),
)
def test_any_text_and_number_survives_the_round_trip(database, rows, names):
    frame = pd.DataFrame(rows, columns=["t", "i", "f"])
    frame = frame.astype({"t": "str", "i": "int16", "f": "float64"}).set_axis(names, axis=1)
    pd.testing.assert_frame_equal(stored(database, frame), frame, check_exact=True)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "COPY survey TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/other.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET lock_configuration",
        "SET threads = 1",
        "SELECT * FROM secret_frame",
    ],
)
def test_the_connection_reaches_nothing_but_its_own_file(database, tmp_path, statement):
    secret_frame = pd.DataFrame({"a": [1]})  # a Python variable DuckDB would find by its name
    secret = tmp_path / "secret.csv"
    secret.write_text(secret_frame.to_csv())
    before = sorted(p.name for p in tmp_path.iterdir())
    with database.cursor() as cursor, pytest.raises(duckdb.Error, match=r"Error: (?!Parser)"):
        cursor.execute(statement.format(file=secret, folder=tmp_path)).fetchall()
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_newer_schema_version_is_refused_and_nothing_is_changed(tmp_path):
    path = tmp_path / "x.duckdb"
    opened = Database.open(path)
    with opened.writing() as cursor:
        cursor.execute("INSERT INTO schema_version VALUES (?)", [SCHEMA_VERSION + 4])
    opened.close()
    for _ in range(2):
        with pytest.raises(WorkspaceError, match=f"newer version.*{SCHEMA_VERSION + 4}.*Update Understudy"):
            Database.open(path)
    # the refusal gave the file back: another process can open it
    code = f"import duckdb; print(duckdb.connect({str(path)!r}).execute('FROM schema_version').fetchall())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == str([(i,) for i in (*range(1, SCHEMA_VERSION + 1), SCHEMA_VERSION + 4)])


def test_opening_again_applies_no_migration_twice(tmp_path):
    for _ in range(3):
        opened = Database.open(tmp_path / "x.duckdb")
        rows = opened.read_rows("SELECT version FROM schema_version")
        opened.close()
        assert rows == [{"version": i + 1} for i in range(SCHEMA_VERSION)]


def test_a_file_that_is_no_database_is_a_sentence_and_stays_as_it_is(tmp_path):
    path = tmp_path / "x.duckdb"
    path.write_text("this is a shopping list")
    with pytest.raises(WorkspaceError, match="cannot be opened.*not a valid DuckDB.*move the file away"):
        Database.open(path)
    assert path.read_text() == "this is a shopping list"


def test_a_failing_block_is_undone_wholly(database):
    with pytest.raises(KeyError, match="half-way"), database.writing() as cursor:
        add_table(cursor, pd.DataFrame({"a": ["x"]}))
        cursor.execute("CREATE TABLE t99999 (a INTEGER)")
        raise KeyError("half-way")
    tables = database.read_rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 't%'")
    assert tables == [] and database.read_rows("FROM stored_column") == []


def test_a_failing_statement_is_undone_and_the_database_goes_on(database):
    with pytest.raises(duckdb.Error, match="duplicate key"), database.writing() as cursor:
        for _ in range(2):
            cursor.execute("INSERT INTO stored_column VALUES ('t00001', 0, 'a')")
    assert database.read_rows("FROM stored_column") == []
    assert stored(database, pd.DataFrame({"a": ["x"]}))["a"].tolist() == ["x"]


def test_a_process_killed_inside_a_transaction_leaves_the_state_before_it(tmp_path):
    code = (
        "import os, pathlib, signal, sys\n"
        "import pandas as pd\n"
        "from core.store.database import Database, add_table\n"
        "database = Database.open(pathlib.Path(sys.argv[1]))\n"
        "with database.writing() as cursor:\n"
        "    add_table(cursor, pd.DataFrame({'kept': ['yes']}))\n"
        "with database.writing() as cursor:\n"
        "    add_table(cursor, pd.DataFrame({'torn': ['x'] * 100000}))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "x.duckdb"], cwd=ROOT)
    database = Database.open(tmp_path / "x.duckdb")
    assert [row["name"] for row in database.read_rows("FROM stored_column")] == ["kept"]
    assert database.read_table("t00001")["kept"].tolist() == ["yes"]
    database.close()


def test_many_threads_may_write_and_read_at_once(database):
    errors = []

    def work(number):
        try:
            for _ in range(5):
                assert stored(database, pd.DataFrame({"n": [number]}))["n"].tolist() == [number]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(database.read_rows("FROM stored_column")) == 30


def test_a_dropped_table_is_gone(database):
    with database.writing() as cursor:
        table = add_table(cursor, pd.DataFrame({"a": ["x"]}))
        drop_table(cursor, table)
    assert database.read_rows("FROM stored_column") == []


def test_only_our_own_table_names_reach_a_statement(database):
    for name in ("survey", "t1", "t00001; DROP TABLE survey", "t00001\n"):
        with pytest.raises(ValueError, match="not a stored table"):
            database.read_table(name)
