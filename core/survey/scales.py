"""Known answer scales and their order, low to high: English, German and Spanish.

A rule gives every label a number; a rule that fits all labels without a tie decides the order.
Labels are scored by their words (how strong, for or against, how often), not looked up whole, so
"Not so comfortable" and "Somewhat rude" need no entry of their own. Scales whose order lies in the
meaning of whole sentences are not recognised.
"""

import re
from collections.abc import Callable, Sequence

from core.survey.bands import band_starts, list_numbers
from core.survey.labels import label_key
from core.survey.scale_words import (
    AGAINST,
    COUNTED,
    DEGREE,
    EDUCATION,
    EVERY,
    FOR,
    HOW_OFTEN,
    LEVEL,
    NEUTRAL,
    NOT,
    NOT_DEGREE,
    PERIODS,
    PLAIN,
    QUALITY,
    QUANTITY,
    TIMES,
    Rule,
)


def order_options(labels: Sequence[str]) -> list[str] | None:
    """The labels from low to high when they form a known scale, else None.

    Parameters
    ----------
    labels
        Distinct substantive options; refusals must already be taken out.

    Examples
    --------
    >>> order_options(["Very likely", "Not at all likely", "Fairly likely", "Not too likely"])
    ['Not at all likely', 'Not too likely', 'Fairly likely', 'Very likely']
    >>> order_options(["Stimme zu", "Teils/teils", "Stimme nicht zu"])
    ['Stimme nicht zu', 'Teils/teils', 'Stimme zu']
    >>> order_options(["A veces", "Nunca", "Siempre"])
    ['Nunca', 'A veces', 'Siempre']
    >>> order_options(["Red", "Green", "Blue"]) is None
    True
    """
    keys = [label_key(label).lower() for label in labels]
    for rule, fewest in _RULES:
        scores = rule(keys)
        if len(keys) >= fewest and scores and None not in scores and len(set(scores)) == len(scores):
            return [label for _, label in sorted(zip(scores, labels, strict=True))]
    return None


def _first(rule: Rule, text: str) -> float | None:
    return next((score for pattern, score in rule if pattern.search(text)), None)


def _by_words(rule: Rule, longest: int) -> Callable[[list[str]], list[float | None]]:
    """A rule for labels of at most `longest` words."""
    return lambda keys: [_first(rule, key) if len(key.split()) <= longest else None for key in keys]


def _leaning(key: str) -> float | None:
    """For or against and how strongly: -1 "not at all", 0 "neither", 0.9 "very"; None if it says neither."""
    if len(key.split()) > 9:
        return None
    if NEUTRAL.search(key):
        return 0.0
    against, in_favour = bool(AGAINST.search(key)), bool(FOR.search(key))
    degree = _first(DEGREE, key)
    if NOT.search(key) and not against:
        negated = _first(NOT_DEGREE, key)
        if negated is None and not in_favour:
            return None
        return -(PLAIN if negated is None else negated)
    if degree is None and not (against or in_favour):
        return None
    return (-1 if against else 1) * (PLAIN if degree is None else degree)


def _leanings(keys: list[str]) -> list[float | None]:
    return [_leaning(key) for key in keys]


def _per_year(key: str) -> float | None:
    """About how many times a year: "A few times per month" 36, "Rarely" 0.6."""
    period = _first(PERIODS, key)
    word = _first(HOW_OFTEN, key)
    if period is None or (word is not None and word < 0.1):
        return None if word is None else word - 0.01 * bool(re.search(r"\b(not|nicht|no)\b", key))
    counted = COUNTED.search(key)
    times = float(counted.group(1)) if counted else _first(TIMES, key) or 1.0
    if re.search(r"\b(bi-?weekly|fortnight)", key) or EVERY.search(key):
        every = EVERY.search(key)
        step = every.group(1) if every else "2"
        times /= float(step) if step.isdigit() else {"few": 3, "paar": 3, "pocos": 3}.get(step, 2)
    if re.search(r"\bless\b|\bfewer\b|\bor less\b|\bweniger\b|\bseltener\b|\bmenos\b|\bhöchstens\b", key):
        times *= 0.85
    if re.search(r"\bmore\b|\bat least\b|\bmehr\b|\bmindestens\b|\bmás\b|\bal menos\b|\böfter\b", key):
        times *= 1.15
    if re.search(r"\b(almost|nearly|fast|casi)\b", key):
        times *= 0.9
    return period * times


def _frequencies(keys: list[str]) -> list[float | None]:
    return [_per_year(key) for key in keys]


_RULES: tuple[tuple[Callable[[list[str]], Sequence[float | None] | None], int], ...] = (
    (list_numbers, 2),
    (_by_words(EDUCATION, 12), 3),
    (_frequencies, 3),
    (_by_words(QUALITY, 4), 3),
    (_by_words(QUANTITY, 4), 3),
    (_leanings, 3),
    (_by_words(LEVEL, 4), 3),
    (band_starts, 2),
)
"""Rules in the order they are tried, each with the fewest labels it may decide on."""
