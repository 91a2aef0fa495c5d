"""How much of seven published codebooks is guessed from the answers alone; run with -s to see the figures."""

import json
from collections import Counter
from pathlib import Path

import pytest

from core.survey.codebook import Codebook
from core.survey.importing import build_survey, draft_survey

SURVEYS = Path(__file__).parents[2] / "../shared/surveys"
NAMES = sorted(path.parent.name for path in SURVEYS.glob("*/codebook.json"))
pytestmark = pytest.mark.skipif(not NAMES, reason="the real surveys are not on this machine")


def roles(codebook: Codebook) -> dict[str, str]:
    found = {d.column: "demographic" for d in codebook.demographics}
    found |= {q.column: "question" for q in codebook.questions}
    return found | {codebook.weight_column: "weight", codebook.id_column: "id"}


def entries(codebook: Codebook) -> dict[str, tuple[str, list[str]]]:
    """Column -> type and substantive options in order."""
    found = {d.column: ("ordinal" if d.ordinal else "single", d) for d in codebook.demographics}
    found |= {q.column: (str(q.type), q) for q in codebook.questions}
    return {
        column: (kind, [o for o in entry.options if o not in entry.non_substantive])
        for column, (kind, entry) in found.items()
    }


def agreement(name: str) -> Counter:
    """Counts of columns guessed as the codebook has them, and how many there are of each."""
    truth = json.loads((SURVEYS / name / "codebook.json").read_text(encoding="utf-8"))
    truth = Codebook.from_dict({**truth, "id_column": "respondent_id"})
    draft = draft_survey((SURVEYS / name / "clean.csv").read_bytes(), "clean.csv")
    assert len(build_survey(draft)) == truth.extra["n_respondents"]
    count = Counter()
    guessed = roles(draft.codebook)
    for column, role in roles(truth).items():
        count["columns"] += column is not None
        count["roles"] += column is not None and guessed.get(column) == role
    found = entries(draft.codebook)
    for column, (kind, options) in entries(truth).items():
        kind_found, options_found = found.get(column, ("left out", []))
        count["typed"] += 1
        count["types"] += kind_found == kind
        if kind == "ordinal":
            count["scales"] += 1
            same = options_found == options and kind_found == kind
            count["orders"] += same or (options_found == options[::-1] and kind_found == kind)
            count["low to high as published"] += same
    return count


@pytest.fixture(scope="module")
def counts():
    return {name: agreement(name) for name in NAMES}


def test_most_columns_are_guessed_as_published(counts):
    total = sum(counts.values(), Counter())
    for name, count in [*counts.items(), ("all seven", total)]:
        shares = {
            "roles": count["roles"] / count["columns"],
            "types": count["types"] / count["typed"],
            "orders": count["orders"] / count["scales"],
            "same direction": count["low to high as published"] / count["scales"],
        }
        print(f"{name:28s}" + "  ".join(f"{key} {share:6.1%}" for key, share in shares.items()))  # noqa: T201
    assert total["roles"] >= 0.98 * total["columns"]
    assert total["types"] >= 0.98 * total["typed"]
    assert total["orders"] >= 0.97 * total["scales"]


@pytest.mark.parametrize("name", NAMES)
def test_every_survey_reaches_the_aim_for_types(counts, name):
    assert counts[name]["types"] >= 0.95 * counts[name]["typed"]
