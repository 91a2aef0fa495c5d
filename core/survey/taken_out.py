"""Respondents a user took out of a survey, as its codebook records them.

The codebook's `extra["dropped_rows"]` holds the hash of the file they belong to and, by reason, their rows
as the table was read (`reading.row_number`), before any was removed or dropped: the survey can be built again
from the file and the codebook alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import CodebookError
from core.survey.codebook import Codebook
from core.survey.reading import row_number

TAKEN_OUT = "dropped_rows"
"""Key of the codebook for this record."""


def dropped_rows(codebook: Codebook, raw: bytes) -> frozenset[int]:
    """Positions, in the file as read, of the respondents that the codebook records as taken out.

    Parameters
    ----------
    codebook
        With a record as `record_dropped` writes it.
    raw
        The file, byte for byte; of another file nobody is taken out.

    Raises
    ------
    CodebookError
        If the entry is not as `record_dropped` writes it.
    """
    record = codebook.extra.get(TAKEN_OUT)
    if not record:
        return frozenset()
    try:
        if record["sha256"] != _hash(raw):
            return frozenset()
        numbers = [int(number) for entry in record["taken_out"] for number in entry["rows"]]
    except (TypeError, KeyError, ValueError):
        raise CodebookError(
            "The codebook does not say in a usable way who was taken out.",
            where=f'codebook.json, "{TAKEN_OUT}"',
            fix="Remove that entry; everybody is then kept.",
        ) from None
    return frozenset(number - row_number(0) for number in numbers if number >= row_number(0))


def record_dropped(codebook: Codebook, raw: bytes, reason: str, positions: Sequence[int]) -> dict[str, Any]:
    """The codebook's `extra` with more respondents taken out; those of another file are forgotten.

    Parameters
    ----------
    codebook
        Before.
    raw
        The file, byte for byte.
    reason
        Why they were taken out.
    positions
        Their positions in the file as read.
    """
    record: Mapping[str, Any] = codebook.extra.get(TAKEN_OUT, {})
    before = list(record.get("taken_out", ())) if record.get("sha256") == _hash(raw) else []
    numbers = [row_number(int(position)) for position in positions]
    taken_out = [*before, {"reason": reason, "rows": numbers}]
    return {**codebook.extra, TAKEN_OUT: {"sha256": _hash(raw), "taken_out": taken_out}}


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
