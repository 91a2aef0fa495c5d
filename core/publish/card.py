"""The model card: what an adapter is, what it is not, and how well it did on people it never saw.

Survey text in the card is data: Markdown and HTML in it are escaped. The card never says more than the
run knows; what was not recorded is named as not recorded. Figures come from `core.publish.card_figures`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from huggingface_hub import ModelCardData

from core.comparison.compare import Comparison
from core.publish import snippet
from core.publish.card_figures import evaluation_results, test_section
from core.publish.names import EMBEDDED_BASE, LOCAL_BASE, public_base
from core.report.judging import Verdict
from core.survey.codebook import Codebook, QuestionType

LISTED_QUESTIONS = 60
"""Questions named in the card; the others are in `understudy.json`."""


@dataclass(frozen=True)
class CardContext:
    """What the card is made from.

    Attributes
    ----------
    codebook
        Of the survey.
    base
        The base model as the run names it; paths of this machine never reach the card.
    n_train, n_validation, n_test
        Respondents in each split.
    held_out
        Columns of questions that were not taught.
    repo_id
        Where it will be; a placeholder in the card when empty.
    base_revision, base_sha256, quantisation, template_version
        Of the run; empty when not recorded.
    temperature
        Fitted on the validation respondents; None when not recorded.
    population_frame
        Who the respondents stand for, in the researcher's words; empty when not recorded.
    generated, weighted
        Whether the survey is the made-up example, and whether it has design weights.
    comparison
        Figures of the held-out respondents, when there are some.
    verdicts
        What these come to, axis by axis.
    run
        Further figures of the tuning result: `steps`, `validation_nll`, `uniform_validation_nll` …
    licence
        Hub licence identifier, None to leave it out.
    """

    codebook: Codebook
    base: str
    n_train: int
    n_validation: int
    n_test: int
    held_out: tuple[str, ...] = ()
    repo_id: str = ""
    base_revision: str = ""
    base_sha256: str = ""
    quantisation: str = ""
    template_version: str = ""
    temperature: float | None = None
    population_frame: str = ""
    generated: bool = False
    weighted: bool = False
    comparison: Comparison | None = None
    verdicts: tuple[Verdict, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    licence: str | None = None


def model_card(context: CardContext) -> str:
    """The model card as Markdown with the Hub's YAML header."""
    sections = [
        f"---\n{_header(context).to_yaml()}\n---",
        f"# {plain(context.codebook.title)}: how these respondents answer",
        _what_it_is(context),
        _population(context),
        _questionnaire(context),
        _model(context),
        test_section(context.comparison, context.verdicts, context.n_test, context.run),
        _loading(context),
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
    base = public_base(context.base).partition("@")[0]
    on_hub = base not in (EMBEDDED_BASE, LOCAL_BASE)
    title = " ".join(context.codebook.title.split())
    results = evaluation_results(title, context.comparison, context.n_test)
    return ModelCardData(
        base_model=base if on_hub else None,
        library_name="peft",
        license=context.licence,
        tags=["survey", "synthetic-respondents", "lora", "understudy"],
        metrics=sorted({result.metric_type for result in results}) or None,
        model_name=f"{title} (adapter)" if results else None,
        eval_results=results or None,
        ignore_metadata_errors=False,
        inference=False,
    )


def _what_it_is(context: CardContext) -> str:
    example = (
        "**Generated example.** The survey behind this model was made by a program. Nothing here says "
        "anything about real people.\n\n"
        if context.generated
        else ""
    )
    n_questions = len([q for q in context.codebook.questions if q.column not in context.held_out])
    return (
        f"{example}**What it is.** A LoRA adapter that gives, for a person described by background fields, a "
        f"probability for every legal answer of {n_questions} survey questions. It was taught the "
        f"answers of {context.n_train:,} respondents.\n\n"
        "**What it is not.** It is not a chat model, not a replacement for fieldwork, and its answers are "
        "not answers of people. It has no margin of error, however many simulated answers are drawn from it."
    )


def _population(context: CardContext) -> str:
    frame = plain(context.population_frame) or "not recorded by the researcher"
    weights = "Survey weights were used." if context.weighted else "The survey has no weights."
    return (
        f"## Population frame\n\n- Who the respondents stand for: {frame}\n"
        f"- Respondents: {context.n_train:,} for training, {context.n_validation:,} for validation, "
        f"{context.n_test:,} held out\n- {weights}"
    )


def _questionnaire(context: CardContext) -> str:
    """What is in the codebook: wording and number of answers, no counts."""
    fields = "\n".join(
        f"- {plain(d.label)} ({len(d.options)} categories)" for d in context.codebook.demographics
    )
    rows = ["| Question | Type | Answers | Taught |", "| --- | --- | --- | --- |"]
    questions = context.codebook.questions
    for question in questions[:LISTED_QUESTIONS]:
        answers = len(question.grid) if question.type is QuestionType.NUMERIC else len(question.options)
        taught = "no" if question.column in context.held_out else "yes"
        rows.append(f"| {plain(question.text)} | {question.type} | {answers} | {taught} |")
    more = len(questions) - LISTED_QUESTIONS
    rest = f"\n\n{more} more questions are in `understudy.json`." if more > 0 else ""
    return (
        f"## Codebook\n\nBackground fields a person is described by:\n\n{fields or '- none'}\n\n"
        + "\n".join(rows)
        + rest
    )


def _model(context: CardContext) -> str:
    base = public_base(context.base)
    names = {
        EMBEDDED_BASE: "the small model that ships with Understudy (not on the Hub; load it from Understudy)",
        LOCAL_BASE: "a model of the author's own, not on the Hub",
    }
    temperature = "not recorded" if context.temperature is None else f"{context.temperature:.2f}"
    version = context.base_revision or context.base_sha256[:12] or "not recorded"
    return (
        "## Model\n\n"
        f"- Base: {names.get(base, f'`{base}`')}\n"
        f"- Base revision: {version}\n"
        f"- Quantisation in training: {context.quantisation or 'none'}. Score with the same; on a "
        "differently quantised base the probabilities change.\n"
        f"- Prompt template version: {context.template_version or 'not recorded'}, stored in "
        "`understudy.json`. Prompts written any other way give meaningless answers.\n"
        f"- Temperature fitted on validation respondents: {temperature}\n"
        f"- Background emphasised by {context.run.get('emphasis', 0.0):+.2f}: how much further the answers "
        "of different people are set apart than the weights do by themselves (0 is not at all, +0.30 by "
        "30 %), chosen on the validation respondents too. `StandaloneAdapter` applies it."
    )


def _loading(context: CardContext) -> str:
    repo_id = context.repo_id or snippet.PLACEHOLDER
    return f"""
## How to use it

In a copy of Understudy, with a table of people (one row per person, one column per background field, named
as in `understudy.json`):

```
{snippet.command_line(repo_id)}
```

or in Python:

```python
{snippet.python_code(repo_id)}
```

The weights are a PEFT adapter in safetensors; no code is loaded from this repository.
"""


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
codebook, temperature, emphasis and the hash of the weights), this card. There are no survey rows, but
weights trained on a survey can keep traces of it: share the adapter with the people who may see the survey.
"""
