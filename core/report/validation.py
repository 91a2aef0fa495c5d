"""Validation label: what a simulation was tested on, how it did, and what it may be used for.

A fixed list of entries, the same for every report, so that two simulations can be compared and nothing
awkward can be left out. An entry whose facts are not known says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.comparison.banner import Banner, TableRow
from core.comparison.comparison import Comparison, printed_temperature
from core.comparison.figures import Figures, FloorFigures, mean_figures, mean_floor
from core.comparison.stub import RowKind
from core.report.judging import Verdict
from core.report.summary import of_hundred
from core.report.tables import METHODS
from core.results.banner import results_banner
from core.results.option_mass import OptionMass
from core.results.results import Results
from core.survey.respondents import SPLITS
from core.survey.shares import effective_base

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
class LabelEntry:
    """Entry of the label: a heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


def validation_label(results: Results, verdicts: Sequence[Verdict]) -> tuple[LabelEntry, ...]:
    """Entries of the label, in a fixed order.

    Parameters
    ----------
    results
        Results of the held-out respondents.
    verdicts
        One per axis; see `results_verdicts`.
    """
    entries = {
        "Who the survey is about": _frame(results),
        "Base": _base(results),
        "Weighting": _weighting(results),
        "Test on people kept out": _by_respondent(results.comparison, verdicts),
        "Test on questions kept out": _by_question(results),
        "What chance alone gives": _floor(results.comparison),
        "What simpler methods give": _baselines(results.comparison),
        "Refusals and don't knows": _refusals(results_banner(results)),
        "Answers outside the options": _mass(results.option_mass),
        "Model": _model(results),
        "Fit for": (_sentence(INTENDED),),
        "Not fit for": (_sentence(FORBIDDEN),),
    }
    return tuple(LabelEntry(heading, tuple(sentences)) for heading, sentences in entries.items())


def _frame(results: Results) -> list[str]:
    frame = str(results.everyone.codebook.extra.get("population") or "")
    sentences = [_stop(frame) if frame else "The codebook does not say. Find out before using this."]
    if results.survey.generated:
        sentences.append("The respondents are generated: no real people were asked.")
    if results.population is not None:
        size = f"{results.population.size:,} synthetic people"
        sentences.append(f"Simulated too: {size}, raked to set targets.")
    return sentences


def _base(results: Results) -> list[str]:
    train, validation, test = (int((results.everyone.split == split).sum()) for split in SPLITS)
    return [
        f"{train + validation + test:,} respondents: {train:,} taught the model, {validation:,} set its "
        f"temperature, {test:,} tested it.",
        f"Effective base of the test: {effective_base(results.real.weights):,.0f}. Simulated people are no "
        "base.",
    ]


def _weighting(results: Results) -> list[str]:
    if results.everyone.codebook.weight_column is not None:
        return ["Survey weights are applied to both sides."]
    return ["None: the survey carries no weights, so it stands for its respondents only."]


def _by_respondent(comparison: Comparison, verdicts: Sequence[Verdict]) -> list[str]:
    model, floor = comparison.overall.model, comparison.overall.floor
    taught = f"{comparison.overall.questions} single-choice and scale questions"
    return [
        f"On average over {taught}, {_moved(model)} answers would have to move (by chance alone "
        f"{_moved(floor)}); KL {_number(model.kl)} nats (floor {_number(floor.kl)}), NLL "
        f"{_number(model.nll)} nats per answer, accuracy {_percent(model.accuracy)}.",
        *(f"{verdict.axis}: {verdict.label.lower()}. {verdict.sentence}" for verdict in verdicts),
    ]


def _by_question(results: Results) -> list[str]:
    held = [q for q in results.comparison.questions if q.column in results.run.held_out]
    if not held:
        return ["Not tested: every question shown was taught. Nothing is known about new questions."]
    model, floor = mean_figures(q.model for q in held), mean_floor(q.floor for q in held)
    count = f"{len(held)} question{'s' if len(held) > 1 else ''}"
    uniform = mean_figures(q.baselines["uniform"] for q in held if "uniform" in q.baselines)
    return [
        f"{count} the model was not taught: {_moved(model)} answers would have to move (by "
        f"chance alone {_moved(floor)}); KL {_number(model.kl)} nats (floor {_number(floor.kl)}). "
        f"Holding every answer equally likely would be off by {_moved(uniform)}."
    ]


def _floor(comparison: Comparison) -> list[str]:
    floor = comparison.overall.floor
    return [
        f"Two samples of the same people differ. Against a sample of this size a perfect simulation would be "
        f"off by {_moved(floor)} answers, KL {_number(floor.kl)} nats."
    ]


def _baselines(comparison: Comparison) -> list[str]:
    found = comparison.overall.baselines
    parts = [
        f"{METHODS.get(name, name.replace('_', ' '))}: {_known(figures)}" for name, figures in found.items()
    ]
    if not parts:
        return ["Not computed."]
    missing = [] if "logistic_regression" in found else ["Fitted methods were not ready for this report."]
    return [*(f"{part}." for part in parts), *missing]


def _known(figures: Figures) -> str:
    """Figures of a baseline as text; one that only predicts numbers has an individual error alone."""
    if figures.kl is None:
        return f"RMSE {_number(figures.rmse_scaled)} of the scale"
    return f"{_moved(figures)}, KL {_number(figures.kl)}, NLL {_number(figures.nll)}"


def _refusals(toplines: Banner) -> list[str]:
    pairs = [
        (sum(row.real[0] for row in refused), sum(row.simulated[0] for row in refused))
        for table in toplines.tables
        if not table.suppressed[0]
        and (refused := [r for r in table.rows if _is_refusal(r, table.question.non_substantive)])
    ]
    if not pairs:
        return ["No question offers an answer such as “Don't know” or “Prefer not to say”."]
    real, simulated = np.mean(pairs, axis=0)  # unweighted mean over questions
    return [
        f"{len(pairs)} questions offer a don't know, a refusal or a “does not apply”: {100 * real:.1f} % of "
        f"real and {100 * simulated:.1f} % of simulated answers, mean over these questions. The model is "
        "always asked; it cannot break off."
    ]


def _is_refusal(row: TableRow, non_substantive: tuple[str, ...]) -> bool:
    return row.kind is RowKind.SHARE and row.label in non_substantive


def _mass(mass: OptionMass | None) -> list[str]:
    if mass is None:
        return ["Not recorded."]
    return [
        f"Of the model's probability {100 * mass.mean:.1f} % fell on the options offered (5th percentile "
        f"{100 * mass.low:.1f} %; below half for {100 * mass.below_half:.1f} % of answers). The rest is set "
        "aside, so every simulated answer is one of the options."
    ]


def _model(results: Results) -> list[str]:
    base = results.run.result.base
    name = (base.id if base else "") or "not recorded"
    details = [f"revision {base.revision}" if base.revision else "", base.quantisation or ""] if base else []
    known = ", ".join(detail for detail in details if detail)
    adapter = "with a LoRA adapter taught on this survey"
    temperature = printed_temperature(results.comparison.temperature)
    read = f"temperature {temperature}, answers read as “{results.decoder}”"
    return [f"{name}{f' ({known})' if known else ''} {adapter}; {read}."]


def _moved(figures: Figures | FloorFigures) -> str:
    return "not known" if figures.tv is None else of_hundred(figures.tv)


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "not known" if value is None else f"{100 * value:.0f} %"


def _sentence(parts: tuple[str, ...]) -> str:
    return f"{'; '.join(parts)}."[:1].upper() + f"{'; '.join(parts)}."[1:]


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
