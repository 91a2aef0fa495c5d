"""Escaping of survey text that a spreadsheet would run as a formula.

A cell that starts with = + - or @ is a formula to Excel, LibreOffice and Google Sheets when a CSV is opened,
and formulas can send data out or start programs. Numbers such as -5 are left as they are.
Source: OWASP, "CSV Injection".
"""

import re

_FORMULA = re.compile(r"^(\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n])")
_NUMBER = re.compile(r"^\s*[+-]?\d+([.,]\d+)?\s*%?$")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take this text for a formula.

    >>> [is_formula(text) for text in ('=HYPERLINK("x")', "@SUM(1)", " +1-1", "-5", "+3.5 %", "Yes")]
    [True, True, True, False, False, False]
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.match(text)


def harmless(text: str) -> str:
    """Text, with an apostrophe before it if it could be taken for a formula.

    >>> harmless("=1+1"), harmless("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if is_formula(text) else text
