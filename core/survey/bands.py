r"""Number bands written as text ("18-29", "Under €1,500", "5'8\" to 5'11\"", "2+ years") and their order."""

import re
from collections.abc import Sequence

_WORDS = {
    "zero": 0, "no": 0, "none": 0, "kein": 0, "keine": 0, "keines": 0, "ninguno": 0, "ninguna": 0, "null": 0,
    "once": 1, "one": 1, "single": 1, "ein": 1, "eine": 1, "eins": 1, "einmal": 1, "uno": 1, "una": 1,
    "twice": 2, "two": 2, "zwei": 2, "zweimal": 2, "dos": 2, "three": 3, "drei": 3, "dreimal": 3, "tres": 3,
    "four": 4, "vier": 4, "cuatro": 4, "five": 5, "fünf": 5, "cinco": 5, "six": 6, "sechs": 6, "seis": 6,
    "seven": 7, "sieben": 7, "siete": 7, "eight": 8, "acht": 8, "ocho": 8, "nine": 9, "neun": 9, "nueve": 9,
    "ten": 10, "zehn": 10, "diez": 10,
}  # fmt: skip
_UNITS = (
    (re.compile(r"\b(minutes?|mins?|minuten?|minutos?)\b"), 1 / 525_960),
    (re.compile(r"\b(hours?|hrs?|stunden?|horas?)\b"), 1 / 8_766),
    (re.compile(r"\b(days?|tage?n?|d[ií]as?)\b"), 1 / 365.25),
    (re.compile(r"\b(weeks?|wochen?|semanas?)\b"), 7 / 365.25),
    (re.compile(r"\b(months?|monaten?|monate?|mes(es)?)\b"), 1 / 12),
    (re.compile(r"\b(years?|yrs?|jahren?|jahre?|años?)\b"), 1.0),
)
_FEET = re.compile(r"(\d+)\s*(?:'|ft\.?|feet)\s*(\d+)?\s*(?:\"|''|in\.?)?")
_NUMBER = re.compile(r"\d+(?:[.,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_BELOW = re.compile(
    r"<|≤|\b(under|less|fewer|below|up to|younger|lower|at most|unter|weniger|bis (zu|unter)|höchstens|"
    r"jünger|"
    r"menos|hasta|menor(es)?|máximo)\b"
)
_ABOVE = re.compile(
    r">|≥|\d\s*\+|\b(over|more|above|up$|and up|older|plus|at least|or higher|über|mehr|älter|mindestens|"
    r"más|mayor(es)?|mínimo)\b"
)
_NEGATION = re.compile(
    r"n't\b|\b(no|not|none|never|nothing|nie|nicht|keine?|nichts|ning[uú]n[oa]?|nunca|nada)\b"
)
_NUMBERED = re.compile(r"^\(?(-?\d+)\)?(?:\s*$|\)|\s*[-–—.:=)]\s*(?=\D))")


def band_starts(labels: Sequence[str]) -> list[float] | None:
    """Sortable numbers, one per label, or None when they are not bands of one quantity.

    Lower bounds, with "under" just below and "over" just above the number they name; one label that
    says "none" in words stands below all. Months and years are brought to the same unit.

    Examples
    --------
    >>> band_starts(["30-44", "Under 30", "> 44"])
    [30.0, 29.75, 44.25]
    >>> band_starts(["Red", "18-29", "30+"]) is None
    True
    """
    starts = [_start(label) for label in labels]
    unknown = [i for i, start in enumerate(starts) if start is None]
    if len(unknown) > 1 or len(labels) - len(unknown) < 2:
        return None
    if unknown and not _NEGATION.search(labels[unknown[0]].lower()):
        return None
    factors = [_unit(label) for label in labels]
    known = [factor for factor in factors if factor is not None]
    usual = max(set(known), key=known.count) if known else 1.0
    mixed = len(set(known)) > 1
    values = []
    for start, factor in zip(starts, factors, strict=True):
        number, shift = start or (float("-inf"), 0.0)
        # The shift is a quarter of the number's own unit, so it survives the change of unit.
        scale = (factor or usual) if mixed else 1.0
        values.append((number + shift) * scale)
    return values


def list_numbers(labels: Sequence[str]) -> list[float] | None:
    """Numbers of labels that are numbered ("1 - Agree fully", "2", "(3) Minor"), else None.

    Examples
    --------
    >>> list_numbers(["(0) Not a problem", "(1) Trivial"]), list_numbers(["18-29", "30-44"])
    ([0.0, 1.0], None)
    """
    found = [_NUMBERED.match(label.strip()) for label in labels]
    return [float(match.group(1)) for match in found if match] if all(found) else None


def _start(label: str) -> tuple[float, float] | None:
    """Number a band is sorted by, and a shift for "under" (-1/4) or "over" (+1/4)."""
    text = " ".join(label.lower().replace("\u2019", "'").split())
    text = re.sub(r"\b(or|and|oder|und|o|y)\s+(no|none)\b", "", text)
    feet = _FEET.findall(text)
    if feet and "'" in text:
        numbers = [12 * float(whole) + float(inches or 0) for whole, inches in feet]
    else:
        numbers = [_value(match, text) for match in _NUMBER.finditer(text)]
        words = [_WORDS[word] for word in re.findall(r"[^\W\d]+", text) if word in _WORDS]
        numbers = numbers or [float(n) for n in words[:1]]
    if not numbers:
        return None
    if len(numbers) == 1 and _BELOW.search(text):
        return numbers[0], -0.25
    if len(numbers) == 1 and _ABOVE.search(text):
        return numbers[0], 0.25
    return numbers[0], 0.0


def _value(match: re.Match[str], text: str) -> float:
    digits = match.group()
    if re.fullmatch(r"\d+([.,]\d{3})+", digits):
        number = float(re.sub(r"[.,]", "", digits))  # 1,500 and 1.500 are both fifteen hundred
    else:
        number = float(digits.replace(",", "."))
    rest = text[match.end() :].lstrip(" -")
    if re.match(r"k\b|tsd|thousand|mil\b", rest):
        return number * 1e3
    return number * 1e6 if re.match(r"m\b|mio|million|millones", rest) else number


def _unit(label: str) -> float | None:
    return next((factor for unit, factor in _UNITS if unit.search(label.lower())), None)
