"""Targets of another source in the categories of this survey: which variable and category is which.

A suggestion is made from the names and, for bands such as ages, from the numbers in them; the user may change
it. Several categories of the source may merge into one of the survey; one that covers several of the survey's
is shared out among them as the survey's own respondents are; one left out is named, and the rest is scaled to
100 %. Every such step is a sentence in `Marginals.notes`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from core.errors import MarginalsError
from core.population.marginals import Marginals, Pair
from core.population.totals import Unit, to_shares
from core.survey.bands import band_starts
from core.survey.codebook import Codebook, Demographic
from core.survey.labels import label_key

PAIR_SIGN = " × "
SAME = (
    {"female", "woman", "women", "females", "f", "frau", "weiblich", "mujer"},
    {"male", "man", "men", "males", "m", "mann", "männlich", "hombre"},
    {"gender", "sex", "geschlecht", "sexo"},
    {"age", "age group", "agegroup", "alter", "edad"},
)
"""Words that mean the same in demographic tables."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPEN_TOP = re.compile(r"\+|>|≥|\b(over|above|older|up|more|plus)\b", re.I)
_OPEN_BOTTOM = re.compile(r"<|≤|\b(under|below|less|younger|up to)\b", re.I)


@dataclass(frozen=True)
class TargetSource:
    """Numbers of another source under its own names.

    Attributes
    ----------
    name
        What to call the source, with its year if it has one.
    variables
        Variable -> category -> number.
    pairs
        (variable, variable) -> (category, category) -> number.
    unit
        What the numbers are.
    """

    name: str
    variables: Mapping[str, Mapping[str, float]]
    pairs: Mapping[Pair, Mapping[Pair, float]] = field(default_factory=dict)
    unit: Unit = Unit.COUNT

    def categories(self, variable: str) -> tuple[str, ...]:
        """Categories of a variable, in the order of the source."""
        found = list(self.variables.get(variable, ()))
        for pair, targets in self.pairs.items():
            if variable in pair:
                found += [options[pair.index(variable)] for options in targets]
        return tuple(dict.fromkeys(found))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all variables, of single targets or of pairs."""
        return tuple(dict.fromkeys([*self.variables, *(v for pair in self.pairs for v in pair)]))


@dataclass(frozen=True)
class CategoryMap:
    """Map of a source's categories to those of a demographic.

    `to` maps each category of the source to the survey's categories: one, several to share out, or none to
    leave it out.
    """

    variable: str
    column: str
    to: Mapping[str, tuple[str, ...]]


def suggest_maps(source: TargetSource, codebook: Codebook) -> tuple[CategoryMap, ...]:
    """Suggested demographic and categories for every variable that has a counterpart in the survey."""
    maps, taken = [], set()
    for variable in source.names:
        demographic = _counterpart(variable, [d for d in codebook.demographics if d.column not in taken])
        if demographic is not None:
            taken.add(demographic.column)
            maps.append(suggest_map(variable, source.categories(variable), demographic))
    return tuple(maps)


def suggest_map(variable: str, categories: Sequence[str], demographic: Demographic) -> CategoryMap:
    """Suggested categories: the same text, the same meaning, or bands that lie within each other.

    Examples
    --------
    >>> age = Demographic("age", "Age", ("18-29", "30+"))
    >>> suggest_map("Age", ["Under 18", "18-24", "25-29", "30-64", "65 and over"], age).to["25-29"]
    ('18-29',)
    """
    bands = _bands(categories), _bands(demographic.options)
    found = {}
    for place, category in enumerate(categories):
        same = [o for o in demographic.options if _key(o) == _key(category)]
        if not same and bands[0] and bands[1]:
            same = _within(bands[0][place], bands[1], demographic.options)
        if not same:
            close = get_close_matches(_key(category), [_key(o) for o in demographic.options], 1, 0.85)
            same = [o for o in demographic.options if _key(o) in close]
        found[category] = tuple(same)
    return CategoryMap(variable, demographic.column, found)


def apply_maps(source: TargetSource, maps: Sequence[CategoryMap], own: Marginals) -> Marginals:
    """Marginals of the source in the categories of the survey.

    Parameters
    ----------
    maps
        One per variable to use.
    own
        The survey's own shares, by which a category that covers several is shared out.

    Raises
    ------
    MarginalsError
        If nothing is left of a variable, or its numbers do not add up.
    """
    if not maps:
        raise MarginalsError(
            "No variable of the targets is matched with a demographic of the survey.",
            where=source.name,
            got=", ".join(source.names),
            fix="Choose the demographic each variable stands for.",
        )
    by_variable = {m.variable: m for m in maps}
    notes = [f"Targets from {source.name}."]
    shares: dict[str, dict[str, float]] = {}
    joint: dict[Pair, dict[Pair, float]] = {}
    for variable, numbers in source.variables.items():
        if chosen := by_variable.get(variable):
            read, note = to_shares(variable, numbers, source.unit)
            moved = _move({(o,): v for o, v in read.items()}, (chosen,), own, notes)
            shares[chosen.column] = {o: v for (o,), v in moved.items()}
            notes += [note] if note else []
    for pair, table in source.pairs.items():
        if pair[0] in by_variable and pair[1] in by_variable:
            first, second = by_variable[pair[0]], by_variable[pair[1]]
            read, note = to_shares(PAIR_SIGN.join(pair), table, source.unit)
            moved = _move(read, (first, second), own, notes)
            joint[first.column, second.column] = {(a, b): share for (a, b), share in moved.items()}
            notes += [note] if note else []
    notes += _totals_note(source)
    return Marginals(shares, joint, tuple(dict.fromkeys(notes)))


def _move(
    numbers: Mapping[tuple[str, ...], float],
    maps: tuple[CategoryMap, ...],
    own: Marginals,
    notes: list[str],
) -> dict[tuple[str, ...], float]:
    moved: dict[tuple[str, ...], float] = {}
    lost = 0.0
    for options, share in numbers.items():
        spread: list[tuple[tuple[str, ...], float]] = [((), share)]
        for chosen, option in zip(maps, options, strict=True):
            parts = _parts(chosen, option, own)
            spread = [((*to, o), s * part) for to, s in spread for o, part in parts.items()]
        lost += share if not spread else 0.0
        for to, s in spread:
            moved[to] = moved.get(to, 0.0) + s
    name = PAIR_SIGN.join(m.variable for m in maps)
    if not math.fsum(moved.values()) > 0:
        raise MarginalsError(
            "No category of the targets is matched with a category of the survey.",
            where=name,
            got=", ".join(" × ".join(o) for o in list(numbers)[:6]),
            fix="Choose the survey's category for each.",
        )
    notes += _mapping_notes(maps, lost)
    total = math.fsum(moved.values())
    return {option: share / total for option, share in moved.items()}


def _parts(chosen: CategoryMap, option: str, own: Marginals) -> dict[str, float]:
    """Survey's categories a source category goes to, with the part each gets."""
    to = chosen.to.get(option, ())
    known = own.of(chosen.column)
    weights = [known.get(o, 0.0) for o in to]
    if sum(weights) <= 0:
        weights = [1.0] * len(to)
    return {o: w / sum(weights) for o, w in zip(to, weights, strict=True)}


