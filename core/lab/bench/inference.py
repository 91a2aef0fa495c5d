"""Benchmark of codebook inference: agreement of published codebooks with guesses from the answers alone."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.lab.bench.published import published_surveys
from core.survey.codebook import Codebook, Demographic, Question
from core.survey.importing import draft_survey


@dataclass(frozen=True)
class InferenceBench:
    """Counts of columns of one published survey whose codebook entry is guessed as published.

    Attributes
    ----------
    survey
        Folder name, or "all".
    columns, roles
        Columns with a role, and those given the same one.
    typed, types
        Questions and demographics, and those given the same type.
    scales, orders
        Ordinal ones, and those with the same options in the same order, or exactly reversed.
    directions
        Of `orders`, those that also run the same way.
    """

    survey: str
    columns: int
    roles: int
    typed: int
    types: int
    scales: int
    orders: int
    directions: int

    @property
    def shares(self) -> dict[str, float]:
        """Share of roles, types, orders and directions, 0 to 1; NaN without any."""
        pairs = {
            "roles": (self.roles, self.columns),
            "types": (self.types, self.typed),
            "orders": (self.orders, self.scales),
            "directions": (self.directions, self.scales),
        }
        return {name: found / total if total else float("nan") for name, (found, total) in pairs.items()}


def bench_inference(folder: Path | None = None) -> tuple[InferenceBench, ...]:
    """Agreement of guesses with each published codebook; the last entry is their sum.

    Parameters
    ----------
    folder
        With a folder per survey that holds `clean.csv` and `codebook.json`.

    Raises
    ------
    NotFoundError
        If there is no such survey.
    """
    surveys = published_surveys(folder)
    counts = {path.name: _agreement(path) for path in surveys}
    names = ("columns", "roles", "typed", "types", "scales", "orders", "directions")
    counts["all"] = sum(counts.values(), Counter())
    return tuple(InferenceBench(survey, *(count[name] for name in names)) for survey, count in counts.items())


def _agreement(survey: Path) -> Counter[str]:
    published = json.loads((survey / "codebook.json").read_text(encoding="utf-8"))
    truth = Codebook.from_dict({"id_column": "respondent_id", **published})
    guess = draft_survey((survey / "clean.csv").read_bytes(), "clean.csv").codebook
    count: Counter[str] = Counter()
    guessed_roles = _roles(guess)
    for column, role in _roles(truth).items():
        count["columns"] += 1
        count["roles"] += guessed_roles.get(column) == role
    guessed = _entries(guess)
    for column, (kind, options) in _entries(truth).items():
        kind_found, options_found = guessed.get(column, ("left out", []))
        count["typed"] += 1
        count["types"] += kind_found == kind
        if kind == "ordinal":
            same = kind_found == kind and options_found == options
            count["scales"] += 1
            count["orders"] += same or (kind_found == kind and options_found == options[::-1])
            count["directions"] += same
    return count


def _roles(codebook: Codebook) -> dict[str, str]:
    found = {d.column: "demographic" for d in codebook.demographics}
    found |= {q.column: "question" for q in codebook.questions}
    special = {codebook.weight_column: "weight", codebook.id_column: "id", codebook.split_column: "split"}
    return found | {column: role for column, role in special.items() if column}


def _entries(codebook: Codebook) -> dict[str, tuple[str, list[str]]]:
    """Column -> type and substantive options in order."""
    found: dict[str, tuple[str, Demographic | Question]]
    found = {d.column: ("ordinal" if d.ordinal else "single", d) for d in codebook.demographics}
    found |= {q.column: (str(q.type), q) for q in codebook.questions}
    return {
        column: (kind, [option for option in entry.options if option not in entry.non_substantive])
        for column, (kind, entry) in found.items()
    }
