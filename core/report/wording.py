"""Sentences a stakeholder reads about a comparison: what was tested, how close, against what.

Every figure is said beside its noise floor and the simple alternatives. Simulated answers are never
described as what people say, and no margin of error is given for them.
"""

import math
from collections.abc import Mapping
from typing import Any

from core.comparison.compare import Comparison
from core.report.tables import METHODS

CLOSE = 0.005
"""Differences in NLL below this many nats per answer are called "about the same"."""


def headlines(comparison: Comparison, n: int) -> list[str]:
    """The main findings, most important first.

    Parameters
    ----------
    comparison
        Of the held-out respondents.
    n
        Number of held-out respondents.
    """
    overall = comparison.to_dict()["overall"]
    model, floor = overall["model"], overall.get("floor") or {}
    baselines = overall.get("baselines") or {}
    sentences = [_shares(model, floor, n), _against_shares(model, baselines), _answers(model, baselines)]
    return [sentence for sentence in sentences if sentence]


def verdict(comparison: Comparison) -> str:
    """One line: how the distance compares with what sampling alone explains."""
    overall = comparison.to_dict()["overall"]
    kl = _figure(overall["model"], "kl")
    floor = _figure(overall.get("floor") or {}, "kl")
    if not (math.isfinite(kl) and floor > 0):
        return "The distance could not be judged: too few real answers."
    ratio = kl / floor
    if ratio <= 1.5:
        return "Within noise: the shares differ about as much as sampling alone would make them."
    if ratio <= 4:
        return f"Close: the distance is {ratio:.1f} times what sampling alone explains."
    return f"Not close: the distance is {ratio:.1f} times what sampling alone explains."


def _shares(model: Mapping[str, Any], floor: Mapping[str, Any], n: int) -> str:
    kl, tv = _figure(model, "kl"), _figure(model, "tv")
    if not math.isfinite(kl):
        return ""
    sentence = (
        f"Compared with {n:,} respondents kept out of training, the distance between answer shares "
        f"is KL {kl:.3f} nats"
    )
    if math.isfinite(_figure(floor, "kl")):
        sentence += f" (sampling alone gives {_figure(floor, 'kl'):.3f})"
    if math.isfinite(tv):
        sentence += f": on average {100 * tv:.1f} of 100 answers would have to move"
        if math.isfinite(_figure(floor, "tv")):
            sentence += f" ({100 * _figure(floor, 'tv'):.1f} from sampling alone)"
    return sentence + "."


def _against_shares(model: Mapping[str, Any], baselines: Mapping[str, Any]) -> str:
    kl, plain = _figure(model, "kl"), _figure(baselines.get("training_marginals") or {}, "kl")
    if not (math.isfinite(kl) and math.isfinite(plain)):
        return ""
    if plain <= kl:
        return (
            f"Simply repeating the shares of the training respondents is closer (KL {plain:.3f}). For the "
            "toplines of this same population the model adds nothing to the survey itself."
        )
    return f"Simply repeating the shares of the training respondents scores KL {plain:.3f}, further away."


def _answers(model: Mapping[str, Any], baselines: Mapping[str, Any]) -> str:
    nll = _figure(model, "nll")
    parts = []
    for name, figures in baselines.items():
        other = _figure(figures, "nll")
        if math.isfinite(nll) and math.isfinite(other):
            parts.append(f"{METHODS.get(name, name).lower()} {other:.3f} ({_compared(nll, other)})")
    if not parts:
        return ""
    return f"For single respondents' answers the model's NLL is {nll:.3f}; " + "; ".join(parts) + "."


def _compared(nll: float, other: float) -> str:
    if abs(nll - other) < CLOSE:
        return "about the same"
    return "the model is better" if nll < other else "the model is worse"


def _figure(figures: Mapping[str, Any], key: str) -> float:
    value = figures.get(key)
    return math.nan if value is None else float(value)
