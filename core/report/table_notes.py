"""Notes under a table: who is on each side, what the letters mean, what is hidden.

The same sentences in the app, the report and the Excel file.
"""

from dataclasses import dataclass
from datetime import date

from core.comparison.banner import Banner
from core.comparison.significance import Correction
from core.results.banner import TableChoice, Whose
from core.results.results import Results
from core.survey.shares import SMALL_BASE

HIDDEN, SMALL = "*", f"<{SMALL_BASE}"
"""Stand in a cell that is hidden because its base is small, and for such a base."""
NO_SYNTHETIC_MARGIN = (
    "Simulated columns have no margin of error and no significance letters: they are predictions of a model, "
    "and simulating more people would not make them more certain."
)
_CORRECTIONS = {
    Correction.NONE: "not corrected for the number of pairs: about 1 pair in 20 gets a capital by chance",
    Correction.BONFERRONI: "Bonferroni-corrected for all pairs of columns in the row and demographic",
    Correction.FDR: "false discovery rate (Benjamini-Hochberg) over all pairs in the row and demographic",
}


@dataclass(frozen=True)
class TableSource:
    """Source line of tables: survey, date, and who is on each side, as printed.

    Attributes
    ----------
    title, created
        Title of the survey, date.
    real, simulated
        Who is on each side.
    weighted
        Whether the survey carries design weights.
    generated
        Whether the survey is made up.
    """

    title: str
    created: str
    real: str
    simulated: str
    weighted: bool = False
    generated: bool = False


def table_source(results: Results, choice: TableChoice) -> TableSource:
    """Source of the tables of a simulation."""
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
        created=printed_today(),
        real=real,
        simulated=f"{simulated}, at temperature {results.temperature:.2f}",
        weighted=results.everyone.codebook.weight_column is not None,
        generated=results.survey.generated,
    )


def printed_today() -> str:
    """Date of today as printed on tables and reports, such as "04 May 2025"."""
    return f"{date.today():%d %B %Y}"


def table_notes(banner: Banner, source: TableSource) -> list[str]:
    """Sentences about how to read the tables, in the order they matter."""
    weighted = "Shares are weighted column percentages of those who answered."
    notes = [
        f"Real: {source.real}.",
        f"Simulated: {source.simulated}.",
        NO_SYNTHETIC_MARGIN,
        weighted if source.weighted else "Shares are column percentages of those who answered.",
        *_tests(banner, source),
        f"{HIDDEN} Hidden: fewer than {SMALL_BASE} real respondents (effective base), on both sides.",
    ]
    if banner.left_out:
        names = "; ".join(f"{column.group}: {column.label}" for column in banner.left_out)
        notes.append(f"Left out, fewer than {SMALL_BASE} real respondents in all: {names}.")
    if any(column.column for column in banner.columns):
        notes.append("Respondents who did not give a demographic are in the total only.")
    return notes


def _tests(banner: Banner, source: TableSource) -> list[str]:
    """Sentences on margins of error and significance letters."""
    if not banner.tested:
        return [
            "The respondents are generated, not real people: no margins of error, no significance letters."
        ]
    notes = []
    if source.generated:
        notes.append("The respondents are generated: margins and letters only show how real ones would look.")
    notes.append(
        "Shaded: the simulated figure lies outside the 95 % margin of error of the real one. With a perfect "
        "simulation that still happens to about 1 figure in 20."
    )
    if any(column.letter for column in banner.columns):
        notes.append(
            "Letters name the columns of the same demographic whose real figure is significantly smaller: "
            "upper case at 95 %, lower case at 90 % confidence; column-proportions z-test, for means and NPS "
            f"Welch's t-test, on effective bases, {_CORRECTIONS[banner.correction]}."
        )
    return notes
