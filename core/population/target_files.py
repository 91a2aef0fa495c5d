"""Targets from JSON and from CSV.

A CSV is first read as it stands, under its own names (`read_csv_source`), because a census table rarely
uses the categories of a survey; `core.population.mapping` then says which is which. JSON names the survey's
own demographics and categories.
"""

import json
from collections.abc import Mapping
from typing import Any

from core.errors import MarginalsError
from core.population.mapping import PAIR_SIGN, TargetSource
from core.population.marginals import Marginals, Pair, check_options
from core.population.totals import Unit, to_shares
from core.survey.codebook import Codebook
from core.survey.labels import parse_number
from core.survey.reading import read_csv

NUMBERS = {
    "share": Unit.SHARE,
    "percent": Unit.PERCENT,
    "count": Unit.COUNT,
    "value": Unit.AUTO,
}
"""Header of the column with the numbers -> what they are."""
JSON_SHAPE = 'Write {"gender": {"Male": 49, "Female": 51}}.'
CSV_SHAPE = (
    "Give the columns variable, category and one of share, percent, count or value; for interlocking targets "
    "also variable2 and category2."
)


def from_json(source: str | bytes | Mapping[str, Any], codebook: Codebook | None = None) -> Marginals:
    """Targets from JSON: ``{"gender": {"Male": 49, "Female": 51}, ...}``.

    The numbers may be shares, percentages or counts. A key ``"unit"`` (share, percent or count) says
    which; without it the total decides per demographic (see `core.population.totals`). Interlocking targets
    stand in a list ``"joint": [{"columns": ["age", "gender"], "shares": {"18-29": {"Male": 5}}}]``. The
    targets may also stand under a key ``"marginals"``. Without a codebook, names are checked later by
    `Marginals.checked`.

    Raises
    ------
    CodebookError
        If there is no such demographic.
    MarginalsError
        If the text is not JSON of that shape, a category is unknown, a number is missing or negative, or a
        demographic does not add up.
    """
    source = _json_object(source)
    unit = source.get("unit", Unit.AUTO)
    if unit not in list(Unit):
        raise MarginalsError(
            "The unit is unknown.", where="marginals", got=unit, fix="Use share, percent or count."
        )
    outside = {key: value for key, value in source.items() if key not in ("unit", "joint")}
    numbers = source.get("marginals", outside)
    if not isinstance(numbers, Mapping) or not (numbers or source.get("joint")):
        raise MarginalsError("There are no targets.", where="marginals", fix=JSON_SHAPE)
    joint = source.get("joint") or numbers.get("joint") or []
    numbers = {str(key): value for key, value in numbers.items() if key != "joint"}
    for column, targets in numbers.items():
        if not isinstance(targets, Mapping):
            raise MarginalsError("A demographic needs one number per category.", where=column, fix=JSON_SHAPE)
    named = {column: {str(o): v for o, v in targets.items()} for column, targets in numbers.items()}
    return _from_numbers(named, dict(map(_json_pair, joint)), codebook, Unit(unit))


def read_csv_source(content: bytes, name: str) -> TargetSource:
    r"""Read a CSV of targets under its own names: `variable`, `category`, and `share`, `percent` or `count`.

    Interlocking targets have `variable2` and `category2` filled in. The header `value` leaves it to the total
    what the numbers are.

    Raises
    ------
    MarginalsError
        If a column is missing, a category is listed twice, or a number is none.
    FileError
        If it is no table.

    Examples
    --------
    >>> found = read_csv_source(b"variable,category,count\nsex,m,30\nsex,f,50\n", "census.csv")
    >>> found.variables["sex"]
    {'m': 30.0, 'f': 50.0}
    """
    table = read_csv(content, name)
    table.columns = [str(column).strip().lower() for column in table.columns]
    number = next((column for column in NUMBERS if column in table.columns), None)
    if number is None or not {"variable", "category"} <= set(table.columns):
        raise MarginalsError(
            "The file of targets lacks a column.", where=name, got=", ".join(table.columns), fix=CSV_SHAPE
        )
    single: dict[str, dict[str, float]] = {}
    pairs: dict[Pair, dict[Pair, float]] = {}
    for row in table.fillna("").to_dict("records"):
        if not row["variable"] and not row[number]:
            continue
        value = parse_number(str(row[number]).rstrip("% "))
        if row.get("variable2"):
            pair = (str(row["variable"]), str(row["variable2"]))
            option = (str(row["category"]), str(row.get("category2", "")))
            _add(pairs.setdefault(pair, {}), PAIR_SIGN.join(pair), option, value)
        else:
            _add(single.setdefault(str(row["variable"]), {}), str(row["variable"]), row["category"], value)
    return TargetSource(name, single, pairs, NUMBERS[number])


def _add(targets: dict[Any, Any], where: str, option: Any, value: Any) -> None:
    if option in targets:
        raise MarginalsError(
            "A category is listed twice.", where=where, got=option, fix="Remove one of the two rows."
        )
    targets[option] = value


def _json_object(source: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(source, Mapping):
        try:
            source = json.loads(source)
        except ValueError as error:
            raise MarginalsError(
                "The targets are not valid JSON.", where="marginals", got=str(error), fix=JSON_SHAPE
            ) from None
    if not isinstance(source, Mapping):
        raise MarginalsError(
            "The targets are not a JSON object.", where="marginals", got=source, fix=JSON_SHAPE
        )
    return source


def _json_pair(entry: Any) -> tuple[Pair, dict[Pair, Any]]:
    try:
        first, second = entry["columns"]
        nested = entry["shares"]
        return (first, second), {(a, b): v for a, inner in nested.items() for b, v in inner.items()}
    except (TypeError, KeyError, ValueError, AttributeError):
        raise MarginalsError(
            "Interlocking targets need two columns and their shares.",
            where="joint",
            got=str(entry)[:80],
            fix='Write {"columns": ["age", "gender"], "shares": {"18-29": {"Male": 5}}}.',
        ) from None


def _from_numbers(
    numbers: Mapping[str, Mapping[str, Any]],
    joint: Mapping[Pair, Mapping[Pair, Any]],
    codebook: Codebook | None,
    unit: Unit,
) -> Marginals:
    if codebook is not None:
        for name, targets in numbers.items():
            check_options(codebook.demographic(name, "marginals"), tuple(targets))
    read = {name: to_shares(name, targets, unit) for name, targets in numbers.items()}
    pairs = {pair: to_shares(PAIR_SIGN.join(pair), targets, unit) for pair, targets in joint.items()}
    notes = tuple(note for _, note in [*read.values(), *pairs.values()] if note)
    shares = {name: found for name, (found, _) in read.items()}
    found = Marginals(shares, {pair: targets for pair, (targets, _) in pairs.items()}, notes)
    return found if codebook is None else found.checked(codebook)
