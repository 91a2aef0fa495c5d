"""The validation label: what a simulation was tested on, how it did, and what it may be used for.

A fixed list of entries, the same for every report, so that two simulations can be compared and nothing
awkward can be left out. An entry whose facts are not known says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.comparison.banner import Banner, TableRow
from core.comparison.compare import Comparison
from core.comparison.measures import mean_figures
from core.comparison.stub import RowKind
from core.report.judging import Verdict
from core.report.summary import of_hundred
from core.report.tables import METHODS

INTENDED = (
    "finding weak questions and missing answer options before fieldwork",
    "rehearsing routing, tables and analyses on realistic data",
    "choosing between drafts that are tested with real people afterwards",
)
FORBIDDEN = (
    "reporting public opinion or market shares",
    "replacing fieldwork, or adding to the base of a real sample",
    "deciding or inferring anything about a single person",
    "groups, countries, times or topics the survey does not hold",
)


@dataclass(frozen=True)
class Validation:
    """The facts behind the label.

    Attributes
    ----------
    comparison
        Figures of the held-out respondents.
    verdicts
        What they come to, axis by axis.
    toplines
        Their toplines, real and simulated.
    frame
        Who the survey is about, as its codebook says; empty when it does not.
    respondents
        Split -> number of respondents.
    effective_base
        Of the held-out respondents.
    weighted, generated
        Whether the survey has weights; whether it is made up.
    held_out_questions
        Columns of the questions the model was not taught.
    mass
        Shape (m,), per respondent and item: the part of the model's probability that fell on legal answers.
    run
        The tuning result: `base`, `temperature` and so on.
    population
        One sentence about the simulated population; empty when there is none.
    """

    comparison: Comparison
    verdicts: tuple[Verdict, ...]
    toplines: Banner
    frame: str
    respondents: Mapping[str, int]
    effective_base: float
    weighted: bool
    generated: bool
    held_out_questions: tuple[str, ...] = ()
    mass: np.ndarray = field(default_factory=lambda: np.zeros(0))
    run: Mapping[str, Any] = field(default_factory=dict)
    population: str = ""


@dataclass(frozen=True)
class LabelEntry:
    """One entry: a heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


def validation_label(facts: Validation) -> tuple[LabelEntry, ...]:
    """All entries of the label, in a fixed order."""
    entries = {
        "Who the survey is about": _frame(facts),
        "Base": _base(facts),
        "Weighting": _weighting(facts),
        "Test on people kept out": _by_respondent(facts),
        "Test on questions kept out": _by_question(facts),
        "What chance alone gives": _floor(facts),
        "What simpler methods give": _baselines(facts),
        "Refusals and don't knows": _refusals(facts),
        "Answers outside the options": _mass(facts),
        "Model": _model(facts),
        "Fit for": (_sentence(INTENDED),),
        "Not fit for": (_sentence(FORBIDDEN),),
    }
    return tuple(LabelEntry(heading, tuple(sentences)) for heading, sentences in entries.items())


def _frame(facts: Validation) -> list[str]:
    sentences = [
        _stop(facts.frame) if facts.frame else "The codebook does not say. Find out before using this."
    ]
    if facts.generated:
        sentences.append("The respondents are generated: no real people were asked.")
    if facts.population:
        sentences.append(facts.population)
    return sentences


def _base(facts: Validation) -> list[str]:
    train, validation, test = (facts.respondents.get(s, 0) for s in ("train", "validation", "test"))
    return [
        f"{train + validation + test:,} respondents: {train:,} taught the model, {validation:,} set its "
        f"temperature, {test:,} tested it.",
        f"Effective base of the test: {facts.effective_base:,.0f}. Simulated people are no base.",
    ]


def _weighting(facts: Validation) -> list[str]:
    if facts.weighted:
        return ["Survey weights are applied to both sides."]
    return ["None: the survey carries no weights, so it stands for its respondents only."]


def _by_respondent(facts: Validation) -> list[str]:
    overall = facts.comparison.overall
    model, floor = overall["model"], overall["floor"]
    taught = "single-choice and scale questions"
    return [
        f"On average over {overall['questions']} {taught}, {_moved(model)} answers would have to move (by "
        f"chance alone {_moved(floor)}); KL {_number(model, 'kl')} nats (floor {_number(floor, 'kl')}), NLL "
        f"{_number(model, 'nll')} nats per answer, accuracy {_percent(model, 'accuracy')}.",
        *(f"{verdict.axis}: {verdict.label.lower()}. {verdict.sentence}" for verdict in facts.verdicts),
    ]


