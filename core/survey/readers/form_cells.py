"""Google Forms: the options ticked stand in one cell, joined by ", ", and options contain ", " too.

Cutting at every comma would invent options. Pieces that only ever occur together are one option
("Price, range, or both"), and Google writes options in the form's order, so that the order of the
pieces must agree between cells; columns where it does not are other questions and left alone.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

import pandas as pd

from core.survey.codebook import QuestionType
from core.survey.column_guess import MAX_OPTIONS
from core.survey.labels import label_key
from core.survey.readers.choices import ReadingDecision
from core.survey.readers.survey_file import SEPARATOR, ColumnNotes

_JOIN = ", "
_STAMP = frozenset(("timestamp", "zeitstempel", "marca temporal", "horodateur", "marca de tempo"))
_WRITTEN = "Other (written in)"


def is_google_form(titles: list[str]) -> bool:
    """Whether the column names are those of a Google Forms response sheet."""
    return bool(titles) and label_key(titles[0]).lower() in _STAMP


def split_form_cells(
    table: pd.DataFrame, notes: ColumnNotes, keep: Collection[str] = ()
) -> tuple[pd.DataFrame, ColumnNotes, tuple[ReadingDecision, ...]]:
    """Write checkbox cells with `SEPARATOR` between the options.

    Parameters
    ----------
    table, notes
        The respondents and what is known of their columns; options known beforehand are used.
    keep
        Columns to leave as they are.

    Returns
    -------
    table, notes, decisions
        The notes gain type and options of the columns that were split.
    """
    kept = {label_key(column) for column in keep}
    options, types = dict(notes.options), dict(notes.types)
    columns, decisions = {}, []
    for name in table.columns:
        cells = {str(cell): int(count) for cell, count in table[name].value_counts().items()}
        found = () if label_key(name) in kept else notes.options.get(name) or find_form_options(cells)
        if found and any(len(split_options(cell, found)) > 1 for cell in cells):
            new = {cell: _rejoined(cell, found) for cell in cells}
            used = [option for text in new.values() for option in text.split(SEPARATOR)]
            ordered = (*found, *([_WRITTEN] if _WRITTEN in used else []))
            columns[name] = table[name].map(new).astype("str")
            options[name], types[name] = ordered, QuestionType.MULTI
            decisions.append(
                ReadingDecision(
                    f'"{name[:80]}" is read as "select all that apply" with {len(found)} options; commas '
                    "inside an option are kept.",
                    keep=(name,),
                )
            )
            written = sum(count for cell, count in cells.items() if _WRITTEN in new[cell])
            if written:
                text = f'{written} texts written into "{name[:80]}" count as "{_WRITTEN}".'
                decisions.append(ReadingDecision(text))
    return table.assign(**columns), replace(notes, options=options, types=types), tuple(decisions)


def split_options(cell: str, options: tuple[str, ...], join: str = _JOIN) -> list[str]:
    """The options in one cell, longest first; what is no option stays as text.

    Examples
    --------
    >>> split_options("Price, range, or both, Charging", ("Charging", "Price, range, or both"))
    ['Price, range, or both', 'Charging']
    """
    parts, by_length = [], sorted(options, key=len, reverse=True)
    rest = cell.strip()
    while rest:
        option = next((o for o in by_length if rest == o or rest.startswith(o + join)), None)
        if option is None:
            option, _, rest = rest.partition(join)
        else:
            rest = rest[len(option) + len(join) :]
        parts.append(option)
        rest = rest.strip()
    return parts


def find_form_options(counts: dict[str, int]) -> tuple[str, ...]:
    """Options of a checkbox column, in the form's order, or nothing when it is no such column.

    Parameters
    ----------
    counts
        Distinct cells and how often each occurs.

    Examples
    --------
    >>> find_form_options({"A, B": 3, "A": 2, "B, C, or D": 2, "C, or D": 1, "A, C, or D": 4})
    ('A', 'B', 'C, or D')
    >>> find_form_options({"Yes, often": 9, "Yes, rarely": 4, "No": 5})
    ()
    """
    cells = {cell: [part.strip() for part in cell.split(_JOIN)] for cell in counts}
    frequency = Counter(part for cell, parts in cells.items() for part in set(parts))
    rare = {part for parts in cells.values() for part in parts[-1:] if frequency[part] == 1}
    if len(frequency) > MAX_OPTIONS:  # "Other" is written at the end of a cell, each time differently
        cells = {cell: [p for p in parts if p not in rare] for cell, parts in cells.items()}
    cells = {cell: parts for cell, parts in cells.items() if parts}
    merged = _merge_companions(list(cells.values()))
    options = {part for parts in merged for part in parts}
    several = [parts for parts in merged if len(parts) > 1]
    if not 2 <= len(options) <= MAX_OPTIONS or len(merged) <= len(options) or len(several) < 2:
        return ()
    if any(len(set(parts)) < len(parts) for parts in merged):
        return ()
    return tuple(_in_order(several, options))


def _merge_companions(cells: list[list[str]]) -> list[list[str]]:
    """Pieces of which neither occurs without the other, side by side, put back together."""
    while True:
        count: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for parts in cells:
            count.update(parts)
            pairs.update(zip(parts, parts[1:], strict=False))
        inseparable = {pair for pair, n in pairs.items() if n == count[pair[0]] == count[pair[1]]}
        if not inseparable:
            return cells
        pair = min(inseparable)
        cells = [list(_joined(parts, pair)) for parts in cells]


def _joined(parts: list[str], pair: tuple[str, str]) -> Iterator[str]:
    i = 0
    while i < len(parts):
        if tuple(parts[i : i + 2]) == pair:
            yield _JOIN.join(pair)
            i += 2
        else:
            yield parts[i]
            i += 1


def _in_order(cells: list[list[str]], options: set[str]) -> list[str]:
    """The options in the one order all cells agree on; empty when they do not agree."""
    sorter: TopologicalSorter[str] = TopologicalSorter({option: () for option in sorted(options)})
    for parts in cells:
        for earlier, later in zip(parts, parts[1:], strict=False):
            sorter.add(later, earlier)
    try:
        return list(sorter.static_order())
    except CycleError:
        return []


def _rejoined(cell: str, options: tuple[str, ...]) -> str:
    parts = [part if part in options else _WRITTEN for part in split_options(cell, options)]
    return SEPARATOR.join(dict.fromkeys(part.replace("|", "/") for part in parts))
