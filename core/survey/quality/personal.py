r"""Personal data: columns that look like it, by their cells as well as by their header.

A model is fine-tuned on a survey and may be shared, so names, addresses and open ends stay out unless the
researcher asks for them. E-mail and IP addresses have a form of their own; telephone numbers, names and
coordinates are recognised only when most cells look like them and nearly all differ. Whoever writes down
a name in a form we do not know is not found: the list is a help, no guarantee.
"""

import re

import pandas as pd

from core.survey.labels import distinct_texts, parse_number
from core.survey.roles import header_words, reason_to_leave_out

PERSONAL = "looks like personal data"
FREE_TEXT = "open-ended text"
IDENTIFIER = "an identifier"
"""Reasons as they stand in the codebook's list of columns left out."""

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}|([0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}", re.IGNORECASE)
_PHONE = re.compile(r"(?=(?:\D*\d){7,15}\D*$)(?=[+(]|00|\d+[ ()/\-]|\d+\.\d+\.)[+(]?\d[\d ()/.\-]*\d")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")
_PAIR = re.compile(r"\(?-?\d{1,2}\.\d{3,}\s*[,;]\s*-?\d{1,3}\.\d{3,}\)?")
_DEGREES = re.compile(r"-?\d{1,3}\.\d{4,}")
_PLACE = re.compile(r"\b(lat|latitude|lon|lng|long|longitude|gps|geo\w*|coord\w*|location)\b")
_NAME = re.compile(
    r"[A-ZÀ-Þ][a-zß-ÿ'\u2019-]+( [A-Z]\.)?( (de|van|von|der|la|del|da|Mc|O'))*( [A-ZÀ-Þ][\w'\u2019-]+){1,2}"
)
_OPEN_HEADER = re.compile(
    r"\b(specify|please (explain|describe|tell)|in your own words|comments?|verbatim|other text|open ?end\w*|"
    r"bitte angeben|anmerkung\w*|kommentar\w*|comentarios?|especifique)\b|\btext$"
)
_IDENTIFIER = re.compile(r"\b(id|uuid|guid|panelist|member ?number)$")
_MOST = 0.5
_FEW = 8
_SAMPLE = 500


def personal_data(cells: pd.Series) -> str:
    """What kind of personal data a column seems to hold, or an empty text.

    Parameters
    ----------
    cells
        One column of the file as text; its name is the header.

    Returns
    -------
    str
        "e-mail addresses", "IP addresses", "telephone numbers", "coordinates", "names" or, when only the
        header says so, "personal data".

    Examples
    --------
    >>> personal_data(pd.Series(["ann@example.org", "none"], name="contact"))
    'e-mail addresses'
    >>> personal_data(pd.Series(["18-29", "30-44"], name="age"))
    ''
    """
    distinct, count = _distinct(cells)
    if len(distinct) == 0:
        return ""
    if any("@" in text and _EMAIL.search(text) for text in distinct):
        return "e-mail addresses"
    sample = distinct[:_SAMPLE]
    if _share(sample, _IP) >= _MOST:
        return "IP addresses"
    if len(distinct) >= max(_FEW, _MOST * count):
        if _share(sample, _PHONE) - _share(sample, _DATE) >= _MOST:
            return "telephone numbers"
        if _share(sample, _PAIR) >= _MOST or (_is_place(cells) and _share(sample, _DEGREES) >= _MOST):
            return "coordinates"
        if len(distinct) >= 0.8 * count and _share(sample, _NAME) >= 0.7:
            return "names"
    return "personal data" if reason_to_leave_out(str(cells.name)) == PERSONAL else ""


def is_open_end(cells: pd.Series) -> bool:
    """Whether the answers were typed: nearly all differ, and they are sentences or the header asks for text.

    Examples
    --------
    >>> is_open_end(pd.Series([f"I like number {i} best" for i in range(10)], name="why"))
    True
    >>> is_open_end(pd.Series(["Strongly agree", "Agree"] * 5, name="q1"))
    False
    """
    distinct, count = _distinct(cells)
    if count < _FEW or len(distinct) < 0.6 * count:
        return False
    sample = distinct[:_SAMPLE]
    numbers = sum(parse_number(text) == parse_number(text) for text in sample)
    if numbers > 0.2 * len(sample):
        return False
    words = sum(len(text.split()) for text in sample) / len(sample)
    return words >= 4 or bool(_OPEN_HEADER.search(header_words(str(cells.name))))


def reason_personal(cells: pd.Series) -> str:
    """Why a column is left out by default: `PERSONAL`, `IDENTIFIER`, `FREE_TEXT` or an empty text.

    Examples
    --------
    >>> reason_personal(pd.Series(["+49 30 1234567"] * 2, name="phone"))
    'looks like personal data'
    """
    if personal_data(cells):
        return PERSONAL
    if _IDENTIFIER.search(header_words(str(cells.name))) and cells.nunique() > max(_FEW, 0.9 * cells.count()):
        return IDENTIFIER
    return FREE_TEXT if is_open_end(cells) else ""


def _distinct(cells: pd.Series) -> tuple[list[str], int]:
    """The different texts of a column, and how many cells are filled."""
    texts = (text.strip() for text in distinct_texts(cells))
    return [text for text in texts if text], int(cells.count())


def _share(texts: list[str], form: re.Pattern[str]) -> float:
    return sum(form.fullmatch(text) is not None for text in texts) / len(texts)


def _is_place(cells: pd.Series) -> bool:
    return bool(_PLACE.search(header_words(str(cells.name))))
