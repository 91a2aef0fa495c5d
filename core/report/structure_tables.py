"""Tables of the structure axis, with names a survey researcher reads; figures stay numbers."""

import textwrap
from collections.abc import Mapping
from typing import Any, TypeVar

from core.comparison.structure_figures import MODEL, PERFECT, Detectability, Structure
from core.comparison.subgroup_figures import Distances
from core.report.tables import METHODS

Found = TypeVar("Found")

GIVEN_AWAY = 42
"""Characters of a question where several stand in one cell."""
Rows = list[dict[str, Any]]


def groups_table(structure: Structure) -> Rows:
    """One row per demographic group: TV of its toplines in points, beside its noise floor and baselines.

    Small groups are listed with their base and without figures.
    """
    return [
        {
            "Background": group.label,
            "Group": group.option,
            "Base": group.n,
            "Off by": _points(group.methods.get(MODEL)),
            "By chance": _points(group.floor),
            "Training shares": _points(group.methods.get("training_marginals")),
            "Regression": _points(group.methods.get("logistic_regression")),
        }
        for group in structure.subgroups.groups
    ]


def links_table(structure: Structure) -> Rows:
    """One row per method: mean Cramér's V and rank agreement, with background and between questions."""
    found = structure.association
    rows = [
        {
            "Method": METHODS[name],
            "V with background": links.demographics.simulated,
            "Same order": links.demographics.rank_agreement,
            "V between questions": links.questions.simulated,
            "Same order between": links.questions.rank_agreement,
        }
        for name, links in _in_order(found.methods)
    ]
    real = found.methods[MODEL]
    truth = {
        "Method": "Real answers (order: split halves)",
        "V with background": real.demographics.real,
        "Same order": found.ceiling.demographics,
        "V between questions": real.questions.real,
        "Same order between": found.ceiling.questions,
    }
    return [truth, *rows]


def effects_table(structure: Structure) -> Rows:
    """One row per method: slope of group differences, and whether a regression finds the same effects."""
    groups = structure.subgroups.methods
    return [
        {
            "Method": METHODS[name],
            "Group slope": _plain_zero(groups[name].slope if name in groups else None),
            "Effect slope": _plain_zero(found.slope),
            "Same sign": _percent(found.sign_agreement),
            "Outside interval": _percent(found.excluded),
        }
        for name, found in _in_order(structure.transfer.methods)
    ]


def fidelity_table(structure: Structure) -> Rows:
    """Population Fidelity Score by group, with what a perfect simulation scores."""
    perfect = {score.group: score.pfs for score in structure.fidelity.get(PERFECT, ())}
    return [
        {
            "Group": score.group,
            "Cells": score.cells,
            "Accuracy": score.score_accuracy,
            "Adaptability": score.score_adaptability,
            "Structure": score.score_structure,
            "Score": score.pfs,
            "Perfect": perfect.get(score.group),
        }
        for score in structure.fidelity[MODEL]
    ]


def detection_table(structure: Structure, questions: Mapping[str, str]) -> Rows:
    """One row per method: AUC of a classifier of simulated against real people, and its best questions."""
    return [
        {
            "Method": METHODS[name],
            "AUC": found.auc,
            "pMSE": found.pmse,
            "Given away by": "; ".join(informative_questions(found, questions)) or "nothing in particular",
        }
        for name, found in _in_order(structure.detectability)
    ]


def informative_questions(
    found: Detectability, questions: Mapping[str, str], width: int = GIVEN_AWAY
) -> list[str]:
    """Wordings, cut at a word, of the questions by which simulated respondents are distinguished from real.

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
    >>> from core.comparison.structure_figures import InformativeQuestion
    >>> wordings = {"q1": "How likely are you to recommend this bank to a friend?"}
    >>> informative_questions(Detectability(0.7, 0.1, (InformativeQuestion("q1", 0.2),)), wordings)
    ['How likely are you to recommend this …']
    """
    wordings = (questions.get(question.column, question.column) for question in found.telling)
    return [textwrap.shorten(wording, width, placeholder=" …") for wording in wordings]


def _in_order(methods: Mapping[str, Found]) -> list[tuple[str, Found]]:
    """Pairs of method and figures, in the order of `METHODS`."""
    return [(name, methods[name]) for name in METHODS if name in methods]


def _points(distances: Distances | None) -> float | None:
    return _percent(distances.tv if distances else None)


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _plain_zero(value: float | None) -> float | None:
    """A slope with two decimals, so that a tiny negative one is not printed as -0.00."""
    return None if value is None else round(value, 2) + 0.0