def _by_question(facts: Validation) -> list[str]:
    held = [q for q in facts.comparison.questions if q.column in facts.held_out_questions]
    if not held:
        return ["Not tested: every question shown was taught. Nothing is known about new questions."]
    model, floor = mean_figures(q.model for q in held), mean_figures(q.floor for q in held)
    count = f"{len(held)} question{'s' if len(held) > 1 else ''}"
    uniform = mean_figures(q.baselines["uniform"] for q in held if "uniform" in q.baselines)
    return [
        f"{count} the model was not taught: {_moved(model)} answers would have to move (by "
        f"chance alone {_moved(floor)}); KL {_number(model, 'kl')} nats (floor {_number(floor, 'kl')}). "
        f"Holding every answer equally likely would be off by {_moved(uniform)}."
    ]


def _floor(facts: Validation) -> list[str]:
    floor = facts.comparison.overall["floor"]
    return [
        f"Two samples of the same people differ. Against a sample of this size a perfect simulation would be "
        f"off by {_moved(floor)} answers, KL {_number(floor, 'kl')} nats."
    ]


def _baselines(facts: Validation) -> list[str]:
    found = facts.comparison.overall["baselines"]
    parts = [
        f"{METHODS.get(name, name.replace('_', ' '))}: {_known(figures)}" for name, figures in found.items()
    ]
    if not parts:
        return ["Not computed."]
    missing = [] if "logistic_regression" in found else ["Fitted methods were not ready for this report."]
    return [*(f"{part}." for part in parts), *missing]


def _known(figures: Mapping[str, Any]) -> str:
    """Distances a method has; one that only predicts numbers has an individual error alone."""
    if figures.get("kl") is None:
        return f"RMSE {_number(figures, 'rmse_scaled')} of the scale"
    return f"{_moved(figures)}, KL {_number(figures, 'kl')}, NLL {_number(figures, 'nll')}"


def _refusals(facts: Validation) -> list[str]:
    pairs = [
        (sum(row.real[0] for row in refused), sum(row.simulated[0] for row in refused))
        for table in facts.toplines.tables
        if not table.suppressed[0]
        and (refused := [r for r in table.rows if _is_refusal(r, table.question.non_substantive)])
    ]
    if not pairs:
        return ["No question offers an answer such as “Don't know” or “Prefer not to say”."]
    real, simulated = np.mean(pairs, axis=0)
    return [
        f"{len(pairs)} questions offer a don't know, a refusal or a “does not apply”: {100 * real:.1f} % of "
        f"real and {100 * simulated:.1f} % of simulated answers, mean over these questions. The model is "
        "always asked; it cannot break off."
    ]


def _is_refusal(row: TableRow, non_substantive: tuple[str, ...]) -> bool:
    return row.kind is RowKind.SHARE and row.label in non_substantive


def _mass(facts: Validation) -> list[str]:
    if not len(facts.mass):
        return ["Not recorded."]
    low, rare = np.quantile(facts.mass, 0.05), float((facts.mass < 0.5).mean())
    return [
        f"Of the model's probability {100 * facts.mass.mean():.1f} % fell on the options offered (5th "
        f"percentile {100 * low:.1f} %; below half for {100 * rare:.1f} % of answers). The rest is set "
        "aside, so every simulated answer is one of the options."
    ]


def _model(facts: Validation) -> list[str]:
    base = facts.run.get("base") or {}
    name = base.get("id") or "not recorded"
    details = [f"revision {base['revision']}" if base.get("revision") else "", base.get("quantisation") or ""]
    known = ", ".join(detail for detail in details if detail)
    adapter = "with a LoRA adapter taught on this survey"
    read = f"temperature {facts.comparison.temperature:.2f}, answers read as “{facts.comparison.decoder}”"
    return [f"{name}{f' ({known})' if known else ''} {adapter}; {read}."]


def _moved(figures: Mapping[str, Any]) -> str:
    return "not known" if figures.get("tv") is None else of_hundred(figures["tv"])


def _number(figures: Mapping[str, Any], key: str) -> str:
    return "not known" if figures.get(key) is None else f"{figures[key]:.3f}"


def _percent(figures: Mapping[str, Any], key: str) -> str:
    return "not known" if figures.get(key) is None else f"{100 * figures[key]:.0f} %"


def _sentence(parts: tuple[str, ...]) -> str:
    return f"{'; '.join(parts)}."[:1].upper() + f"{'; '.join(parts)}."[1:]


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
