"""Qualtrics exports: three header rows, or two in the legacy format and in edited files.

Row 1 holds short names, row 2 the question texts, row 3 a JSON note with the identifier that stays
the same when names change (``{"ImportId":"QID3"}``). The legacy export has no third row and names
its own columns V1 to V10. Previews, tests and partial interviews are offered for removal, not removed.
"""

import json
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from core.survey.labels import parse_number
from core.survey.readers.file_format import FileFormat
from core.survey.readers.header import Header
from core.survey.readers.survey_file import RemovableKind, RemovableRows

_SYSTEM = frozenset(
    """startdate enddate status ipaddress progress durationinseconds finished recordeddate responseid
    recipientlastname recipientfirstname recipientemail externalreference externaldatareference
    locationlatitude locationlongitude distributionchannel userlanguage responseset""".split()
)
_LEGACY = frozenset("responseid responseset name externaldatareference emailaddress ipaddress status".split())
_CHOICE = re.compile(r"\s*-\s*(Selected Choice|Ausgewählte Option|Opción seleccionada)\b")
_STATUS = {
    RemovableKind.PREVIEW: ("1", "9", "17", "survey preview", "preview", "offline survey preview"),
    RemovableKind.TEST: ("2", "survey test", "test"),
    RemovableKind.SPAM: ("8", "12", "spam", "possible spam", "imported spam"),
}
_CHANNEL = {RemovableKind.PREVIEW: ("preview",), RemovableKind.TEST: ("test", "gl_test")}
_REASON = {
    RemovableKind.PREVIEW: "previews of the questionnaire, not respondents",
    RemovableKind.TEST: "generated test answers, not respondents",
    RemovableKind.SPAM: "responses Qualtrics marks as spam",
    RemovableKind.PARTIAL: "interviews that were not finished",
}


def find_header(rows: list[list[str]]) -> Header | None:
    """The header rows of a Qualtrics export, or None when the rows are no such export."""
    ids = next((i for i in (1, 2) if len(rows) > i and _is_id_row(rows[i])), None)
    if ids is not None:
        decision = f"Qualtrics export: the first {ids + 1} rows are names, "
        decision += "question texts and identifiers, not respondents."
        wording = rows[1] if ids == 2 else []
        return Header(
            FileFormat.QUALTRICS,
            ids + 1,
            rows[0],
            [_question_text(text) for text in wording],
            [_import_id(cell) for cell in rows[ids]],
            decisions=(decision,),
        )
    if len(rows) > 1 and _is_legacy(rows):
        decision = "Qualtrics export in the legacy format: the second row holds the question texts."
        return legacy_header(rows, FileFormat.QUALTRICS_LEGACY, decision)
    if len(rows) > 1 and _lacks_id_row(rows):
        decision = "Qualtrics export without its third header row: the second row holds the question texts."
        return legacy_header(rows, FileFormat.QUALTRICS, decision)
    return None


def legacy_header(
    rows: list[list[str]], format: FileFormat = FileFormat.QUALTRICS_LEGACY, decision: str = ""
) -> Header:
    """Two header rows; the platform's own columns take their name from the second ("V1" is an id)."""
    titles = [
        text if re.fullmatch(r"V\d+", name) and _key(text) in _SYSTEM | _LEGACY else name
        for name, text in zip(rows[0], rows[1], strict=True)
    ]
    decision = decision or "The first two rows are names and question texts."
    return Header(format, 2, titles, [_question_text(text) for text in rows[1]], decisions=(decision,))


def find_removable(table: pd.DataFrame) -> Iterator[RemovableRows]:
    """Previews, tests, spam and partial interviews, each kind at most once; a row has one kind.

    Parameters
    ----------
    table
        Respondents of a Qualtrics export, with its "Status", "Finished", "Progress" and
        "DistributionChannel" columns as far as they were exported.
    """
    columns = {_key(column): table[column].str.strip().str.lower() for column in table.columns}
    none = pd.Series([None] * len(table), dtype="str")
    status, channel = columns.get("status", none), columns.get("distributionchannel", none)
    found = {kind: status.isin(marks) for kind, marks in _STATUS.items()}
    for kind, marks in _CHANNEL.items():
        found[kind] |= channel.isin(marks)
    if "finished" in columns:
        found[RemovableKind.PARTIAL] = columns["finished"].isin(("0", "false", "falsch", "falso"))
    elif "progress" in columns:
        progress = [100.0 if pd.isna(p) else parse_number(p) for p in columns["progress"]]
        found[RemovableKind.PARTIAL] = pd.Series(np.array(progress) < 100)
    taken = np.zeros(len(table), dtype=bool)
    for kind, is_kind in found.items():
        rows = np.flatnonzero(is_kind.to_numpy(dtype=bool) & ~taken)
        taken[rows] = True
        if len(rows):
            yield RemovableRows(kind, f"{_REASON[kind]} ({len(rows)}).", rows)


def _is_id_row(row: list[str]) -> bool:
    noted = sum("ImportId" in cell and cell.lstrip().startswith("{") for cell in row)
    return noted > 0 and noted >= 0.5 * sum(bool(cell.strip()) for cell in row)


def _import_id(cell: str) -> str:
    try:
        note = json.loads(cell)
    except (json.JSONDecodeError, RecursionError):
        return ""
    return str(note.get("ImportId") or "") if isinstance(note, dict) else ""


def _is_legacy(rows: list[list[str]]) -> bool:
    named = sum(
        bool(re.fullmatch(r"V\d+", name)) and _key(text) in _LEGACY | _SYSTEM
        for name, text in zip(rows[0], rows[1], strict=True)
    )
    return named >= 3


def _lacks_id_row(rows: list[list[str]]) -> bool:
    """Three or more of Qualtrics' own names, all with words instead of values under them."""
    below = [
        text
        for name, text in zip(rows[0], rows[1], strict=True)
        if _key(name) in _SYSTEM - {"status", "name", "distributionchannel", "userlanguage"}
    ]
    return len(below) >= 3 and all(text.strip() and not re.search(r"\d", text) for text in below)


def _question_text(text: str) -> str:
    return _CHOICE.sub("", " ".join(text.split()))


def _key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
