"""HTML report: one file that works offline, temperature slider included.

Vega's JavaScript is bundled into the file, so it opens without a network; the cost is about 1 MB. The
report holds shares and distances only: no row of the survey, and no question or group answered by fewer than
`SMALL_BASE` respondents. It starts with what a stakeholder needs and ends with what a methodologist asks for.
"""

from collections.abc import Hashable
from dataclasses import replace
from functools import cache, partial
from typing import Any

import vl_convert
from markupsafe import Markup

from core.comparison.banner import Banner
from core.comparison.comparison import printed_temperature
from core.report.display import GENERATED, REAL
from core.report.judging import NEAR
from core.report.palette import dark_for_light
from core.report.summary import summarise
from core.report.table_notes import printed_today, table_notes, table_source
from core.report.tables import methods_table, questions_table
from core.report.tables_html import banner_html, environment, notes_html, stylesheet, topline_html
from core.report.validation import FORBIDDEN, INTENDED, validation_label
from core.report.verdicts import results_verdicts
from core.results.banner import TOPLINES, TableChoice, results_banner
from core.results.results import Results
from core.survey.shares import SMALL_BASE

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def report_html(results: Results, choice: TableChoice = TOPLINES) -> str:
    """HTML of one self-contained page; survey text in it is escaped, never taken as markup.

    Parameters
    ----------
    results
        The figures, of the held-out respondents.
    choice
        What tables to put in: toplines, and banner tables too if it names demographics.
    """
    comparison, found = results.comparison, results_verdicts(results)
    toplines = results_banner(results, replace(choice, by=()))
    banner = results_banner(results, choice) if choice.by else None
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            survey=results.survey,
            created=printed_today(),
            n_train=len(results.scored.train),
            n_validation=len(results.scored.data.part("validation")),
            n_test=len(results.real),
            weighted=results.everyone.codebook.weight_column is not None,
            style=Markup(stylesheet()),  # our own file, no survey text in it
            bundle=Markup(_bundle()),  # a library's own script, no survey text in it
            charts=_charts(results),
            left_out=[q.text for q in results.sweep.questions if q.n < SMALL_BASE],
            summary=summarise(comparison, results.uncertainty),
            verdicts=found,
            label=validation_label(results, found),
            intended=INTENDED,
            forbidden=FORBIDDEN,
            toplines=_toplines(toplines),
            banners=_banners(banner) if banner else [],
            table_notes=notes_html(table_notes(banner or toplines, table_source(results, choice))),
            methods=methods_table(comparison).to_dict("records"),
            questions=_questions(results),
            temperature=printed_temperature(comparison.temperature),
            decoder=comparison.decoder,
            population=results.population,
            population_sentences=_population_sentences(results),
            small_base=SMALL_BASE,
            near=NEAR,
            figure=_figure,
        )
    )


def _questions(results: Results) -> list[dict[Hashable, Any]]:
    rows = questions_table(results.comparison, results.uncertainty.question_worth).to_dict("records")
    bases = {question.column: question.n_effective for question in results.comparison.questions}
    return [
        row | {"Interviews": _interviews(row["Worth interviews"], bases[row["Column"]])}
        for row in rows
        if row["n"] >= SMALL_BASE
    ]


def _interviews(worth: float, base: float) -> str:
    """Equivalent number of interviews of a question, in words; undefined means more than its effective base.

    >>> _interviews(88.4, 180.0), _interviews(float("nan"), 180.0)
    ('88', '> 180')
    """
    return f"> {base:,.0f}" if worth != worth else f"{worth:,.0f}"


def _toplines(toplines: Banner) -> list[Markup]:
    return [topline_html(table, i) for i, table in enumerate(toplines.tables, 1) if not table.suppressed[0]]


def _banners(banner: Banner) -> list[Markup]:
    """One table per question and demographic with two categories or more; so each fits a printed page."""
    names = [column.column for column in banner.columns if column.letter == "B"]
    return [
        banner_html(banner, table, number, [name])
        for number, table in enumerate(banner.tables, 1)
        if not table.suppressed[0]
        for name in names
    ]


def _population_sentences(results: Results) -> list[str]:
    figures = results.population_figures
    if figures is None:
        return []
    return [
        f"Largest difference from a target: {figures.worst_margin_error:.2f} points.",
        f"Weighting efficiency: {100 * figures.weighting_efficiency:.0f} %.",
        f"Effective base of the survey behind it: {figures.effective_base:.0f} respondents.",
    ]


def _charts(results: Results) -> dict[str, Any]:
    """Specifications of all charts, and dark colours by light ones; small questions are left out."""
    from core.report import charts  # Altair is loaded where charts are made

    views = {"Held-out respondents": results.sweep}
    if results.population_sweep is not None:
        views["The population you set"] = results.population_sweep
    real = GENERATED if results.survey.generated else REAL
    ready = partial(charts.to_specification, font=_FONT)
    distribution = partial(charts.distribution_chart, real_label=real)
    shown = {q.column for q in results.sweep.questions if q.n >= SMALL_BASE}
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
        "tradeoff": ready(charts.tradeoff_chart(results.sweep)),
        "margins": _margins(results),
        "dark": dark_for_light(),
    }


def _margins(results: Results) -> dict[str, Any] | None:
    """Specification of the chart of asked and achieved shares of the population; None without targets."""
    from core.report import charts  # Altair is loaded where charts are made

    found = results.population_figures
    if found is None or not found.achieved:
        return None
    chart = charts.marginals_chart(found.asked_shares, found.achieved_shares, found.labels)
    return charts.to_specification(chart, font=_FONT)


@cache
def _bundle() -> str:
    """JavaScript of Vega, Vega-Lite and Vega-Embed as one script that may stand inside a page."""
    bundle = vl_convert.javascript_bundle()  # type: ignore[call-arg] # its stub asks for an optional argument
    return bundle.replace("</script", "<\\/script")


def _figure(value: float | None, digits: int = 3) -> str:
    """A number for a table, or a dash when it is not defined."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"
