"""Parquet files: typed columns to text, categories kept as options in their order.

Lists of texts become one multi-select cell. Other nested values are written out as they are.
"""

import io
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import FileError
from core.survey.codebook import QuestionType
from core.survey.readers.header import HeadedTable, distinct_titles
from core.survey.readers.survey_file import NONE_SELECTED, SEPARATOR, ColumnNotes


def read_parquet(content: bytes, name: str) -> HeadedTable:
    """Read a Parquet file.

    Raises
    ------
    FileError
        If the file is damaged, has no respondents, or has fewer than two columns.
    """
    try:
        data = pq.read_table(io.BytesIO(content))
        if data.num_rows and data.num_columns >= 2:
            return _headed(data)
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise FileError(
            f"The Parquet file cannot be read ({' '.join(str(error).split())[:120]}).",
            where=name,
            fix="Write it again, or export it as CSV (UTF-8).",
        ) from None
    raise FileError(
        "The file has no respondents or fewer than two columns.",
        where=name,
        got=f"{data.num_rows} rows, {data.num_columns} columns",
        fix="Export the survey with its answers.",
    )


def _headed(data: pa.Table) -> HeadedTable:
    kept = [i for i, title in enumerate(data.column_names) if not title.startswith("__index_level_")]
    titles, repeated = distinct_titles([data.column_names[i] for i in kept])
    table, options, types = {}, {}, {}
    for title, i in zip(titles, kept, strict=True):
        column = data.column(i)
        if pa.types.is_dictionary(column.type):
            categories = column.unify_dictionaries().chunk(0).dictionary if column.num_chunks else []
            if len(categories) and pa.types.is_string(column.type.value_type):
                options[title] = tuple(dict.fromkeys(str(c) for c in categories if c.as_py()))
                if column.type.ordered:
                    types[title] = QuestionType.ORDINAL
        elif pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            types[title] = QuestionType.MULTI
        table[title] = pd.Series([_text(value) for value in column.to_pylist()], dtype="str")
    decisions = (f"Repeated column names are numbered: {', '.join(repeated[:3])}.",) if repeated else ()
    return HeadedTable(pd.DataFrame(table), ColumnNotes(options=options, types=types), {}, decisions)


def _text(value: Any) -> str | None:
    """A value as text; empty and not-a-number are missing, a list is the options ticked."""
    if value is None or value != value or value == "":
        return None
    if isinstance(value, list):
        parts = [text.replace("|", "/") for text in map(_text, value) if text]
        return SEPARATOR.join(dict.fromkeys(parts)) or NONE_SELECTED
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
