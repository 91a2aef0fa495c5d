r"""Bytes to text: which encoding a text file is in.

A byte order mark decides; without one, UTF-16 shows by its zero bytes and UTF-8 by being valid. What
is left is a one-byte encoding of Western Europe, where no test is certain: the reading that puts
accented letters inside words and punctuation between them wins (Windows-1252 before Mac OS Roman).
"""

import codecs
import re
import unicodedata

from core.errors import FileError

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big endian)",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Western European)",
    "mac_roman": "Mac OS Roman",
}
"""Encodings that are recognised, with the names people know them by."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAVE_AS = "Save the survey as CSV (UTF-8) and upload that file."
_USUAL = frozenset("äöüßéèêëàâçñáíóúîïôûùæøåœãõ")
_CLOSING = re.compile(r"(s|t|re|ve|ll|d|m)(?![^\W\d_])", re.IGNORECASE)


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    r"""Text of a file and the encoding it was in.

    Parameters
    ----------
    content, name
        The file and its name (for messages).
    encoding
        A key of `ENCODINGS` to use instead of recognising one.

    Raises
    ------
    FileError
        If the file is empty, holds binary data, or is not in the chosen encoding.

    Examples
    --------
    >>> decode("größer".encode("cp1252"), "a.csv")
    ('größer', 'cp1252')
    >>> decode("caf\u00e9 \u2013 no\u00ebl".encode("mac_roman"), "a.csv")
    ('café – noël', 'mac_roman')
    """
    if not content.strip():
        raise FileError("The file is empty.", where=name, fix=_SAVE_AS)
    chosen = encoding or _recognise(content)
    if chosen not in ENCODINGS:
        raise FileError(
            "The encoding is not known.", where=name, got=encoding, fix="Use one of: " + ", ".join(ENCODINGS)
        )
    try:
        text = content.decode(chosen)
    except UnicodeDecodeError as error:
        raise FileError(
            f"The file is not valid {ENCODINGS[chosen]}.",
            where=f"{name}, byte {error.start}",
            got=f"byte 0x{content[error.start]:02x}",
            fix=_SAVE_AS,
        ) from None
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise FileError("The file holds binary data, not text.", where=name, fix=_SAVE_AS)
    if not text.strip():
        raise FileError("The file is empty.", where=name, fix=_SAVE_AS)
    return text, chosen


def _recognise(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    start = content[:4096]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if odd > 0.3 * len(start) / 2 and even == 0:
        return "utf-16-le"
    if even > 0.3 * len(start) / 2 and odd == 0:
        return "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _western(content)
    return "utf-8"


def _western(content: bytes) -> str:
    """Windows-1252 or Mac OS Roman, by which gives the more plausible text around special letters."""
    scores = {}
    for encoding in ("cp1252", "mac_roman"):
        try:
            scores[encoding] = _plausibility(content.decode(encoding))
        except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252
            continue
    return max(scores, key=lambda encoding: scores[encoding])


def _plausibility(text: str) -> int:
    """Plausible minus implausible special characters among the first 5,000."""
    score = 0
    for count, found in enumerate(re.finditer(r"[^\x00-\x7f]", text)):
        if count == 5000:
            break
        before = text[found.start() - 1 : found.start()]
        score += 1 if _fits(found.group(), before, text[found.end() : found.end() + 3]) else -1
    return score


def _fits(character: str, before: str, after: str) -> bool:
    """Whether a special character is one that could stand between these neighbours."""
    inside = before.isalpha() and after[:1].isalpha()
    if character.lower() in _USUAL:
        return character.islower() or not before.islower()
    if character == "\u2019" and inside:
        return bool(_CLOSING.match(after)) or not before.islower()
    kind = unicodedata.category(character)
    return not inside and (kind.startswith("P") or character in "\xa0€£°§®™½×·") and character not in "‰„‡†‚"
