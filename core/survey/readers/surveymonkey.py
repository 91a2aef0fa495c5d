"""SurveyMonkey exports: a row of questions and a row of sub-headers.

A question with several columns stands over the first of them only; the second row holds "Response",
"Open-Ended Response", an option of a multi-select or a row of a matrix. A column's name is its
question, followed by the sub-header where the question has several columns.
"""

import re

from core.survey.labels import label_key
from core.survey.readers.file_format import FileFormat
from core.survey.readers.header import Header
from core.survey.roles import is_id_header

_ANSWER = frozenset(
    (
        "response",
        "open-ended response",
        "responses",
        "antwort",
        "antworten",
        "offene antwort",
        "beantwortung mit freiem text",
        "respuesta",
        "respuesta abierta",
        "réponse",
        "réponse ouverte",
    )
)
_DECISION = "SurveyMonkey export: the first two rows are questions and sub-headers, not respondents."


def find_header(rows: list[list[str]]) -> Header | None:
    """The header rows of a SurveyMonkey export, or None when the rows are no such export."""
    if len(rows) < 2:
        return None
    questions, subs = rows[0], rows[1]
    over = [sub for question, sub in zip(questions, subs, strict=True) if question.strip() and sub.strip()]
    answers = sum(_is_answer(sub) for sub in over)
    blanks = [sub for question, sub in zip(questions, subs, strict=True) if not question.strip()]
    headed = [sub for sub in blanks if sub.strip()]
    identified = [sub for question, sub in zip(questions, subs, strict=True) if is_id_header(question)]
    if any(sub.strip() for sub in identified):
        return None
    if answers >= 2 or (headed and (answers or identified)):
        return two_row_header(rows)
    return None


def two_row_header(rows: list[list[str]]) -> Header:
    """Names from both rows, whatever they hold; the first row's questions reach to the next one."""
    questions, subs = rows[0], rows[1]
    blocks = _blocks(questions, subs)
    titles = [""] * len(questions)
    several = []
    for wording, positions in blocks:
        labels = tuple(label_key(subs[i]) for i in positions)
        for i, label in zip(positions, labels, strict=True):
            plain = len(positions) == 1 or not label or _is_answer(label)
            titles[i] = wording if plain else f"{wording} - {label}"
        if len(positions) > 1 and not any(_is_answer(label) for label in labels):
            several.append((wording, positions, labels))
    return Header(FileFormat.SURVEYMONKEY, 2, titles, titles, [], tuple(several), (_DECISION,))


def _blocks(questions: list[str], subs: list[str]) -> list[tuple[str, tuple[int, ...]]]:
    """Each question with the positions of its columns; columns without any header stand alone."""
    blocks: list[tuple[str, list[int]]] = []
    for i, question in enumerate(questions):
        wording = re.sub(r"\s+", " ", question).strip()
        if wording:
            blocks.append((wording, [i]))
        elif blocks and subs[i].strip():
            blocks[-1][1].append(i)
        else:
            blocks.append(("", [i]))
    return [(wording, tuple(positions)) for wording, positions in blocks]


def _is_answer(text: str) -> bool:
    return label_key(text).lower() in _ANSWER
