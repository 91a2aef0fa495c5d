"""Tables of the structure axis, with names a survey researcher reads; figures stay numbers."""

import textwrap
from collections.abc import Mapping
from typing import Any

from core.report.tables import METHODS

GIVEN_AWAY = 42
"""Characters of a question where several stand in one cell."""
Rows = list[dict[str, Any]]


def groups_table(structure: Mapping[str, Any]) -> Rows:
    """One row per demographic group: distance of its toplines in points, beside chance and the shares.

    Small groups are listed with their base and without figures.
    """
    return [
        {
            "Background": group["label"],
            "Group": group["option"],
            "Base": group["n"],
            "Off by": _points(group, "model"),
            "By chance": _points(group, "floor"),
            "Training shares": _points(group, "training_marginals"),
            "Regression": _points(group, "logistic_regression"),
        }
        for group in structure["subgroups"]["groups"]
    ]


def links_table(structure: Mapping[str, Any]) -> Rows:
    """One row per method: mean Cramér's V and rank agreement, with background and between questions."""
    found = structure["association"]
    rows = [
        {
            "Method": METHODS[name],
            "V with background": found[name]["demographics"]["simulated"],
            "Same order": found[name]["demographics"]["rank_agreement"],
            "V between questions": found[name]["questions"]["simulated"],
            "Same order between": found[name]["questions"]["rank_agreement"],
        }
        for name in METHODS
        if name in found
    ]
    real = found["model"]
    truth = {
        "Method": "Real answers (order: split halves)",
        "V with background": real["demographics"]["real"],
        "Same order": found["ceiling"]["demographics"],
        "V between questions": real["questions"]["real"],
        "Same order between": found["ceiling"]["questions"],
    }
    return [truth, *rows]


def effects_table(structure: Mapping[str, Any]) -> Rows:
    """One row per method: slope of group differences, and whether a regression finds the same effects."""
    transfer, groups = structure["transfer"]["methods"], structure["subgroups"]["methods"]
    return [
        {
            "Method": METHODS[name],
            "Group slope": _plain_zero(groups.get(name, {}).get("slope")),
            "Effect slope": _plain_zero(found["slope"]),
            "Same sign": _percent(found["sign_agreement"]),
            "Outside interval": _percent(found["excluded"]),
        }
        for name, found in ((n, transfer[n]) for n in METHODS if n in transfer)
    ]


def fidelity_table(structure: Mapping[str, Any]) -> Rows:
    """Population Fidelity Score by group, with what a perfect simulation scores."""
    perfect = {row["group"]: row["pfs"] for row in structure["fidelity"].get("perfect", [])}
    return [
        {
            "Group": row["group"],
            "Cells": row["cells"],
            "Accuracy": row["score_accuracy"],
            "Adaptability": row["score_adaptability"],
            "Structure": row["score_structure"],
            "Score": row["pfs"],
            "Perfect": perfect.get(row["group"]),
        }
        for row in structure["fidelity"]["model"]
    ]


def detection_table(structure: Mapping[str, Any], questions: Mapping[str, str]) -> Rows:
    """How well a classifier tells simulated from real respondents, and by which questions."""
    found = structure["detectability"]
    return [
        {
            "Method": METHODS[name],
            "AUC": found[name]["auc"],
            "pMSE": found[name]["pmse"],
            "Given away by": "; ".join(telling_questions(found[name], questions)) or "nothing in particular",
        }
        for name in METHODS
        if name in found
    ]


def telling_questions(
    found: Mapping[str, Any], questions: Mapping[str, str], width: int = GIVEN_AWAY
) -> list[str]:
    """Wordings, cut at a word, of the questions that tell simulated from real respondents.

    Parameters
    ----------
    found
        Detectability of one method.
    questions
        Column -> wording.
    width
        Most characters of each.

    Examples
    --------
    >>> wordings = {"q1": "How likely are you to recommend this bank to a friend?"}
    >>> telling_questions({"telling": [{"column": "q1"}]}, wordings)
    ['How likely are you to recommend this …']
    """
    wordings = (questions.get(told["column"], told["column"]) for told in found["telling"])
    return [textwrap.shorten(wording, width, placeholder=" …") for wording in wordings]


def _points(group: Mapping[str, Any], name: str) -> float | None:
    return _percent((group.get(name) or {}).get("tv"))


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _plain_zero(value: float | None) -> float | None:
    """A slope with two decimals, so that a tiny negative one is not printed as -0.00."""
    return None if value is None else round(value, 2) + 0.0