def _mapping_notes(maps: tuple[CategoryMap, ...], lost: float) -> list[str]:
    notes = []
    for chosen in maps:
        merged: dict[str, list[str]] = {}
        for option, to in chosen.to.items():
            for one in to:
                merged.setdefault(one, []).append(option)
            if len(to) > 1:
                notes.append(
                    f"{chosen.variable}: {option} covers {' and '.join(to)}; it is shared out among them as "
                    "in the survey."
                )
        notes += [
            f"{chosen.variable}: {', '.join(options)} merged into {to}."
            for to, options in merged.items()
            if len(options) > 1
        ]
        left = [option for option, to in chosen.to.items() if not to]
        if left:
            scaled = f" ({100 * lost:.1f} % of the source; the rest is scaled to 100 %)" if lost > 0 else ""
            notes.append(f"{chosen.variable}: {', '.join(left)} left out{scaled}.")
    return notes


def _totals_note(source: TargetSource) -> list[str]:
    """Counts of different variables that do not have the same total, in words."""
    if source.unit is not Unit.COUNT:
        return []
    totals = {name: math.fsum(numbers.values()) for name, numbers in source.variables.items()}
    totals |= {PAIR_SIGN.join(pair): math.fsum(numbers.values()) for pair, numbers in source.pairs.items()}
    if len({round(total) for total in totals.values()}) < 2:
        return []
    listed = ", ".join(f"{name} {total:,.0f}" for name, total in totals.items())
    return [f"The counts have different totals ({listed}); each was divided by its own, to give shares."]


def _counterpart(variable: str, demographics: Sequence[Demographic]) -> Demographic | None:
    wanted = _key(variable)
    exact = [d for d in demographics if wanted in (_key(d.column), _key(d.label))]
    words = set(re.findall(r"\w+", wanted))
    partly = [d for d in demographics if words & set(re.findall(r"\w+", f"{_key(d.column)} {_key(d.label)}"))]
    return next(iter([*exact, *partly]), None)


def _key(text: str) -> str:
    plain = label_key(text).casefold()
    plain = re.sub(r"\s*[-–—]\s*(?=\d)", "-", plain)
    group = next((sorted(words)[0] for words in SAME if plain in words), None)
    return group or plain


def _bands(labels: Sequence[str]) -> list[tuple[float, float]] | None:
    """Lowest and highest number of each label, or None if they are no bands."""
    if band_starts(labels) is None or any(not _NUMBER.search(label) for label in labels):
        return None
    found = []
    for label in labels:
        numbers = [float(n) for n in _NUMBER.findall(label.replace(",", ""))]
        low, high = min(numbers), max(numbers)
        if len(numbers) == 1 and _OPEN_BOTTOM.search(label):
            low = -math.inf
        elif len(numbers) == 1 and _OPEN_TOP.search(label):
            high = math.inf
        found.append((low, high))
    return found


def _within(
    band: tuple[float, float], bands: Sequence[tuple[float, float]], options: Sequence[str]
) -> list[str]:
    """Option that holds most of the band, or all options that lie within it."""
    low, high = band
    inside = [
        o for o, (a, b) in zip(options, bands, strict=True) if low <= a and (b <= high or high == math.inf)
    ]
    if len(inside) > 1:
        return inside
    end = high if high < math.inf else low + 1e6
    overlap = [min(end, b) - max(low, a) + 1 for a, b in bands]
    best = max(range(len(bands)), key=lambda i: overlap[i])
    return [options[best]] if 2 * overlap[best] > end - max(low, -1e6) + 1 else inside
