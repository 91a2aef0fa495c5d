"""Benchmarks anyone can rerun: how fast a large survey is imported, how well codebooks are guessed.

`bench_import` writes a generated survey to a temporary folder and does the same two things with DuckDB and
with pandas in one run, so that the ratio holds on any machine: read every cell as text, and make weighted
toplines. Beside them stands our own import from the file's bytes to the stored survey, which also guesses
the codebook, looks for flags and checks every answer. `bench_inference` compares guessed codebooks with
published ones. Nothing here touches the user's workspace.
"""

import io
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from core import studio
from core.errors import NotFoundError
from core.survey.codebook import Codebook
from core.survey.importing import draft_survey
from core.survey.topline import toplines

SHARED_SURVEYS = Path(__file__).parents[1].parent / "shared" / "surveys"
"""Where published surveys are looked for: beside the checkout."""
AGREEMENT = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
Sums = dict[str, dict[str, float]]
"""Question -> answer -> sum of the weights."""
AGES = ("18-29", "30-44", "45-59", "60+")


# ---------------------------------------------------------------- import


@dataclass(frozen=True)
class Step:
    """Seconds of one step with DuckDB and with pandas; None where one of them does not do it."""

    name: str
    duckdb: float | None
    pandas: float | None

    @property
    def ratio(self) -> float | None:
        """How many times as long pandas takes."""
        return self.pandas / self.duckdb if self.pandas and self.duckdb else None


@dataclass(frozen=True)
class ImportBench:
    """One run of `bench_import`; `steps` in the order they were done."""

    respondents: int
    questions: int
    megabytes: float
    steps: tuple[Step, ...]

    @property
    def answers(self) -> int:
        """Number of cells with an answer in them, or none: respondents times questions."""
        return self.respondents * self.questions


def bench_import(respondents: int = 250_000, questions: int = 40, seed: int = 0) -> ImportBench:
    """Time reading, toplines and the whole import of a generated survey.

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
    """A CSV of generated answers: identifier, age, weight and agreement questions, 5 % of them unanswered.

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


def _timed(work: Callable[[], object]) -> tuple[float, object]:
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
    sums = {column: {answer: w for answer, w in found.items() if answer} for column, found in sums.items()}
    return read - start, time.perf_counter() - read, sums


def _check_equal(ours: Sums, theirs: Sums) -> None:
    """Both must have done the same work."""
    for column, sums in ours.items():
        assert sums.keys() == theirs[column].keys(), column
        assert all(abs(total - theirs[column][answer]) < 1e-6 * total for answer, total in sums.items())


def _whole_import(content: bytes, workspace: Path) -> Iterator[Step]:
    """Understudy's own way: from bytes to a stored survey in DuckDB, then its toplines."""
    drafting, draft = _timed(lambda: draft_survey(content, "generated.csv"))
    yield Step("our reading, codebook and flags", drafting, None)
    with studio.open_workspace(workspace) as ws:
        storing, record = _timed(lambda: studio.save_survey(ws, draft))
        yield Step("our coding and storing", storing, None)
        loading, data = _timed(lambda: studio.load_survey(ws, record.id))
        counting, _ = _timed(lambda: toplines(data))
        yield Step("our toplines with routing, from the store", loading + counting, None)


# ---------------------------------------------------------------- inference


@dataclass(frozen=True)
class InferenceBench:
    """Columns of one published survey whose codebook entry is guessed as published, counted.

    Attributes
    ----------
    survey
        Folder name, or "all".
    columns, roles
        Columns with a role, and those given the same one.
    typed, types
        Questions and background fields, and those given the same type.
    scales, orders
        Ordinal ones, and those with the same options in the same order, or exactly reversed.
    directions
        Of `orders`, those that also run the same way.
    """

    survey: str
    columns: int
    roles: int
    typed: int
    types: int
    scales: int
    orders: int
    directions: int

    @property
    def shares(self) -> dict[str, float]:
        """Share of roles, types, orders and directions, 0 to 1; NaN without any."""
        pairs = {
            "roles": (self.roles, self.columns),
            "types": (self.types, self.typed),
            "orders": (self.orders, self.scales),
            "directions": (self.directions, self.scales),
        }
        return {name: found / total if total else float("nan") for name, (found, total) in pairs.items()}


def bench_inference(folder: Path | None = None) -> tuple[InferenceBench, ...]:
    """How much of each published codebook is guessed from the answers; the last entry is all together.

    Parameters
    ----------
    folder
        With a folder per survey that holds `clean.csv` and `codebook.json`.

    Raises
    ------
    NotFoundError
        If there is no such survey.
    """
    folder = folder or SHARED_SURVEYS
    surveys = sorted(path.parent for path in folder.glob("*/codebook.json"))
    if not surveys:
        raise NotFoundError(
            "There are no surveys with a codebook.",
            where=str(folder),
            fix="Name a folder with one folder per survey, each holding clean.csv and codebook.json.",
        )
    counts = {path.name: _agreement(path) for path in surveys}
    names = ("columns", "roles", "typed", "types", "scales", "orders", "directions")
    counts["all"] = sum(counts.values(), Counter())
    return tuple(InferenceBench(survey, *(count[name] for name in names)) for survey, count in counts.items())


def _agreement(survey: Path) -> Counter[str]:
    published = json.loads((survey / "codebook.json").read_text(encoding="utf-8"))
    truth = Codebook.from_dict({"id_column": "respondent_id", **published})
    guess = draft_survey((survey / "clean.csv").read_bytes(), "clean.csv").codebook
    count: Counter[str] = Counter()
    guessed_roles = _roles(guess)
    for column, role in _roles(truth).items():
        count["columns"] += 1
        count["roles"] += guessed_roles.get(column) == role
    guessed = _entries(guess)
    for column, (kind, options) in _entries(truth).items():
        kind_found, options_found = guessed.get(column, ("left out", []))
        count["typed"] += 1
        count["types"] += kind_found == kind
        if kind == "ordinal":
            same = kind_found == kind and options_found == options
            count["scales"] += 1
            count["orders"] += same or (kind_found == kind and options_found == options[::-1])
            count["directions"] += same
    return count


def _roles(codebook: Codebook) -> dict[str, str]:
    found = {d.column: "demographic" for d in codebook.demographics}
    found |= {q.column: "question" for q in codebook.questions}
    special = {codebook.weight_column: "weight", codebook.id_column: "id", codebook.split_column: "split"}
    return found | {column: role for column, role in special.items() if column}


def _entries(codebook: Codebook) -> dict[str, tuple[str, list[str]]]:
    """Column -> type and substantive options in order."""
    found = {d.column: ("ordinal" if d.ordinal else "single", d) for d in codebook.demographics}
    found |= {q.column: (str(q.type), q) for q in codebook.questions}
    return {
        column: (kind, [option for option in entry.options if option not in entry.non_substantive])
        for column, (kind, entry) in found.items()
    }
