"""Qualtrics survey files (.qsf): wording, options in order, type and recodes of every question.

A .qsf is JSON with one element per question. Only what describes the answers is read: display logic,
piped text and scoring are not.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import FileError

_SINGLE = frozenset(("SAVR", "SAHR", "SACOL", "DL", "SB", "NPS"))
_MULTIPLE = frozenset(("MAVR", "MAHR", "MACOL", "MSB"))
_FIX = "Export the survey in Qualtrics under Tools, Import/Export, Export Survey."


@dataclass(frozen=True)
class QsfQuestion:
    """One question of a Qualtrics survey.

    Attributes
    ----------
    tag, id
        Its name in the export and the identifier that never changes ("QID3").
    text
        Wording, without markup.
    options
        Code in the export to option, in the order of the questionnaire; empty for text entries.
    rows
        Number and export name of each statement to the statement, for a matrix; empty otherwise.
    multiple
        Whether several options may be ticked.
    """

    tag: str
    id: str
    text: str
    options: Mapping[str, str]
    rows: Mapping[str, str]
    multiple: bool


def read_qsf(content: bytes, name: str = "survey.qsf") -> tuple[QsfQuestion, ...]:
    """The questions of a .qsf file.

    Raises
    ------
    FileError
        If the file is not a Qualtrics survey.
    """
    try:
        survey = json.loads(content.decode("utf-8-sig"))
        elements = survey["SurveyElements"]
        payloads = [e["Payload"] for e in elements if e.get("Element") == "SQ" and e.get("Payload")]
        return tuple(_question(payload) for payload in payloads if payload.get("QuestionType") != "DB")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileError(
            "The companion file is not a Qualtrics survey (.qsf).",
            where=name,
            got=" ".join(str(error).split())[:80],
            fix=_FIX,
        ) from None


def plain_text(markup: str) -> str:
    """Text without HTML tags and entities: ``plain_text("your <b>father</b>") == "your father"``."""
    text = re.sub(r"<(br|p|div|li)\b[^>]*>|</(p|div|li)>", " ", str(markup), flags=re.IGNORECASE)
    return " ".join(html.unescape(re.sub(r"</?[a-zA-Z!][^>]*>", "", text)).split())


def _question(payload: Mapping[str, Any]) -> QsfQuestion:
    kind, selector = payload.get("QuestionType"), payload.get("Selector")
    choices = _ordered(payload.get("Choices"), payload.get("ChoiceOrder"))
    answers = _ordered(payload.get("Answers"), payload.get("AnswerOrder"))
    recodes = payload.get("RecodeValues")
    recodes = recodes if isinstance(recodes, Mapping) else {}
    matrix = kind == "Matrix"
    multiple = (kind == "MC" and selector in _MULTIPLE) or (
        matrix and payload.get("SubSelector") == "MultipleAnswer"
    )
    options: dict[str, str] = {}
    if matrix and selector in ("Likert", "Bipolar", "Profile"):
        options = {str(recodes.get(key, key)): text for key, text in answers.items()}
    elif kind == "MC" and (multiple or selector in _SINGLE):
        # columns of a multi-select are numbered by choice, whatever its recode
        options = {str(key if multiple else recodes.get(key, key)): text for key, text in choices.items()}
    rows = {}
    if matrix or kind in ("Slider", "RO", "CS"):
        tags = payload.get("ChoiceDataExportTags")
        tags = tags if isinstance(tags, Mapping) else {}
        rows = choices | {str(tags[key]): text for key, text in choices.items() if tags.get(key)}
    return QsfQuestion(
        tag=str(payload.get("DataExportTag") or ""),
        id=str(payload.get("QuestionID") or ""),
        text=plain_text(payload.get("QuestionText") or ""),
        options=options,
        rows=rows,
        multiple=multiple,
    )


def _ordered(entries: Any, order: Any) -> dict[str, str]:
    """Choice key to its text, in display order; Qualtrics writes a list where keys are 1, 2, ..."""
    if isinstance(entries, list):
        entries = {str(i): entry for i, entry in enumerate(entries, start=1)}
    if not isinstance(entries, Mapping):
        return {}
    keys = [str(key) for key in order] if isinstance(order, list) else []
    keys = list(dict.fromkeys([*(key for key in keys if key in entries), *map(str, entries)]))
    texts = {}
    for key in keys:
        entry = entries[key]
        text = entry.get("Display", "") if isinstance(entry, Mapping) else entry
        texts[key] = plain_text(text) or key
    return texts
