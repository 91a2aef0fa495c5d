"""Verdict on structure: whether groups differ, and answers are associated, as they are in reality."""

from collections.abc import Mapping

from core.comparison.structure_figures import MODEL, Structure
from core.comparison.subgroup_figures import GroupSummary
from core.report.judging import EMPTY, FAIR, GOOD, OPEN, POOR, Verdict
from core.report.structure_tables import informative_questions


def structure_verdict(
    structure: Structure | None, questions: Mapping[str, str], nothing: bool = False
) -> Verdict:
    """Verdict on structure: slope of group differences, association of questions, detectability.

    Parameters
    ----------
    structure
        Figures of the structure axis; None before they are computed.
    questions
        Column -> wording.
    nothing
        Whether the demographics say almost nothing about the answers, see `carries_nothing`.
    """
    if not structure:
        return Verdict("Structure", OPEN, "Being computed; takes about a minute.", "-", "-")
    groups, detection = structure.subgroups.methods[MODEL], structure.detectability[MODEL]
    # slope of simulated on real group differences; mean Cramér's V between questions
    slope, between = groups.slope, structure.association.methods[MODEL].questions
    level, sentence = _groups(groups, nothing)
    notes = []
    if slope is not None:
        notes.append(
            f"Group differences are {slope:.2f} times the real ones (95 %: {groups.slope_low:.2f} to "
            f"{groups.slope_high:.2f})."
        )
    if groups.worst_group and groups.worst_tv is not None:
        notes.append(f"Furthest off: {groups.worst_group} ({100 * groups.worst_tv:.1f} points).")
    if between.difference is not None and between.difference < -0.05:
        notes.append(
            f"Links between questions are too weak (Cramér's V {between.simulated:.2f} instead of "
            f"{between.real:.2f}): answers are simulated one by one. Do not cross-tabulate two questions."
        )
    informative = ", ".join(f"“{wording}”" for wording in informative_questions(detection, questions, 80))
    notes.append(
        f"A classifier tells simulated from real respondents with AUC {detection.auc:.2f} (0.50 is chance)"
        + (f", most by {informative}." if informative else ".")
    )
    return Verdict(
        "Structure",
        level,
        sentence,
        "No slope" if slope is None else f"Group differences {slope:.2f} times the real ones",
        "1.00 is right; 0 is everybody the same" if level != EMPTY else "real ones are too small to judge by",
        _simpler_slope(structure.subgroups.methods.get("logistic_regression")),
        tuple(notes),
        (
            "Slope 0.8 to 1.25 is good, 0.5 to 1.5 usable.",
            "Cramér's V: mean difference -0.03 in the study that started the field (arXiv 2209.06899).",
            "AUC 0.5 is ideal, 0.6 fine.",
        ),
    )


def _simpler_slope(regression: GroupSummary | None) -> str:
    """Sentence on the slope that a logistic regression reaches; empty where it has none."""
    if regression is None or regression.slope is None:
        return ""
    return f"A logistic regression on the same background reaches {regression.slope:.2f}."


def _groups(groups: GroupSummary, nothing: bool) -> tuple[str, str]:
    """Level and sentence from the slope of group differences (1 is right) and its 95 % interval."""
    slope, low, high = groups.slope, groups.slope_low, groups.slope_high
    # no real differences to follow; only invented ones (interval above 1) are held against the model
    if slope is None or low is None or high is None or (nothing and low <= 1):
        return EMPTY, "Groups hardly differ in reality, so there is little structure to get right."
    usable = 0.5 <= slope <= 1.5
    # the right slope is within chance: the estimate decides how good; a wide interval decides nothing
    if low <= 1 <= high:
        if not usable:
            return FAIR, "Too few respondents to tell whether groups differ as much as in reality."
        return (GOOD if 0.8 <= slope <= 1.25 else FAIR), "Groups differ about as much as in reality."
    if slope < 1:
        return (FAIR if usable else POOR), "Groups are flattened: they differ less than in reality."
    return (FAIR if usable else POOR), "Groups are exaggerated: they differ more than in reality."
