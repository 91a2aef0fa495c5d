"""Model card: what an adapter is, what it is not, and its figures on held-out respondents.

Survey text in the card is data: Markdown and HTML in it are escaped. The card never says more than the
run knows; what was not recorded is named as not recorded. Figures come from `core.publish.card_figures`.
"""

import re

from huggingface_hub import ModelCardData

from core.publish import snippet
from core.publish.card_figures import evaluation_results, evaluation_section
from core.publish.names import EMBEDDED_BASE, LOCAL_BASE, public_base
from core.results.results import Results
from core.survey.codebook import Codebook, QuestionType
from core.survey.respondents import SPLITS, SurveyData
from core.survey.shares import SMALL_CELL
from core.tuning.registry import Run
from core.tuning.result import BaseModel, RunResult

LISTED_QUESTIONS = 60
"""Questions named in the card; the others are in `understudy.json`."""


def model_card(
    run: Run,
    data: SurveyData,
    results: Results | None,
    repo_id: str = "",
    licence: str | None = None,
    frame: str = "",
) -> str:
    """Model card as Markdown with the Hub's YAML header.

    Parameters
    ----------
    run
        The run; the base model may be named by a path there, which never reaches the card.
    data
        The survey it was trained on.
    results
        A finished simulation of its held-out respondents; None when there is none.
    repo_id
        Repository it will be in; a placeholder in the card when empty.
    licence
        Hub licence identifier, None to leave it out.
    frame
        Who the respondents stand for, in the researcher's words; what the codebook says when empty.
    """
    codebook, n_test = data.codebook, len(data.part("test"))
    sections = [
        f"---\n{_header(run, codebook, results, n_test, licence).to_yaml()}\n---",
        f"# {plain(codebook.title)}: how these respondents answer",
        _what_it_is(data, run.held_out),
        _population(data, frame.strip() or str(codebook.extra.get("population") or "")),
        _questionnaire(codebook, run.held_out),
        _model(run),
        evaluation_section(results, n_test, run.result),
        _loading(repo_id),
        _USE,
        _FILES,
    ]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def plain(text: str) -> str:
    r"""Survey text on one line, with Markdown and HTML escaped.

    Examples
    --------
    >>> print(plain("How *good* is <b>it</b>?"))
    How \*good\* is \<b\>it\</b\>?
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", " ".join(text.split()))


def _header(
    run: Run, codebook: Codebook, results: Results | None, n_test: int, licence: str | None
) -> ModelCardData:
    base = public_base(run.base).partition("@")[0]
    on_hub = base not in (EMBEDDED_BASE, LOCAL_BASE)
    title = " ".join(codebook.title.split())
    figures = evaluation_results(title, results.comparison, n_test) if results else []
    return ModelCardData(
        base_model=base if on_hub else None,
        library_name="peft",
        license=licence,
        tags=["survey", "synthetic-respondents", "lora", "understudy"],
        metrics=sorted({figure.metric_type for figure in figures}) or None,
        model_name=f"{title} (adapter)" if figures else None,
        eval_results=figures or None,
        ignore_metadata_errors=False,
        inference=False,
    )


def _what_it_is(data: SurveyData, held_out: tuple[str, ...]) -> str:
    example = (
        "**Generated example.** The survey behind this model was made by a program. Nothing here says "
        "anything about real people.\n\n"
        if data.codebook.extra.get("generated")
        else ""
    )
    n_questions = len([q for q in data.codebook.questions if q.column not in held_out])
    return (
        f"{example}**What it is.** A LoRA adapter that gives, for a person described by background fields, a "
        f"probability for every legal answer of {n_questions} survey questions. It was taught the "
        f"answers of {len(data.part('train')):,} respondents.\n\n"
        "**What it is not.** It is not a chat model, not a replacement for fieldwork, and its answers are "
        "not answers of people. It has no margin of error, however many simulated answers are drawn from it."
    )


def _population(data: SurveyData, frame: str) -> str:
    weighted = data.codebook.weight_column is not None
    weights = "Survey weights were used." if weighted else "The survey has no weights."
    train, validation, test = (len(data.part(split)) for split in SPLITS)
    return (
        "## Population frame\n\n- Who the respondents stand for: "
        f"{plain(frame) or 'not recorded by the researcher'}\n"
        f"- Respondents: {train:,} for training, {validation:,} for validation, {test:,} held out\n"
        f"- {weights}"
    )


def _questionnaire(codebook: Codebook, held_out: tuple[str, ...]) -> str:
    """Codebook section: wording and number of legal answers of each question, no counts."""
    fields = "\n".join(f"- {plain(d.label)} ({len(d.options)} categories)" for d in codebook.demographics)
    rows = ["| Question | Type | Answers | Taught |", "| --- | --- | --- | --- |"]
    questions = codebook.questions
    for question in questions[:LISTED_QUESTIONS]:
        answers = len(question.grid) if question.type is QuestionType.NUMERIC else len(question.options)
        taught = "no" if question.column in held_out else "yes"
        rows.append(f"| {plain(question.text)} | {question.type} | {answers} | {taught} |")
    more = len(questions) - LISTED_QUESTIONS
    rest = f"\n\n{more} more questions are in `understudy.json`." if more > 0 else ""
    return (
        f"## Codebook\n\nBackground fields a person is described by:\n\n{fields or '- none'}\n\n"
        + "\n".join(rows)
        + rest
    )


def _model(run: Run) -> str:
    base, result = public_base(run.base), run.result
    known = result.base or BaseModel("")
    names = {
        EMBEDDED_BASE: "the small model that ships with Understudy (not on the Hub; load it from Understudy)",
        LOCAL_BASE: "a model of the author's own, not on the Hub",
    }
    version = known.revision or (known.sha256 or "")[:12]
    template = result.template.version if result.template else ""
    temperature = "not recorded" if result.temperature is None else f"{result.temperature:.2f}"
    return (
        "## Model\n\n"
        f"- Base: {names.get(base, f'`{base}`')}\n"
        f"- Base revision: {version or 'not recorded'}\n"
        f"- Quantisation in training: {known.quantisation or 'none'}. Score with the same; on a "
        "differently quantised base the probabilities change.\n"
        f"- Prompt template version: {template or 'not recorded'}, stored in "
        "`understudy.json`. Prompts written any other way give meaningless answers.\n"
        f"- Temperature fitted on validation respondents: {temperature}\n"
        f"- Background emphasised by {result.slope_correction or 0.0:+.2f}: how much further the answers "
        "of different people are set apart than the weights do by themselves (0 is not at all, +0.30 by "
        "30 %), chosen on the validation respondents too. `StandaloneAdapter` applies it.\n"
        f"- {_blend(result)}"
        f"{_LINES if base == EMBEDDED_BASE else ''}"
    )


_LINES = """
- What it reads: every line of this survey (a question, one of its answers, a background field with its value)
  is one token, whose embedding was taught with the adapter. So any language, script or coding is learned
  alike, and nothing is known but what was taught: a question it was not taught gets about equal shares,
  whatever it asks, and background it was not taught is passed over."""


def _blend(result: RunResult) -> str:
    """Sentence on the regression mixed into the answers."""
    if not result.blend_weight:
        return "Nothing is mixed into the model's answers."
    return (
        f"{result.blend_weight:.0%} of every answer comes from the regression that the model was taught by "
        "(`stacked_regression.*`), the rest from the model; chosen on the validation respondents. "
        "`StandaloneAdapter` applies it; the weights alone give other answers."
    )


def _loading(repo_id: str) -> str:
    repo_id = repo_id or snippet.PLACEHOLDER
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

_FILES = f"""
## Files

`adapter_config.json` and `adapter_model.safetensors` (LoRA weights), `understudy.json` (prompt template,
codebook, temperature, emphasis, hashes of the weights), this card, and where a regression is mixed in,
`stacked_regression.safetensors` and `stacked_regression.json` (effects of background fields on answers,
answer shares of the training respondents, and how background fields go together, from rounded counts without
cells of fewer than {SMALL_CELL} respondents).
There are no survey rows, but weights trained on a survey can keep traces of it: share the adapter with the
people who may see the survey.
"""
