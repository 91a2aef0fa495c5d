"""Files of the people of a population, for other programs."""

import io
from enum import StrEnum

import pandas as pd

from core.report.formulas import harmless


class PeopleFormat(StrEnum):
    """File formats of people."""

    CSV = "csv"
    PARQUET = "parquet"


def people_file(people: pd.DataFrame, kind: PeopleFormat | str) -> bytes:
    """Bytes of a file with the people: one row each, numbered from 1 in the first column.

    CSV is UTF-8 with a byte order mark, which spreadsheets need to show accents. In it, text that a
    spreadsheet would run as a formula gets an apostrophe in front; Parquet keeps every text as it is.

    Examples
    --------
    >>> people = pd.DataFrame({"answer": ["=1+1", "-5", "fine"]})
    >>> people_file(people, "csv").decode("utf-8-sig").split()
    ['person,answer', "1,'=1+1", '2,-5', '3,fine']
    """
    numbered = people.copy()
    name = "person" if "person" not in people.columns else "person number"
    numbered.insert(0, name, range(1, len(people) + 1))
    if PeopleFormat(kind) is PeopleFormat.PARQUET:
        buffer = io.BytesIO()
        numbered.to_parquet(buffer, index=False)
        return buffer.getvalue()
    for column in people.columns:
        safe = {text: harmless(str(text)) for text in numbered[column].dropna().unique()}
        numbered[column] = numbered[column].map(safe, na_action="ignore")
    return numbered.rename(columns=harmless).to_csv(index=False).encode("utf-8-sig")
