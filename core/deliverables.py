"""What a user takes away from a simulation: the stakeholder report, tables, data files and pictures.

The use cases of the tables page and of the report; `core.studio` passes them on. Everything is made from a
simulation's own folder. No answer of a real respondent is in any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from core.comparison.banner import Banner, SimulatedPeople, banner
from core.comparison.divergence import effective_base
from core.comparison.significance import Correction
from core.errors import JobError
from core.finished import finished_job
from core.opening import read_results
from core.report.datafiles import DataFormat, data_file
from core.report.display import GENERATED, REAL
from core.report.excel import tables_workbook
from core.report.html import ReportContext, report_html
from core.report.images import ImageFormat, chart_image
from core.report.table_notes import TableSource
from core.report.validation import Validation
from core.report.verdicts import verdicts
from core.results import Results
from core.simulation.draws import SyntheticAnswers, draw_answers
from core.simulation.job import KIND as SIMULATE
from core.store.workspace import Workspace


class Whose(StrEnum):
    """Whose simulated answers a table shows."""

    RESPONDENTS = "respondents"
    POPULATION = "population"


@dataclass(frozen=True)
class TableChoice:
    """What tables to make.

    Attributes
    ----------
    by
        Columns of the demographics of the banner; none for toplines only.
    whose
        Held-out respondents stand beside their own real answers, a population beside all respondents.
    correction
        How significance letters allow for testing many pairs of columns.
    tested
        Whether to give letters and margins of error; None: unless the survey is generated.
    """

    by: tuple[str, ...] = ()
    whose: Whose = Whose.RESPONDENTS
    correction: Correction = Correction.NONE
    tested: bool | None = None


def tables(results: Results, choice: TableChoice = TableChoice()) -> Banner:
    """Toplines or banner tables of every simulated question.

    Raises
    ------
    JobError
        If tables of a population are asked for and none was simulated.
    CodebookError
        If the survey has no such demographic.
    """
    if choice.whose is Whose.POPULATION:
        real, people = results.everyone, _population(results)
    else:
        real, profiles = results.real, results.real.profiles
        people = SimulatedPeople(profiles, results.model, real.weights, np.ones(len(real)), respondents=True)
    return banner(real, people, choice.by, results.temperature, choice.correction, choice.tested)


def tables_file(results: Results, choice: TableChoice) -> bytes:
    """The same tables as an Excel workbook."""
    return tables_workbook(tables(results, choice), table_source(results, choice))


def table_source(results: Results, choice: TableChoice) -> TableSource:
    """Who is on each side of the tables, in words."""
    if choice.whose is Whose.POPULATION and results.population is not None:
        real = (
            f"all {len(results.everyone):,} respondents of the survey, those the model learned from included"
        )
        simulated = f'{results.population.size:,} people of the population "{results.population.name}"'
    else:
        real = f"the {len(results.real):,} respondents held out, whose answers the model never saw"
        simulated = "the same respondents, answered by the model"
    return TableSource(
        title=results.survey.name,
        created=_today(),
        real=real,
        simulated=f"{simulated}, at temperature {results.temperature:.2f}",
        weighted=results.everyone.codebook.weight_column is not None,
        generated=results.survey.generated,
    )


def topline_image(
    results: Results, choice: TableChoice, column: str, kind: ImageFormat | str = ImageFormat.PNG
) -> bytes:
    """The topline of one question as a picture for slides; `column` is the question's."""
    from core.report.topline_chart import topline_chart  # Altair is loaded where charts are made

    made = tables(results, replace(choice, by=()))
    source = f"simulated for {_side(results, choice)} at temperature {results.temperature:.2f}"
    label = GENERATED if results.survey.generated else REAL
    return chart_image(topline_chart(made.table(column), real_label=label, source=source), kind)


def _side(results: Results, choice: TableChoice) -> str:
    if choice.whose is Whose.POPULATION and results.population is not None:
        return f"{results.population.size:,} synthetic people"
    return "the same respondents"


def synthetic_answers(results: Results, seed: int = 0) -> SyntheticAnswers:
    """One drawn answer per question for every person of the population.

    Raises
    ------
    JobError
        If no population was simulated: answers of the held-out respondents would be rows of real people.
    """
    people, cell_of = results.scored.people, results.scored.people_cells
    if people is None or cell_of is None:
        raise JobError(
            "This simulation has no population, so there are no synthetic people.",
            where=results.simulation.id,
            fix="Build a population and simulate it.",
        )
    ids = np.array([f"synthetic-{i}" for i in range(1, len(people) + 1)], dtype=object)
    answers = draw_answers(results.scored.tuned.logprob, cell_of, results.temperature, seed)
    return SyntheticAnswers(results.everyone.codebook, ids, people, answers)


def answers_file(results: Results, kind: DataFormat | str, seed: int = 0) -> bytes:
    """The population's synthetic answers as CSV, Parquet or SPSS (.sav)."""
    note = f"Temperature {results.temperature:.2f}, seed {seed}, {_today()}."
    return data_file(synthetic_answers(results, seed), kind, note)


def _population(results: Results) -> SimulatedPeople:
    """The population's distinct profiles with the number of people of each."""
    scored = results.scored
    if scored.people_cells is None:
        raise JobError(
            "This simulation has no population.",
            where=results.simulation.id,
            fix="Use the held-out respondents, or simulate a population.",
        )
    cells, counts = np.unique(scored.people_cells, return_counts=True)
    profiles = scored.cells.iloc[cells].reset_index(drop=True)
    return SimulatedPeople(profiles, scored.tuned.of(cells), counts.astype(float), counts.astype(float))


def make_report(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    choice: TableChoice = TableChoice(),
) -> str:
    """A self-contained HTML report of one simulation; with banner tables if `choice` names demographics."""
    folder = finished_job(ws.jobs_folder, simulation_id, SIMULATE)
    return report_html(_report_context(read_results(folder, temperature, decoder), choice))


def _report_context(results: Results, choice: TableChoice) -> ReportContext:
    figures = results.population.figures if results.population else {}
    data = results.scored.data
    return ReportContext(
        title=results.survey.name,
        created=_today(),
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
        toplines=tables(results, replace(choice, by=())),
        toplines_source=table_source(results, choice),
        banner=tables(results, choice) if choice.by else None,
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
        toplines=tables(results),
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


def _today() -> str:
    return f"{date.today():%d %B %Y}"
