"""Three verdicts a stakeholder understands: population, individuals, structure.

Each has one plain sentence, one figure beside its noise floor, and what others have published, so that a
reader can place it. Thresholds are those of the field where it has any (sources with each anchor).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.comparison.compare import Comparison
from core.comparison.resampling import Interval
from core.comparison.uncertainty import Uncertainty
from core.report.tables import METHODS

GOOD, FAIR, POOR, OPEN, EMPTY = "good", "fair", "poor", "open", "empty"
"""How a verdict reads; `OPEN` while it cannot be said, `EMPTY` where there is nothing to get right."""
LITTLE = 0.01
"""Gain in nats per answer below which demographics are said to carry almost nothing."""


@dataclass(frozen=True)
class Verdict:
    """One axis.

    Attributes
    ----------
    axis, level
        Name of the axis, and how it reads: `GOOD`, `FAIR`, `POOR`, `OPEN` or `EMPTY`.
    sentence
        The verdict.
    figure, floor
        Main figure and what a perfect simulation (or nothing but chance) would show, as text.
    beside
        What simpler methods reach, in a sentence.
    notes
        Further sentences.
    anchors
        Published figures to compare with.
    """

    axis: str
    level: str
    sentence: str
    figure: str
    floor: str
    beside: str = ""
    notes: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


def population_verdict(comparison: Comparison, found: Uncertainty) -> Verdict:
    """Whether simulated toplines are as close as sampling noise allows."""
    overall = comparison.overall
    model, band = overall["model"], found.floor.get("kl")
    if model.get("kl") is None or band is None or band.high is None:
        return Verdict("Population", OPEN, "Too few real answers to judge the shares.", "-", "-")
    kl, tv = model["kl"], model["tv"]
    if kl <= band.high:
        level, sentence = GOOD, "Toplines are as close as chance alone would bring two samples."
    elif kl <= 4 * band.value:
        level, sentence = FAIR, f"Toplines are close: {kl / band.value:.1f} times what chance explains."
    else:
        level, sentence = POOR, f"Toplines are off: {kl / band.value:.0f} times what chance explains."
    floor = f"{100 * (found.floor['tv'].value or 0):.1f} points by chance"
    return Verdict(
        "Population",
        level,
        f"{sentence} {interviews_sentence(found.worth)}",
        f"{100 * tv:.1f} points off",
        floor,
        _adds_to_toplines(found),
        (
            f"KL {kl:.4f} nats; a perfect simulation would score {band.value:.4f} (95 %: {band.low:.4f} to "
            f"{band.high:.4f}) with this many real answers.",
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
    level, sentence = _who_answers_what(marginals, found.background)
    return Verdict(
        "Individuals",
        level,
        sentence,
        f"{nll.value:.3f} nats of surprise per answer",
        f"{nll.value + marginals.value:.3f} when repeating everybody's shares",
        _reference(found) if level != EMPTY else _even_the_best(found.background),
        _background_note(found.background),
        (
            "Demographics alone reach 74 % of how well people repeat their own answers (arXiv 2411.10109).",
            "With or without a persona: accuracy 0.75 against 0.73 (arXiv 2509.19088).",
        ),
    )


def _even_the_best(available: Interval | None) -> str:
    if available is None or available.value is None:
        return ""
    return f"Even a logistic regression gains only {max(available.value, 0):.3f} over everybody's shares."


def _background_note(available: Interval | None) -> tuple[str, ...]:
    if available is None or available.value is None:
        return ()
    return (
        f"Background offers {available.value:.3f} nats per answer (95 %: {available.low:.3f} to "
        f"{available.high:.3f}): what a logistic regression on it gains over everybody's shares.",
    )


def _who_answers_what(marginals: Interval, available: Interval | None) -> tuple[str, str]:
    """Level and sentence from the gain over the shares, and the gain a regression gets from background."""
    if _carries_nothing(available):
        if marginals.high is not None and marginals.high < -0.002:
            return POOR, "Background says almost nothing here, and the model invents differences."
        return EMPTY, (
            "Background says almost nothing about these answers, so no method can tell people apart. "
            "The model rightly does not try."
        )
    if marginals.low is not None and marginals.low > 0:
        part = ""
        if available and available.value:
            part = f": {min(100, 100 * marginals.value / available.value):.0f} % of what background offers"
        return GOOD, f"The model knows who answers what{part}."
    if marginals.high is not None and marginals.high < 0:
        return POOR, "Foresees single answers worse than repeating everybody's shares."
    return POOR, "Adds nothing over repeating everybody's shares."


def _carries_nothing(available: Interval | None) -> bool:
    if available is None or available.value is None:
        return False
    return available.value < LITTLE or available.low <= 0


def _reference(found: Uncertainty) -> str:
    """The best simpler method, and whether the model adds anything over it."""
    gains = {
        name: gain["nll"]
        for name, gain in found.gains.items()
        if name not in ("untuned", "empty_persona", "uniform") and gain["nll"].value is not None
    }
    fitted = {name: gain for name, gain in gains.items() if name != "training_marginals"}
    if not fitted:
        return "The simpler methods are still being fitted."
    name = min(fitted, key=lambda n: fitted[n].value)
    gain, label = fitted[name], METHODS.get(name, name)
    if gain.high is not None and gain.high < 0:
        return f"{label} is better by {-gain.value:.3f}: it would do instead of this model."
    if gain.low is not None and gain.low > 0:
        return f"Better than every simpler method; the next is {label.lower()} ({gain.value:+.3f})."
    return f"Adds nothing over {label.lower()}: the difference of {gain.value:+.3f} is within chance."


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


def structure_verdict(structure: Mapping[str, Any] | None, available: Interval | None = None) -> Verdict:
    """Whether groups differ, and answers hang together, as they do in reality.

    Parameters
    ----------
    structure
        Figures of the structure axis, None before they are computed.
    available
        What background offers at all, `Uncertainty.background`.
    """
    if not structure:
        return Verdict("Structure", OPEN, "Being computed; takes about a minute.", "-", "-")
    groups, detection = structure["subgroups"]["methods"]["model"], structure["detectability"]["model"]
    slope, between = groups["slope"], structure["association"]["model"]["questions"]
    level, sentence = _groups(groups, _carries_nothing(available))
    notes = []
    if slope is not None:
        low, high = groups["slope_low"], groups["slope_high"]
        notes.append(
            f"Group differences are {slope:.2f} times the real ones (95 %: {low:.2f} to {high:.2f})."
        )
    if groups["worst_group"]:
        notes.append(f"Furthest off: {groups['worst_group']} ({100 * groups['worst_tv']:.1f} points).")
    if between["difference"] is not None and between["difference"] < -0.05:
        notes.append(
            f"Links between questions are too weak (Cramér's V {between['simulated']:.2f} instead of "
            f"{between['real']:.2f}): answers are simulated one by one. Do not cross-tabulate two questions."
        )
    telling = ", ".join(t["column"] for t in detection["telling"])
    notes.append(
        f"A classifier tells simulated from real respondents with AUC {detection['auc']:.2f} (0.50 is chance)"
        + (f"; telling: {telling}." if telling else ".")
    )
    return Verdict(
        "Structure",
        level,
        sentence,
        "no slope" if slope is None else f"group differences {slope:.2f} times the real ones",
        "1.00 is right; 0 is everybody the same",
        _simpler_slope(structure["subgroups"]["methods"]),
        tuple(notes),
        (
            "Slope 0.8 to 1.25 is good, 0.5 to 1.5 usable.",
            "Cramér's V: mean difference -0.03 in the study that started the field (arXiv 2209.06899).",
            "AUC 0.5 is ideal, 0.6 fine.",
        ),
    )


def _simpler_slope(methods: Mapping[str, Any]) -> str:
    slope = methods.get("logistic_regression", {}).get("slope")
    return "" if slope is None else f"A logistic regression on the same background reaches {slope:.2f}."


def _groups(groups: Mapping[str, Any], carries_nothing: bool) -> tuple[str, str]:
    slope = groups["slope"]
    if slope is None or (carries_nothing and groups["slope_low"] <= 1):
        return EMPTY, "Groups hardly differ in reality, so there is little structure to get right."
    if groups["slope_low"] <= 1 <= groups["slope_high"] and 0.5 <= slope <= 1.5:
        return (GOOD if 0.8 <= slope <= 1.25 else FAIR), "Groups differ about as much as in reality."
    if slope < 1:
        return (FAIR if slope >= 0.5 else POOR), "Groups are flattened: they differ less than in reality."
    return (FAIR if slope <= 1.5 else POOR), "Groups are exaggerated: they differ more than in reality."


def signature(comparison: Comparison, found: Uncertainty) -> str | None:
    """What a known pattern of both distances means and what to try; None when there is nothing to say.

    A low KL is one within twice the band of chance. Individual error is low where single answers are foreseen
    better than by everybody's shares: by NLL, or by RMSE where there is no NLL.
    """
    kl, band = comparison.overall["model"].get("kl"), found.floor.get("kl")
    gains = found.gains.get("training_marginals", {})
    gain = next((gains[m] for m in ("nll", "rmse") if m in gains and gains[m].value is not None), None)
    if kl is None or band is None or band.high is None or gain is None:
        return None
    close, foreseen = kl <= 2 * band.high, gain.low is not None and gain.low > 0
    if _carries_nothing(found.background) and close:
        return None
    if close and not foreseen:
        return (
            "Low KL with high individual error: the toplines are right, single people are not. Teach longer, "
            "or with more background fields. Where one answer per person is needed, read the expected one or "
            "lower the temperature."
        )
    if foreseen and not close:
        return (
            "Low individual error with high KL: people are told apart, but the answers are too alike. Raise "
            "the temperature, or read sampled answers instead of the likeliest one."
        )
    if not close and not foreseen:
        return (
            "Both distances are high: the model has not learned this survey. Teach it longer, look at the "
            "flags of the survey for too few or contradictory answers, or try another base model."
        )
    return None
