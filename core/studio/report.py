"""Use cases of the stakeholder report: one self-contained page, or the free static Space that shows it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from core.jobs.kind import JobKind
from core.jobs.process import find_finished
from core.publish.space import static_space
from core.report.html import ReportContext, report_html
from core.report.table_notes import printed_today, table_source
from core.report.validation import Validation
from core.report.verdicts import verdicts
from core.results.banner import TOPLINES, TableChoice, results_banner
from core.results.folder import read_results
from core.results.results import Results
from core.store.workspace import Workspace
from core.survey.shares import effective_base

__all__ = ["html", "static_space"]


def html(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    choice: TableChoice = TOPLINES,
) -> str:
    """A self-contained HTML report of one simulation; with banner tables if `choice` names demographics."""
    folder = find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE)
    return report_html(_report_context(read_results(folder, temperature, decoder), choice))


def _report_context(results: Results, choice: TableChoice) -> ReportContext:
    figures = results.population.figures if results.population else {}
    data = results.scored.data
    return ReportContext(
        title=results.survey.name,
        created=printed_today(),
        comparison=results.comparison,
        uncertainty=results.uncertainty,
        sweep=results.sweep,
        n_train=len(results.scored.train),
        n_validation=len(data.part("validation")),
        n_test=len(results.real),
        generated=results.survey.generated,
        source_name=results.survey.source_name,
        weighted=data.codebook.weight_column is not None,
        population_sweep=results.population_sweep,
        population_size=results.population.size if results.population else None,
        asked=_shares(figures, "asked"),
        achieved=_shares(figures, "achieved"),
        population_figures=figures,
        labels={d.column: d.label for d in data.codebook.demographics},
        facts=_facts(results),
        structure=results.structure,
        toplines=results_banner(results, replace(choice, by=())),
        toplines_source=table_source(results, choice),
        banner=results_banner(results, choice) if choice.by else None,
    )


def _facts(results: Results) -> Validation:
    """What the validation label is made from; always about the held-out respondents."""
    book, scored = results.everyone.codebook, results.scored
    cells = scored.respondent_cells[np.flatnonzero(scored.data.split == results.split)]
    population = ""
    if results.population is not None:
        population = f"Simulated too: {results.population.size:,} synthetic people, raked to set targets."
    splits, counts = np.unique(results.everyone.split.astype(str), return_counts=True)
    return Validation(
        comparison=results.comparison,
        verdicts=verdicts(results.comparison, results.uncertainty, results.structure),
        toplines=results_banner(results),
        frame=str(book.extra.get("population") or ""),
        respondents=dict(zip(splits.tolist(), counts.tolist(), strict=True)),
        effective_base=effective_base(results.real.weights),
        weighted=book.weight_column is not None,
        generated=results.survey.generated,
        held_out_questions=tuple(results.run.get("recipe", {}).get("hold_out_questions") or ()),
        mass=np.concatenate([mass[cells] for mass in scored.tuned.mass.values()]),
        run=results.run,
        population=population,
    )


def _shares(figures: Mapping[str, Any], which: str) -> dict[str, dict[str, float]] | None:
    """Demographic column -> option -> share, from a population's table of achieved margins."""
    shares: dict[str, dict[str, float]] = {}
    for row in figures.get("achieved", ()):
        shares.setdefault(row["column"], {})[row["option"]] = row[which]
    return shares or None
