"""Benchmark of importing: a large generated survey with DuckDB and with pandas.

Writes a generated survey to a temporary folder and does the same two things with DuckDB and with
pandas in one run, so that the ratio holds on any machine: read every cell as text, and make weighted
toplines. The third measurement is our own import from the file's bytes to the stored survey, which also
guesses the codebook, looks for flags and checks every answer.
"""

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from core.studio import surveys
from core.studio.workspace import open_workspace
from core.survey.importing import draft_survey
from core.survey.topline import toplines

AGREEMENT = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
Sums = dict[str, dict[str, float]]
"""Question -> answer -> sum of the weights."""
T = TypeVar("T")
AGES = ("18-29", "30-44", "45-59", "60+")


@dataclass(frozen=True)
class Step:
    """Seconds of one step with DuckDB and with pandas; None where one of them does not do it."""

    name: str
    duckdb: float | None
    pandas: float | None

    @property
    def ratio(self) -> float | None:
        """Seconds of pandas divided by those of DuckDB."""
        return self.pandas / self.duckdb if self.pandas and self.duckdb else None


@dataclass(frozen=True)
class ImportBench:
    """Result of `bench_import`; `steps` in the order they were run."""

    respondents: int
    questions: int
    megabytes: float
    steps: tuple[Step, ...]

    @property
    def answers(self) -> int:
        """Number of answers, missing ones included: respondents times questions."""
        return self.respondents * self.questions


def bench_import(respondents: int = 250_000, questions: int = 40, seed: int = 0) -> ImportBench:
    """Times of reading, toplines and the whole import of a generated survey.

    Parameters
    ----------
    respondents, questions
        Size of the survey; 250,000 times 40 is ten million answers.
    seed
        Of the generated answers.
    """
    content = generate_survey(respondents, questions, seed)
    columns = [f"q{i + 1}" for i in range(questions)]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "generated.csv"
        file.write_bytes(content)
        reading, counting, ours = _with_duckdb(file, columns)
        pandas_reading, pandas_counting, theirs = _with_pandas(file, columns)
        _check_equal(ours, theirs)
        steps = [
            Step("read every cell as text", reading, pandas_reading),
            Step(f"weighted toplines of {questions} questions", counting, pandas_counting),
            Step("read and toplines", reading + counting, pandas_reading + pandas_counting),
            *_whole_import(content, Path(folder) / "workspace"),
        ]
    return ImportBench(respondents, questions, len(content) / 1e6, tuple(steps))


def generate_survey(respondents: int, questions: int, seed: int = 0) -> bytes:
    """CSV of generated answers: identifier, age, weight and agreement questions, 5 % of them unanswered.

    Examples
    --------
    >>> generate_survey(2, 1).decode().splitlines()[0]
    '"respondent_id","age","weight","q1"'
    """
    rng = np.random.default_rng(seed)
    columns = {
        "respondent_id": pa.array(np.char.mod("r%07d", np.arange(respondents))),
        "age": _labels(rng.integers(len(AGES), size=respondents), AGES),
        "weight": pa.array(np.round(rng.uniform(0.5, 1.5, respondents), 3)),
    }
    for i in range(questions):
        codes = rng.integers(len(AGREEMENT), size=respondents)
        columns[f"q{i + 1}"] = _labels(codes, AGREEMENT, rng.random(respondents) < 0.05)
    buffer = io.BytesIO()
    pyarrow.csv.write_csv(pa.table(columns), buffer)
    return buffer.getvalue()


def _labels(codes: np.ndarray, labels: tuple[str, ...], missing: np.ndarray | None = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=missing), list(labels)).cast(pa.string())


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _with_duckdb(file: Path, columns: list[str]) -> tuple[float, float, Sums]:
    """Seconds to read and to count, and the weighted sum of each answer; the columns are our own names."""
    with duckdb.connect() as connection:
        start = time.perf_counter()
        connection.execute(
            "CREATE TABLE survey AS SELECT * REPLACE (weight::DOUBLE AS weight) "
            "FROM read_csv(?, all_varchar=true, header=true)",
            [str(file)],
        )
        read = time.perf_counter()
        sums = {
            column: dict(
                connection.execute(
                    f"SELECT {column}, sum(weight) FROM survey WHERE {column} IS NOT NULL GROUP BY 1"
                ).fetchall()
            )
            for column in columns
        }
        return read - start, time.perf_counter() - read, sums


def _with_pandas(file: Path, columns: list[str]) -> tuple[float, float, Sums]:
    """The same with pandas."""
    start = time.perf_counter()
    frame = pd.read_csv(file, dtype="str", keep_default_na=False)
    weight = frame["weight"].astype(float)
    read = time.perf_counter()
    sums = {column: weight.groupby(frame[column]).sum().to_dict() for column in columns}
    given = {c: {str(answer): w for answer, w in found.items() if answer} for c, found in sums.items()}
    return read - start, time.perf_counter() - read, given


def _check_equal(ours: Sums, theirs: Sums) -> None:
    """Assert that both ways found the same sums."""
    for column, sums in ours.items():
        assert sums.keys() == theirs[column].keys(), column
        assert all(abs(total - theirs[column][answer]) < 1e-6 * total for answer, total in sums.items())


def _whole_import(content: bytes, workspace: Path) -> Iterator[Step]:
    """Steps of our own import: from bytes to a survey stored in DuckDB, then its toplines."""
    drafting, draft = _timed(lambda: draft_survey(content, "generated.csv"))
    yield Step("our reading, codebook and flags", drafting, None)
    with open_workspace(workspace) as ws:
        storing, record = _timed(lambda: surveys.save(ws, draft))
        yield Step("our coding and storing", storing, None)
        loading, data = _timed(lambda: surveys.load(ws, record.id))
        counting, _ = _timed(lambda: toplines(data))
        yield Step("our toplines with routing, from the store", loading + counting, None)
