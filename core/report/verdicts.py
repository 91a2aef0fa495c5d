"""Three verdicts a stakeholder understands: population, individuals, structure.

Each has one plain sentence, one figure beside its noise floor, and what others have published, so that a
reader can place it. Page, report, validation label and model card show the same ones.
"""

import math
from collections.abc import Mapping

from core.comparison.comparison import Comparison
from core.comparison.resampling import Interval
from core.comparison.structure_figures import MODEL, Structure
from core.comparison.subgroup_figures import GroupSummary
from core.comparison.uncertainty import Uncertainty
from core.report.judging import (
    EMPTY,
    FAIR,
    GOOD,
    MOST,
    NEAR,
    OPEN,
    POOR,
    Verdict,
    carries_nothing,
    judge,
    offers_little,
)
from core.report.structure_tables import telling_questions
from core.report.tables import METHODS
from core.results.results import Results

NAMES = ("Gaussian", "CatBoost")
"""Methods that are called after somebody or something."""


def results_verdicts(results: Results) -> tuple[Verdict, Verdict, Verdict]:
    """The three verdicts of a finished simulation."""
    return verdicts(results.comparison, results.uncertainty, results.structure)


def verdicts(
    comparison: Comparison, found: Uncertainty, structure: Structure | None
) -> tuple[Verdict, Verdict, Verdict]:
    """Population, individuals and structure; the last is open until the structure was computed."""
    return (
        population_verdict(comparison, found),
        individual_verdict(found),
        structure_verdict(
            structure, {q.column: q.text for q in comparison.questions}, carries_nothing(found)
        ),
    )


def population_verdict(comparison: Comparison, found: Uncertainty) -> Verdict:
    """Whether simulated toplines are as close as sampling noise allows."""
    kl, tv, band = comparison.overall.model.kl, comparison.overall.model.tv, found.floor.get("kl")
    level = judge(kl, band)
    if level == OPEN or kl is None or tv is None or band is None or band.value is None:
        return Verdict("Population", OPEN, "Too few real answers to judge the shares.", "-", "-")
    sentence = {
        GOOD: "Toplines are as close as chance alone would bring two samples.",
        FAIR: "Toplines are close, but further off than chance explains.",
        POOR: "Toplines are off by clearly more than chance explains.",
    }[level]
    floor = f"{100 * (found.floor['tv'].value or 0):.1f} points by chance"
    return Verdict(
        "Population",
        level,
        f"{sentence} {interviews_sentence(found.worth)}",
        f"{100 * tv:.1f} points off",
        floor,
        _adds_to_toplines(found),
        (
            f"KL {kl:.4f} nats, {kl / band.value:.1f} times the {band.value:.4f} of a perfect simulation "
            f"(95 %: {band.low:.4f} to {band.high:.4f}) with this many real answers. Within is chance; up to "
            f"{NEAR} times is close.",
            "Points: of 100 answers, how many would have to move.",
        ),
        (
            "2 to 12 points lie between two waves of the same survey; 12 to 20 are typical of chat models "
            "that were given a persona.",
            "Tuned models on opinion questions: W1 0.10 to 0.12; floor 0.03; equal shares 0.18 to 0.21 "
            "(SubPOP, arXiv 2502.16761).",
        ),
    )


def individual_verdict(found: Uncertainty) -> Verdict:
    """Whether the model knows who answers what, beyond what everybody answers."""
    nll, marginals = found.model["nll"], found.gains.get("training_marginals", {}).get("nll")
    if nll.value is None or marginals is None or marginals.value is None:
        return Verdict("Individuals", OPEN, "Too few real answers to judge.", "-", "-")
    level, sentence = _who_answers_what(marginals, found)
    return Verdict(
        "Individuals",
        level,
        sentence,
        f"{_probability(nll.value)} for the answer really given",
        f"{_probability(nll.value + marginals.value)} when repeating everybody's shares",
        _reference(found) if level != EMPTY else _even_the_best(found.demographics_gain),
        (
            f"NLL {nll.value:.3f} nats per answer, {nll.value + marginals.value:.3f} when repeating "
            "everybody's shares. The percentages are the same as probabilities (geometric means).",
            *_background_note(found.demographics_gain),
        ),
        (
            "Demographics alone reach 74 % of how well people repeat their own answers (arXiv 2411.10109).",
            "With or without a persona: accuracy 0.75 against 0.73 (arXiv 2509.19088).",
        ),
    )


def _even_the_best(available: Interval | None) -> str:
    if available is None or available.value is None:
        return ""
    more = _more(max(available.value, 0))
    return (
        f"Even a logistic regression gives real answers only {more} more probability than everybody's shares."
    )


def _probability(nll: float) -> str:
    """Geometric mean probability of the answers really given."""
    return f"{100 * math.exp(-nll):.1f} %"


def _more(gain: float) -> str:
    """A gain in nats per answer as a ratio of probabilities.

    >>> _more(0.049)
    '5.0 %'
    """
    return f"{100 * (math.exp(gain) - 1):.1f} %"


def _background_note(available: Interval | None) -> tuple[str, ...]:
    if available is None or available.value is None:
        return ()
    return (
        f"Background offers {available.value:.3f} nats per answer (95 %: {available.low:.3f} to "
        f"{available.high:.3f}): what a logistic regression on it gains over everybody's shares.",
    )


