"""Verdicts on population (toplines), individuals and structure, in plain words.

Each has one plain sentence, one figure beside its noise floor, and what others have published, so that a
reader can place it. Page, report, validation label and model card show the same ones.
"""

import math

from core.comparison.comparison import Comparison
from core.comparison.resampling import Interval
from core.comparison.structure_figures import Structure
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
from core.report.structure_verdict import structure_verdict
from core.report.tables import METHODS
from core.results.results import Results

NAMES = ("Gaussian", "CatBoost")
"""First words of methods with a proper name, which keep their capital inside a sentence."""


def results_verdicts(results: Results) -> tuple[Verdict, Verdict, Verdict]:
    """Verdicts of a finished simulation, in the order of `verdicts`."""
    # runs of earlier versions had another teacher, and no blend
    teacher = "stacked_regression" if results.run.result.blend_weight is not None else None
    return verdicts(results.comparison, results.uncertainty, results.structure, teacher)


def verdicts(
    comparison: Comparison, uncertainty: Uncertainty, structure: Structure | None, teacher: str | None = None
) -> tuple[Verdict, Verdict, Verdict]:
    """Verdicts on population, individuals and structure; the last is open until it was computed.

    Parameters
    ----------
    comparison, uncertainty, structure
        Figures of the model.
    teacher
        Baseline that the model was taught towards; None if there is none like it.
    """
    return (
        population_verdict(comparison, uncertainty),
        individual_verdict(uncertainty, teacher),
        structure_verdict(
            structure, {q.column: q.text for q in comparison.questions}, carries_nothing(uncertainty)
        ),
    )


