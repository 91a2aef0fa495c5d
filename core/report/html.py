"""The report a stakeholder gets: one HTML file that works offline, temperature slider included.

Vega's JavaScript is bundled into the file, so it opens without a network; the cost is about 1 MB. The
report holds shares and distances only: no row of the survey, and no question or group answered by fewer than
`SMALL_BASE` respondents. It starts with what a stakeholder needs and ends with what a methodologist asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import vl_convert
from markupsafe import Markup

from core.comparison.banner import Banner
from core.comparison.compare import Comparison
from core.comparison.sweep import Sweep
from core.comparison.uncertainty import Uncertainty
from core.report.display import GENERATED, REAL, Shares
from core.report.judging import NEAR
from core.report.palette import dark_for_light
from core.report.summary import summarise
from core.report.table_notes import TableSource, table_notes
from core.report.tables import methods_table, questions_table
from core.report.tables_html import banner_html, environment, notes_html, stylesheet, topline_html
from core.report.validation import FORBIDDEN, INTENDED, Validation, validation_label
from core.report.verdicts import verdicts

SMALL_BASE = 30
"""Questions answered by fewer real respondents are left out of the report."""
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class ReportContext:
    """What the report is made from.

    Attributes
    ----------
    title
        Title of the survey.
    created
        Date of the report, as it is to be printed.
    comparison, sweep
        Figures of the held-out respondents, at one temperature and on the grid.
    n_train, n_validation, n_test
        Respondents in each split.
    generated
        Whether the survey is the made-up example.
    source_name
        Name of the survey file.
    weighted
        Whether the survey carries design weights.
    population_sweep
        The same questions for a population, when there is one.
    population_size, asked, achieved, population_figures
        Size, demographic targets, what was reached, and diagnostic figures of that population.
    labels
        Demographic column -> label.
    facts
        What the validation label says.
    uncertainty, structure
        What the verdicts go by, beside the comparison; the structure is None before it was computed.
    toplines, toplines_source
        Tables of all questions, and who is on each side of them.
    banner
        The same tables by demographics, when asked for.
    """

    title: str
    created: str
    comparison: Comparison
    uncertainty: Uncertainty
    sweep: Sweep
    n_train: int
    n_validation: int
    n_test: int
    generated: bool = False
    source_name: str = ""
    weighted: bool = False
    population_sweep: Sweep | None = None
    population_size: int | None = None
    asked: Shares | None = None
    achieved: Shares | None = None
    population_figures: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    facts: Validation | None = None
    structure: Mapping[str, Any] | None = None
    toplines: Banner | None = None
    toplines_source: TableSource | None = None
    banner: Banner | None = None


def report_html(context: ReportContext) -> str:
    """One self-contained HTML page.

    Parameters
    ----------
    context
        The figures; survey text in it is escaped, never taken as markup.
    """
    details = context.comparison.to_dict()
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            context=context,
            style=Markup(stylesheet()),  # noqa: S704 - our own file, no survey text in it
            bundle=Markup(_bundle()),  # noqa: S704 - a library's own script, no survey text in it
            charts=_charts(context),
            left_out=[q.text for q in context.sweep.questions if q.n < SMALL_BASE],
            summary=summarise(context.comparison, context.uncertainty, SMALL_BASE),
            verdicts=verdicts(context.comparison, context.uncertainty, context.structure),
            label=validation_label(context.facts) if context.facts else (),
            intended=INTENDED,
            forbidden=FORBIDDEN,
            toplines=_toplines(context),
            banners=_banners(context),
            table_notes=_notes(context),
            methods=methods_table(context.comparison).to_dict("records"),
            questions=_questions(context),
            temperature=details["temperature"],
            decoder=details["decoder"],
            population=_population_figures(context.population_figures),
            small_base=SMALL_BASE,
            near=NEAR,
            figure=_figure,
        )
    )


def _questions(context: ReportContext) -> list[dict[str, Any]]:
    rows = questions_table(context.comparison, context.uncertainty.question_worth).to_dict("records")
    bases = {question.column: question.n_effective for question in context.comparison.questions}
    return [
        row | {"Interviews": _interviews(row["Worth interviews"], bases[row["Column"]])}
        for row in rows
        if row["n"] >= SMALL_BASE
    ]


def _interviews(worth: float, base: float) -> str:
    """What one question is worth; when it cannot be told, it is more than the question has.

    >>> _interviews(88.4, 180.0), _interviews(float("nan"), 180.0)
    ('88', '> 180')
    """
    return f"> {base:,.0f}" if worth != worth else f"{worth:,.0f}"


def _toplines(context: ReportContext) -> list[Markup]:
    tables = context.toplines.tables if context.toplines else ()
    return [topline_html(table, i) for i, table in enumerate(tables, 1) if not table.suppressed[0]]


def _banners(context: ReportContext) -> list[Markup]:
    """One table per question and demographic with two categories or more; so each fits a printed page."""
    banner = context.banner
    if banner is None:
        return []
    names = [column.column for column in banner.columns if column.letter == "B"]
    return [
        banner_html(banner, table, number, [name])
        for number, table in enumerate(banner.tables, 1)
        if not table.suppressed[0]
        for name in names
    ]


def _notes(context: ReportContext) -> Markup:
    tables = context.banner or context.toplines
    if tables is None or context.toplines_source is None:
        return Markup()
    return notes_html(table_notes(tables, context.toplines_source))


def _population_figures(figures: Mapping[str, Any]) -> list[str]:
    sentences = {
        "worst_margin_error": lambda value: f"Largest difference from a target: {value:.2f} points.",
        "weighting_efficiency": lambda value: f"Weighting efficiency: {100 * value:.0f} %.",
        "effective_base": lambda value: f"Effective base of the survey behind it: {value:.0f} respondents.",
    }
    return [write(figures[key]) for key, write in sentences.items() if figures.get(key) is not None]


def _charts(context: ReportContext) -> dict[str, Any]:
    from core.report import charts  # Altair is loaded where charts are made

    views = {"Held-out respondents": context.sweep}
    if context.population_sweep is not None:
        views["The population you set"] = context.population_sweep
    ready = partial(charts.to_specification, font=_FONT)
    distribution = partial(charts.distribution_chart, real_label=GENERATED if context.generated else REAL)
    shown = {q.column for q in context.sweep.questions if q.n >= SMALL_BASE}
    margins = None
    if context.asked and context.achieved:
        margins = ready(charts.marginals_chart(context.asked, context.achieved, context.labels))
    return {
        "views": [
            {
                "name": name,
                "questions": [
                    {"text": q.text, "chart": ready(distribution(q, sweep.temperatures, sweep.chosen))}
                    for q in sweep.questions
                    if q.column in shown
                ],
            }
            for name, sweep in views.items()
        ],
        "tradeoff": ready(charts.tradeoff_chart(context.sweep)),
        "margins": margins,
        "dark": dark_for_light(),
    }


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that may stand inside a page."""
    return vl_convert.javascript_bundle().replace("</script", "<\\/script")


def _figure(value: float | None, digits: int = 3) -> str:
    """A number for a table, or a dash when it is not defined."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"
