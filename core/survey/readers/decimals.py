"""Numbers written with a decimal comma, as German and Spanish programs export them.

A column is rewritten only when all of its cells are numbers and the comma cannot be a thousands
separator: "3,5" is, "1,500" alone is not.
"""

import re
from collections.abc import Collection

import pandas as pd

from core.survey.labels import distinct_texts, label_key
from core.survey.readers.choices import ReadingDecision

_NUMBER = re.compile(r"[+-]?\d+(,\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


def read_decimal_commas(
    table: pd.DataFrame, keep: Collection[str] = ()
) -> tuple[pd.DataFrame, tuple[ReadingDecision, ...]]:
    """The table with decimal points for decimal commas, and what was decided; `keep` names columns to leave.

    Examples
    --------
    >>> table = pd.DataFrame({"kg": ["3,5", "4"], "euro": ["1,500", "2"]}, dtype="str")
    >>> read_decimal_commas(table)[0].to_dict("list")
    {'kg': ['3.5', '4'], 'euro': ['1,500', '2']}
    """
    columns = {}
    kept = {label_key(column) for column in keep}
    for name in (name for name in table.columns if label_key(name) not in kept):
        cells = distinct_texts(table[name])
        if cells and all(_NUMBER.fullmatch(cell.strip()) for cell in cells):
            commas = [cell for cell in cells if "," in cell]
            if commas and not all(_THOUSANDS.fullmatch(cell.strip()) for cell in commas):
                columns[name] = table[name].str.replace(",", ".")
    if not columns:
        return table, ()
    named = ", ".join(f'"{name[:40]}"' for name in list(columns)[:3]) + (", …" if len(columns) > 3 else "")
    decision = ReadingDecision(f"Decimal commas are read as decimal points in {named}.", keep=tuple(columns))
    return table.assign(**columns), (decision,)
