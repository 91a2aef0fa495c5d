"""Use cases of the tables page: toplines and banners, pictures for slides, and synthetic answers as data.

Everything is made from a simulation's own folder. No answer of a real respondent is in any of it.
"""

from dataclasses import replace

from core.comparison.banner import Banner
from core.report.datafiles import DataFormat, data_file
from core.report.display import GENERATED, REAL
from core.report.excel import tables_workbook
from core.report.images import ImageFormat, chart_image
from core.report.table_notes import TableSource, printed_today, table_source
from core.results.banner import TOPLINES, TableChoice, Whose, results_banner
from core.results.results import Results
from core.results.synthetic import synthetic_answers

__all__ = ["DataFormat", "ImageFormat", "TableChoice", "TableSource", "Whose", "table_source"]


def banner(results: Results, choice: TableChoice = TOPLINES) -> Banner:
    """Toplines or banner tables of every simulated question.

    Raises
    ------
    JobError
        If tables of a population are asked for and none was simulated.
    CodebookError
        If the survey has no such demographic.
    """
    return results_banner(results, choice)


def workbook(results: Results, choice: TableChoice) -> bytes:
    """Excel workbook of the same tables, as the content of an .xlsx file."""
    return tables_workbook(results_banner(results, choice), table_source(results, choice))


def topline_image(
    results: Results, choice: TableChoice, column: str, kind: ImageFormat | str = ImageFormat.PNG
) -> bytes:
    """Picture of one question's topline for slides, as PNG or SVG; `column` is the question's."""
    from core.report.topline_chart import topline_chart  # Altair is loaded where charts are made

    made = results_banner(results, replace(choice, by=()))
    source = f"simulated for {_side(results, choice)} at temperature {results.temperature:.2f}"
    label = GENERATED if results.survey.generated else REAL
    return chart_image(topline_chart(made.table(column), real_label=label, source=source), kind)


def _side(results: Results, choice: TableChoice) -> str:
    if choice.whose is Whose.POPULATION and results.population is not None:
        return f"{results.population.size:,} synthetic people"
    return "the same respondents"


def answers_file(results: Results, kind: DataFormat | str, seed: int = 0) -> bytes:
    """Data file of the population's synthetic answers: CSV, Parquet or SPSS (.sav)."""
    note = f"Temperature {results.temperature:.2f}, seed {seed}, {printed_today()}."
    return data_file(synthetic_answers(results, seed), kind, note)
