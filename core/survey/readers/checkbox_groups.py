"""Which neighbouring columns are the checkboxes of one question.

Headers of such columns share their beginning: "Sides? - Corn", "Sides? - Carrots", or Q5_1, Q5_2. Where
the cells repeat the option, the header minus the option is the question, whatever stands between.
Only runs of neighbouring checkbox columns are considered; yes/no columns are left alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from core.survey.labels import label_key
from core.survey.readers.checkbox_cells import Ticks, TickStyle, read_ticks, read_written
from core.survey.readers.survey_file import ColumnGroup

_CUT = re.compile(r"\s+[-–—|]\s+|:\s+|\s*\[|__?|\.(?=[^\s.])")
_CODE = re.compile(r"[A-Za-zÀ-ÿ]{0,6}_?\d+[a-z]?")
_OTHER = re.compile(
    r"^(other|others|another|something else|andere\w*|sonstige\w*|otr[oa]s?|autres?)\b", re.IGNORECASE
)
_TRIM = " -–—:_.|[(/"


@dataclass(frozen=True)
class Checkboxes:
    """One question's checkbox columns with how each is read; same order as the group's columns."""

    group: ColumnGroup
    ticks: tuple[Ticks, ...]


@dataclass(frozen=True)
class _Column:
    """A column that may be a checkbox, with the questions its header may belong to."""

    name: str
    ticks: Ticks
    stems: Mapping[str, str]
    """Question to what is left of the header as option."""


def find_checkboxes(
    table: pd.DataFrame, wording: Mapping[str, str], known: tuple[ColumnGroup, ...]
) -> list[Checkboxes]:
    """The multi-select questions that are spread over several columns, in file order.

    Parameters
    ----------
    table
        The respondents.
    wording
        Question texts by column; used for the option where the column name is a code.
    known
        Groups the file itself declares; those whose cells are no ticks (a matrix) are left alone.
    """
    found = [boxes for group in known if (boxes := _confirm(table, group))]
    taken = {column for group in known for column in group.columns}
    run: list[_Column] = []
    for name in [*table.columns, None]:
        column = None if name is None or name in taken else _candidate(table[name])
        if column:
            run.append(column)
            continue
        found += _split_run(run, wording)
        run = []
    order = {column: i for i, column in enumerate(table.columns)}
    return sorted(found, key=lambda boxes: order[boxes.group.columns[0]])


def _confirm(table: pd.DataFrame, group: ColumnGroup) -> Checkboxes | None:
    """The declared group as checkboxes, if its cells are ticks."""
    ticks = []
    for column, label in zip(group.columns, group.labels, strict=True):
        reading = read_ticks(table[column])
        if reading is None and _OTHER.match(label):
            reading = read_written(table[column])
        if reading is None:
            return None
        if reading.style is TickStyle.LABEL and not _says(reading.label, label):
            if not (_OTHER.match(label) or (reading.label.isdigit() and not reading.always)):
                return None
        ticks.append(reading)
    ticked = sum(bool(reading.marks) and reading.style is not TickStyle.WRITTEN for reading in ticks)
    labels = tuple(_option(label) for label in group.labels)
    if not ticked or len(set(labels)) < len(labels):
        return None
    return Checkboxes(ColumnGroup(group.name, group.wording, group.columns, labels), tuple(ticks))


def _candidate(cells: pd.Series) -> _Column | None:
    name = str(cells.name)
    ticks = read_ticks(cells)
    if ticks is None:
        return None
    title = label_key(name)
    if ticks.style is TickStyle.LABEL:
        stem = _without(title, ticks.label)
        if stem:
            return _Column(name, ticks, {stem: ticks.label})
        if ticks.label.isdigit():  # a rating or rank that all who answered gave
            return None
    stems = {}
    for cut in _CUT.finditer(title):
        stem, rest = title[: cut.start()], title[cut.end() :].rstrip("]").strip()
        tight = "_" in cut.group() or cut.group() == "."
        if stem and rest and (not tight or rest.isdigit() or _CODE.fullmatch(stem)):
            stems[stem] = rest
    return _Column(name, ticks, stems) if stems else None


def _split_run(run: list[_Column], wording: Mapping[str, str]) -> list[Checkboxes]:
    """Cut neighbouring checkbox columns into questions: the longest stretch with one beginning first."""
    found, start = [], 0
    while start < len(run):
        best, stem = 1, ""
        for candidate in run[start].stems:
            length = 1
            while start + length < len(run) and candidate in run[start + length].stems:
                length += 1
            if length > best or (length == best > 1 and len(candidate) > len(stem)):
                best, stem = length, candidate
        boxes = _describe(run[start : start + best], stem, wording) if best > 1 else None
        found += [boxes] if boxes else []
        start += best
    return found


def _describe(members: list[_Column], stem: str, wording: Mapping[str, str]) -> Checkboxes | None:
    """The stretch as one question, unless its ticks are of two kinds or its options repeat."""
    styles = {member.ticks.style for member in members} - {TickStyle.NEVER}
    texts = [wording.get(member.name, "") for member in members]
    question, rests = _common_beginning(texts) if all(texts) else (stem, [])
    labels = rests or [member.stems[stem] for member in members]
    if not rests and all(_CODE.fullmatch(label) for label in labels):
        labels = [member.name for member in members]
    labels = [_option(m.ticks.label or label) for m, label in zip(members, labels, strict=True)]
    certain = any(not m.ticks.always for m in members if m.ticks.style is not TickStyle.NEVER)
    if len(styles) != 1 or len(set(labels)) < len(labels) or not certain:
        return None
    group = ColumnGroup(stem, question or stem, tuple(m.name for m in members), tuple(labels))
    return Checkboxes(group, tuple(member.ticks for member in members))


def _common_beginning(texts: list[str]) -> tuple[str, list[str]]:
    """Question and options of wordings such as "Which? - Apple"; no options when they do not split so."""
    cuts = [{text[: cut.start()]: text[cut.end() :] for cut in _CUT.finditer(text)} for text in texts]
    shared = set(cuts[0]).intersection(*cuts[1:])
    if not shared:
        return texts[0] if len(set(texts)) == 1 else "", []
    stem = max(shared, key=len)
    return stem, [cut[stem] for cut in cuts]


def _without(title: str, label: str) -> str:
    """The header without the option at its end, "" when the option is not there."""
    title, label = title.rstrip(" ]."), label.rstrip(" .")
    if not title.lower().endswith(label.lower()):
        return ""
    return title[: len(title) - len(label)].rstrip(_TRIM)


def _says(cell: str, label: str) -> bool:
    cell, label = (label_key(text).lower().strip(" .") for text in (cell, label))
    return cell == label or cell.startswith(label) or label.startswith(cell)


def _option(label: str) -> str:
    """The option's text; the separator of ticked options cannot be part of one."""
    return " / ".join(part.strip() for part in label.split("|"))
