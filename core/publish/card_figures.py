"""Figures of a model card: tables for people and the Hub's `model-index` for programs.

Only means over all questions and all held-out respondents are published, never a table cell, and nothing
below `SMALL_BASE` held-out respondents.
"""

import math

from huggingface_hub import EvalResult

from core.comparison.comparison import Comparison
from core.report.judging import Verdict
from core.report.tables import methods_table
from core.report.verdicts import results_verdicts
from core.results.results import Results
from core.survey.shares import SMALL_BASE
from core.tuning.result import RunResult

_METRICS = {
    "nll": "Negative log-likelihood (nats per answer)",
    "kl": "KL divergence from the real shares (nats)",
    "tv": "Total variation distance of answer shares",
    "rmse_scaled": "RMSE as a share of the scale",
    "accuracy": "Accuracy",
}


def evaluation_results(title: str, comparison: Comparison, n_test: int) -> list[EvalResult]:
    """Entries of the Hub's `model-index`: the model's figures on held-out respondents.

    Each metric is followed by its noise floor, where there is one: a distance means nothing without it.
    """
    if n_test < SMALL_BASE:
        return []
    overall = comparison.overall
    rows = []
    for metric, name in _METRICS.items():
        rows.append((metric, name, getattr(overall.model, metric)))
        rows.append((metric, f"{name}, noise floor", getattr(overall.floor, metric, None)))
    return [
        EvalResult(
            task_type="other",
            task_name="Survey response simulation",
            dataset_type="survey",
            dataset_name=f"{title}, {n_test} held-out respondents",
            dataset_split="test",
            metric_type=metric,
            metric_name=name,
            metric_value=round(float(value), 6),
        )
        for metric, name, value in rows
        if value is not None and math.isfinite(value)
    ]


def evaluation_section(results: Results | None, n_test: int, run: RunResult) -> str:
    """Section on how the model was tested: verdicts beside floors and baselines, or that it was not."""
    heading = "## How it was tested\n\n"
    if results is None:
        return heading + _run_figures(run)
    if n_test < SMALL_BASE:
        return (
            f"{heading}On {n_test} held-out respondents, too few to publish figures of (fewer than "
            f"{SMALL_BASE}). Do not use it before it was tested on more."
        )
    table = methods_table(results.comparison)
    rows = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    for record in table.to_dict("records"):
        cells = [v if isinstance(v, str) else "–" if v != v else f"{v:.3f}" for v in record.values()]
        rows.append("| " + " | ".join(cells) + " |")
    return (
        f"{heading}Simulated answers beside the real ones of {n_test:,} respondents kept out of training.\n\n"
        + "\n".join(_finding(verdict) for verdict in results_verdicts(results))
        + "\n\n"
        + "\n".join(rows)
        + "\n\n"
        "Means over questions, on respondents kept out of training. NLL and KL in nats, KL of the simulated "
        "from the real shares; TV: half the sum of absolute share differences; RMSE as a share of the scale. "
        "Lower is better except accuracy; SD ratio 1 is right. The noise floor is what a perfect simulation "
        "scores against a sample of this size."
    )


def _finding(verdict: Verdict) -> str:
    parts = (verdict.sentence, f"{verdict.figure} ({verdict.floor}).", verdict.beside)
    return f"- **{verdict.axis}: {verdict.label.lower()}.** " + " ".join(part for part in parts if part)


def _run_figures(run: RunResult) -> str:
    found = {
        "This model": run.validation_nll,
        "Model alone, without the regression mixed in": run.model_validation_nll,
        "Regression alone": run.teacher_validation_nll,
        "Model before tuning": run.untuned_validation_nll,
        "Training shares, same for everyone": run.marginals_validation_nll,
        "Every answer equally likely": run.uniform_validation_nll,
    }
    known = {name: value for name, value in found.items() if value is not None}
    if not known:
        return "It was not tested on held-out respondents. Do not use it before it has been."
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in known.items())
    return (
        "Only on the validation respondents that also chose the temperature; not yet on held-out ones.\n\n"
        f"| Method | Validation NLL (nats per answer) |\n| --- | --- |\n{rows}"
    )