def population_verdict(comparison: Comparison, uncertainty: Uncertainty) -> Verdict:
    """Verdict on toplines: mean KL against the band that a perfect simulation would reach."""
    # the band: KL of a perfect simulation over bootstrap samples of this size, its mean and 95 % range
    kl, tv, band = comparison.overall.model.kl, comparison.overall.model.tv, uncertainty.floor.get("kl")
    level = judge(kl, band)
    if level == OPEN or kl is None or tv is None or band is None or band.value is None:
        return Verdict("Population", OPEN, "Too few real answers to judge the shares.", "-", "-")
    sentence = {
        GOOD: "Toplines are as close as chance alone would bring two samples.",
        FAIR: "Toplines are close, but further off than chance explains.",
        POOR: "Toplines are off by clearly more than chance explains.",
    }[level]
    floor = f"{100 * (uncertainty.floor['tv'].value or 0):.1f} points by chance"
    return Verdict(
        "Population",
        level,
        f"{sentence} {interviews_sentence(uncertainty.worth)}",
        f"{100 * tv:.1f} points off",
        floor,
        _adds_to_toplines(uncertainty),
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


def individual_verdict(uncertainty: Uncertainty, teacher: str | None = None) -> Verdict:
    """Verdict on individuals: gain in NLL over the training marginals, which are the same for everybody.

    `teacher` as for `verdicts`.
    """
    nll, marginals = uncertainty.model["nll"], uncertainty.gains.get("training_marginals", {}).get("nll")
    if nll.value is None or marginals is None or marginals.value is None:
        return Verdict("Individuals", OPEN, "Too few real answers to judge.", "-", "-")
    level, sentence = _who_answers_what(marginals, uncertainty)
    # nats are shown as probabilities: exp(-NLL) of the model, and of the marginals (NLL + gain)
    return Verdict(
        "Individuals",
        level,
        sentence,
        f"{_probability(nll.value)} for the answer really given",
        f"{_probability(nll.value + marginals.value)} when repeating everybody's shares",
        _reference(uncertainty, teacher) if level != EMPTY else _even_the_best(uncertainty.demographics_gain),
        (
            f"NLL {nll.value:.3f} nats per answer, {nll.value + marginals.value:.3f} when repeating "
            "everybody's shares. The percentages are the same as probabilities (geometric means).",
            *_strongest_note(uncertainty),
            *_background_note(uncertainty.demographics_gain),
        ),
        (
            "Demographics alone reach 74 % of how well people repeat their own answers (arXiv 2411.10109).",
            "With or without a persona: accuracy 0.75 against 0.73 (arXiv 2509.19088).",
        ),
    )


def _even_the_best(available: Interval | None) -> str:
    """Sentence on the gain of a logistic regression; empty while none was fitted."""
    if available is None or available.value is None:
        return ""
    more = _more(max(available.value, 0))
    return (
        f"Even a logistic regression gives real answers only {more} more probability than everybody's shares."
    )


def _probability(nll: float) -> str:
    """Geometric mean probability of the real answers, exp(-NLL), in per cent."""
    return f"{100 * math.exp(-nll):.1f} %"


def _more(gain: float) -> str:
    """Gain in nats per answer as the relative increase of the probability, exp(gain) - 1.

    >>> _more(0.049)
    '5.0 %'
    """
    return f"{100 * (math.exp(gain) - 1):.1f} %"


def _background_note(available: Interval | None) -> tuple[str, ...]:
    """Sentence on the information in the demographics, with its interval; none while it is unknown."""
    if available is None or available.value is None:
        return ()
    return (
        f"Background offers {available.value:.3f} nats per answer (95 %: {available.low:.3f} to "
        f"{available.high:.3f}): what a logistic regression on it gains over everybody's shares.",
    )


def _who_answers_what(marginals: Interval, uncertainty: Uncertainty) -> tuple[str, str]:
    """Level and sentence, from the model's gain over the marginals and that of a logistic regression.

    The regression's gain measures how much the demographics say about the answers: little means that no
    method can do better than the marginals, so a model that does no better either is not blamed.
    """
    available, gained = uncertainty.demographics_gain, marginals.value or 0.0
    if carries_nothing(uncertainty):
        # nothing to predict, and clearly worse than the marginals (0.002 nats are noise): invented effects
        if marginals.high is not None and marginals.high < -0.002:
            return POOR, "Background says almost nothing here, and the model invents differences."
        return EMPTY, (
            "Background says almost nothing about these answers, so no method can tell people apart by it. "
            "The model rightly does not try."
        )
    # clearly better than the marginals: judged by its share of what the regression gains
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


def _strongest(uncertainty: Uncertainty) -> str | None:
    """Fitted baseline with the lowest NLL; None while none was fitted."""
    not_fitted = ("untuned", "empty_persona", "uniform", "training_marginals")
    # baselines that learn from demographics -> the model's gain over each in NLL (nats per answer)
    fitted = {
        name: value
        for name, gain in uncertainty.gains.items()
        if name not in not_fitted and (value := gain["nll"].value) is not None
    }
    # the smallest gain is the one over the best baseline
    return min(fitted, key=fitted.__getitem__) if fitted else None


def _reference(uncertainty: Uncertainty, teacher: str | None) -> str:
    """Sentence that compares the model with the strongest baseline, by the interval of the NLL gain."""
    name = _strongest(uncertainty)
    if name is None:
        return "The simpler methods are still being fitted."
    gain = uncertainty.gains[name]["nll"]
    value, label = gain.value or 0.0, METHODS.get(name, name)
    inside = _inside(label) + (" that it was taught towards" if name == teacher else "")
    if gain.high is not None and gain.high < 0:
        towards = ", which the model was taught towards," if name == teacher else ""
        return (
            f"{label}{towards} gives real answers {_more(-value)} more probability"
            f"{_range(Interval(-value, -gain.high, None if gain.low is None else -gain.low))}: it would do "
            "instead of this model."
        )
    if gain.low is not None and gain.low > 0:
        return (
            f"Better than every simpler method: real answers get {_more(value)} more probability"
            f"{_range(gain)} than from the strongest, {inside}."
        )
    return (
        f"No better than the strongest simpler method, {inside}: the difference, {_more(value)} of "
        f"probability{_range(gain)}, is within chance."
    )


def _range(gain: Interval) -> str:
    """Interval of a gain in nats per answer as increases of the probability; empty without limits.

    >>> _range(Interval(0.02, 0.01, 0.03))
    ' (95 %: 1.0 to 3.0 %)'
    """
    if gain.low is None or gain.high is None:
        return ""
    return f" (95 %: {_more(gain.low).removesuffix(' %')} to {_more(gain.high)})"


def _strongest_note(uncertainty: Uncertainty) -> tuple[str, ...]:
    """Sentence on the difference to the strongest baseline in nats; none while none was fitted."""
    name = _strongest(uncertainty)
    if name is None:
        return ()
    gain = uncertainty.gains[name]["nll"]
    limits = "" if gain.low is None or gain.high is None else f" (95 %: {gain.low:+.4f} to {gain.high:+.4f})"
    return (
        f"NLL of the strongest simpler method, {_inside(METHODS.get(name, name))}, minus that of the model: "
        f"{gain.value:+.4f} nats per answer{limits}; the same respondents, drawn again, for both.",
    )


def _inside(label: str) -> str:
    """Label of a method as it is written inside a sentence.

    >>> _inside("Logistic regression on demographics"), _inside("Gaussian copula")
    ('logistic regression on demographics', 'a Gaussian copula')
    """
    if label.startswith(NAMES):
        return f"a {label}" if label.startswith("Gaussian") else label
    return label[0].lower() + label[1:]


def _adds_to_toplines(uncertainty: Uncertainty) -> str:
    """Sentence that compares the toplines with the training marginals, by the interval of the KL gain."""
    gain = uncertainty.gains.get("training_marginals", {}).get("kl")
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
    """Sentence on the equivalent number of real interviews, with its interval."""
    if worth.value is None:
        return "As close as more real interviews than this sample could tell."
    low = f"{worth.low:,.0f}" if worth.low is not None else "?"
    high = f"{worth.high:,.0f}" if worth.high is not None else "more than this sample can tell"
    return f"As close as about {worth.value:,.0f} real interviews (95 %: {low} to {high})."
