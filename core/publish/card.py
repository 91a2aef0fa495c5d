"""The model card: what an adapter is, what it is not, and how well it did on people it never saw.

Survey text in the card is data: Markdown and HTML in it are escaped. The card never says more than the
run knows; what was not recorded is named as not recorded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import ModelCardData

from core.comparison.compare import Comparison
from core.publish.staging import EMBEDDED_BASE, LOCAL_BASE, public_base
from core.report.tables import methods_table
from core.report.wording import headlines, verdict


@dataclass(frozen=True)
class CardContext:
    """What the card is made from.

    Attributes
    ----------
    title
        Title of the survey.
    base
        The base model as the run names it; paths of this machine never reach the card.
    n_train, n_validation, n_test
        Respondents in each split.
    n_questions
        Number of questions taught.
    demographics
        Labels of the background fields a person is described by.
    base_revision, quantisation, template_version
        Of the run; empty when not recorded.
    temperature
        Fitted on the validation respondents; None when not recorded.
    population_frame
        Who the respondents stand for, in the researcher's words; empty when not recorded.
    generated, weighted
        Whether the survey is the made-up example, and whether it has design weights.
    comparison
        Figures of the held-out respondents, when there are some.
    run
        Further figures of the tuning result: `steps`, `validation_nll`, `uniform_validation_nll` …
    licence
        Hub licence identifier, None to leave it out.
    """

    title: str
    base: str
    n_train: int
    n_validation: int
    n_test: int
    n_questions: int
    demographics: tuple[str, ...]
    base_revision: str = ""
    quantisation: str = ""
    template_version: str = ""
    temperature: float | None = None
    population_frame: str = ""
    generated: bool = False
    weighted: bool = False
    comparison: Comparison | None = None
    run: Mapping[str, Any] = field(default_factory=dict)
    licence: str | None = None


def model_card(context: CardContext) -> str:
    """The model card as Markdown with the Hub's YAML header."""
    sections = [
        f"---\n{_header(context).to_yaml()}\n---",
        f"# {plain(context.title)}: how these respondents answer",
        _what_it_is(context),
        _population(context),
        _model(context),
        _results(context),
        _USE,
        _FILES,
    ]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def plain(text: str) -> str:
    r"""Survey text as it reads, with Markdown and HTML switched off, on one line.

    Examples
    --------
    >>> print(plain("How *good* is <b>it</b>?"))
    How \*good\* is \<b\>it\</b\>?
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", " ".join(text.split()))


def _header(context: CardContext) -> ModelCardData:
    base = public_base(context.base)
    on_hub = base not in (EMBEDDED_BASE, LOCAL_BASE)
    return ModelCardData(
        base_model=base if on_hub else None,
        library_name="peft",
        license=context.licence,
        tags=["survey", "synthetic-respondents", "lora", "understudy"],
        metrics=["nll", "kl", "rmse", "accuracy"],
    )


def _what_it_is(context: CardContext) -> str:
    example = (
        "**Generated example.** The survey behind this model was made by a program. Nothing here says "
        "anything about real people.\n\n"
        if context.generated
        else ""
    )
    return (
        f"{example}**What it is.** A LoRA adapter that gives, for a person described by background fields, a "
        f"probability for every legal answer of {context.n_questions} survey questions. It was taught the "
        f"answers of {context.n_train:,} respondents.\n\n"
        "**What it is not.** It is not a chat model, not a replacement for fieldwork, and its answers are "
        "not answers of people. It has no margin of error, however many simulated answers are drawn from it."
    )


def _population(context: CardContext) -> str:
    frame = plain(context.population_frame) or "not recorded by the researcher"
    fields = ", ".join(plain(label) for label in context.demographics)
    weights = "Survey weights were used." if context.weighted else "The survey has no weights."
    return (
        f"## Population frame\n\n- Who the respondents stand for: {frame}\n"
        f"- Respondents: {context.n_train:,} for training, {context.n_validation:,} for validation, "
        f"{context.n_test:,} held out\n- Background fields: {fields}\n- {weights}"
    )


def _model(context: CardContext) -> str:
    base = public_base(context.base)
    names = {
        EMBEDDED_BASE: "the small model that ships with Understudy (not on the Hub; load it from Understudy)",
        LOCAL_BASE: "a model of the author's own, not on the Hub",
    }
    temperature = "not recorded" if context.temperature is None else f"{context.temperature:.2f}"
    return (
        "## Model\n\n"
        f"- Base: {names.get(base, f'`{base}`')}\n"
        f"- Base revision: {context.base_revision or 'not recorded'}\n"
        f"- Quantisation in training: {context.quantisation or 'not recorded'}. Score with the same; on a "
        "differently quantised base the probabilities change.\n"
        f"- Prompt template version: {context.template_version or 'not recorded'}, stored in "
        "`understudy.json`. Prompts written any other way give meaningless answers.\n"
        f"- Temperature fitted on validation respondents: {temperature}"
    )


def _results(context: CardContext) -> str:
    heading = "## How it was tested\n\n"
    if context.comparison is None:
        return heading + _run_figures(context.run)
    table = methods_table(context.comparison)
    rows = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    for record in table.to_dict("records"):
        cells = [v if isinstance(v, str) else "–" if v != v else f"{v:.3f}" for v in record.values()]
        rows.append("| " + " | ".join(cells) + " |")
    findings = "\n".join(f"- {sentence}" for sentence in headlines(context.comparison, context.n_test))
    return (
        f"{heading}{verdict(context.comparison)}\n\n{findings}\n\n" + "\n".join(rows) + "\n\n"
        "Means over questions, on respondents kept out of training. NLL and KL in nats, KL of the simulated "
        "from the real shares; TV: half the sum of absolute share differences; RMSE as a share of the scale. "
        "Lower is better except accuracy; SD ratio 1 is right. The noise floor is what a perfect simulation "
        "scores against a sample of this size."
    )


_RUN_FIGURES = {
    "validation_nll": "This model",
    "untuned_validation_nll": "Model before tuning",
    "marginals_validation_nll": "Training shares, same for everyone",
    "uniform_validation_nll": "Every answer equally likely",
}


def _run_figures(run: Mapping[str, Any]) -> str:
    found = {name: run[key] for key, name in _RUN_FIGURES.items() if run.get(key) is not None}
    if not found:
        return "It was not tested on held-out respondents. Do not use it before it has been."
    rows = "\n".join(f"| {name} | {float(value):.3f} |" for name, value in found.items())
    return (
        "Only on the validation respondents that also chose the temperature; not yet on held-out ones.\n\n"
        f"| Method | Validation NLL (nats per answer) |\n| --- | --- |\n{rows}"
    )


_USE = """
## Intended use

Piloting a questionnaire before fieldwork: finding weak questions, rehearsing the analysis, choosing
between drafts, teaching. Always beside real answers and the simple alternatives above.

## Forbidden use

- Publishing simulated shares as public opinion, or as answers of people.
- Decisions about a single person, or guessing a real person's views from their background.
- Targeting, persuading or impersonating people or groups.
- New questions, other countries or later years: none of that was tested.
- Groups that are rare in the survey, unless checked against real interviews.
"""

_FILES = """
## Files

`adapter_config.json` and `adapter_model.safetensors` (LoRA weights), `understudy.json` (prompt template,
codebook and temperature), this card. There are no survey rows, but weights trained on a survey can keep
traces of it: share the adapter with the people who may see the survey.
"""