def _who_answers_what(marginals: Interval, found: Uncertainty) -> tuple[str, str]:
    """Level and sentence from the gain over the shares, and the gain a regression gets from background."""
    available, gained = found.demographics_gain, marginals.value or 0.0
    if carries_nothing(found):
        if marginals.high is not None and marginals.high < -0.002:
            return POOR, "Background says almost nothing here, and the model invents differences."
        return EMPTY, (
            "Background says almost nothing about these answers, so no method can tell people apart by it. "
            "The model rightly does not try."
        )
    if marginals.value is not None and marginals.low is not None and marginals.low > 0:
        if available is None or available.value is None:
            return GOOD, "The model knows who answers what."
        if offers_little(available):
            return GOOD, "Background says little about these answers; what it says, the model knows."
        part = min(100, 100 * gained / available.value)
        level, known = (GOOD, "") if part >= MOST else (FAIR, "part of ")
        return level, f"The model knows {known}who answers what: {part:.0f} % of what background offers."
    if marginals.high is not None and marginals.high < 0:
        return POOR, "Foresees single answers worse than repeating everybody's shares."
    return POOR, "Adds nothing over repeating everybody's shares."


def _reference(found: Uncertainty) -> str:
    """The best simpler method, and whether the model adds anything over it."""
    not_fitted = ("untuned", "empty_persona", "uniform", "training_marginals")
    fitted = {
        name: value
        for name, gain in found.gains.items()
        if name not in not_fitted and (value := gain["nll"].value) is not None
    }
    if not fitted:
        return "The simpler methods are still being fitted."
    name = min(fitted, key=fitted.__getitem__)
    value, gain, label = fitted[name], found.gains[name]["nll"], METHODS.get(name, name)
    if gain.high is not None and gain.high < 0:
        return (
            f"{label} gives real answers {_more(-value)} more probability: it would do instead of this model."
        )
    if gain.low is not None and gain.low > 0:
        return (
            f"Better than every simpler method: real answers get {_more(value)} more probability than "
            f"from the next, {_inside(label)}."
        )
    return f"No better than {_inside(label)}: the difference is within chance."


def _inside(label: str) -> str:
    """The label of a method inside a sentence.

    >>> _inside("Logistic regression on demographics"), _inside("Gaussian copula")
    ('logistic regression on demographics', 'a Gaussian copula')
    """
    if label.startswith(NAMES):
        return f"a {label}" if label.startswith("Gaussian") else label
    return label[0].lower() + label[1:]


def _adds_to_toplines(found: Uncertainty) -> str:
    gain = found.gains.get("training_marginals", {}).get("kl")
    if gain is None or gain.value is None:
        return ""
    if gain.low is not None and gain.low > 0:
        return "Closer than repeating the shares of the respondents it learned from."
    closer = gain.high is not None and gain.high < 0
    return (
        "Repeating the shares of the respondents it learned from is "
        + ("closer" if closer else "as close")
        + ": for toplines of the same people it adds nothing."
    )


def interviews_sentence(worth: Interval) -> str:
    """How many real interviews would be as close."""
    if worth.value is None:
        return "As close as more real interviews than this sample could tell."
    low = f"{worth.low:,.0f}" if worth.low is not None else "?"
    high = f"{worth.high:,.0f}" if worth.high is not None else "more than this sample can tell"
    return f"As close as about {worth.value:,.0f} real interviews (95 %: {low} to {high})."


def structure_verdict(
    structure: Structure | None, questions: Mapping[str, str], nothing: bool = False
) -> Verdict:
    """Whether groups differ, and answers hang together, as they do in reality.

    Parameters
    ----------
    structure
        Figures of the structure axis, None before they are computed.
    questions
        Column -> wording.
    nothing
        Whether background says almost nothing about the answers, see `carries_nothing`.
    """
    if not structure:
        return Verdict("Structure", OPEN, "Being computed; takes about a minute.", "-", "-")
    groups, detection = structure.subgroups.methods[MODEL], structure.detectability[MODEL]
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
    telling = ", ".join(f"“{wording}”" for wording in telling_questions(detection, questions, 80))
    notes.append(
        f"A classifier tells simulated from real respondents with AUC {detection.auc:.2f} (0.50 is chance)"
        + (f", most by {telling}." if telling else ".")
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
    if regression is None or regression.slope is None:
        return ""
    return f"A logistic regression on the same background reaches {regression.slope:.2f}."


def _groups(groups: GroupSummary, nothing: bool) -> tuple[str, str]:
    slope, low, high = groups.slope, groups.slope_low, groups.slope_high
    if slope is None or low is None or high is None or (nothing and low <= 1):
        return EMPTY, "Groups hardly differ in reality, so there is little structure to get right."
    usable = 0.5 <= slope <= 1.5
    if low <= 1 <= high:
        if not usable:
            return FAIR, "Too few respondents to tell whether groups differ as much as in reality."
        return (GOOD if 0.8 <= slope <= 1.25 else FAIR), "Groups differ about as much as in reality."
    if slope < 1:
        return (FAIR if usable else POOR), "Groups are flattened: they differ less than in reality."
    return (FAIR if usable else POOR), "Groups are exaggerated: they differ more than in reality."
