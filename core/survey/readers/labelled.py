"""SPSS and Stata files, read in a process of their own.

The C library behind pyreadstat can crash on a damaged file, and a crash would take the whole
application with it. A child process reads the file and sends back the answers as an Arrow table; when
it dies, the user gets a sentence. Costs about a second per file.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.readers.file_format import FileFormat
from core.survey.readers.header import HeadedTable
from core.survey.readers.survey_file import ColumnGroup, ColumnNotes

_ROOT = Path(__file__).resolve().parents[3]
_SECONDS = 600
_NOTES = b"notes"


def read_labelled(content: bytes, name: str, format: FileFormat) -> HeadedTable:
    """Read a .sav or .dta file with its labels.

    Raises
    ------
    FileError
        If the file is damaged, has no respondents, or has fewer than two variables.
    """
    command = [sys.executable, "-m", "core.survey.readers.labelled_worker", format.value]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore", "PYTHONFAULTHANDLER": ""}
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, env=quiet, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _unreadable(format, name, "it takes too long") from None
    if done.returncode == 0:
        try:
            return unpack_table(done.stdout)
        except (pa.ArrowException, ValueError, KeyError):
            raise _unreadable(format, name, "it is damaged") from None
    try:
        refusal = json.loads(done.stderr.splitlines()[-1])
        error = FileError(refusal["what"], where=name, got=refusal["got"], fix=refusal["fix"])
    except (ValueError, IndexError, KeyError, TypeError):  # the child crashed
        error = _unreadable(format, name, "it is damaged")
    raise error


def pack_table(headed: HeadedTable) -> bytes:
    """The table and its notes as one Arrow stream; `unpack_table` is the inverse."""
    notes = {**asdict(headed.notes), "decisions": headed.decisions}
    schema = pa.schema([(column, pa.string()) for column in headed.table.columns])
    table = pa.Table.from_pandas(headed.table, schema, preserve_index=False)
    table = table.replace_schema_metadata({_NOTES: json.dumps(notes).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def unpack_table(packed: bytes) -> HeadedTable:
    """The inverse of `pack_table`."""
    table = pa.ipc.open_stream(packed).read_all()
    notes = json.loads(table.schema.metadata[_NOTES])
    frame: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
    groups = (
        ColumnGroup(g["name"], g["wording"], tuple(g["columns"]), tuple(g["labels"])) for g in notes["groups"]
    )
    described = ColumnNotes(
        wording=notes["wording"],
        options={column: tuple(labels) for column, labels in notes["options"].items()},
        types={column: QuestionType(kind) for column, kind in notes["types"].items()},
        refusals={column: tuple(labels) for column, labels in notes["refusals"].items()},
        groups=tuple(groups),
    )
    return HeadedTable(frame, described, {}, tuple(notes["decisions"]))


def _unreadable(format: FileFormat, name: str, reason: str) -> FileError:
    return FileError(
        f"The {format.label} cannot be read: {reason}.",
        where=name,
        fix="Save it again in the program it comes from, or export it as CSV (UTF-8).",
    )
