"""The report a stakeholder gets: one HTML file that works offline, temperature slider included.

Vega's JavaScript is bundled into the file, so it opens without a network; the cost is about 1 MB. The
report holds shares and distances only: no row of the survey, and no question answered by fewer than
`SMALL_BASE` respondents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.comparison.compare import Comparison
from core.comparison.sweep import Sweep
from core.report.curves import tradeoff_chart
from core.report.distribution import GENERATED, REAL, distribution_chart
from core.report.margins import Shares, marginals_chart
from core.report.tables import methods_table, questions_table
from core.report.wording import headlines, verdict

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
    run
        The tuning result: `base`, `temperature`, `steps`, `seconds` and so on.
    """

    title: str
    created: str
    comparison: Comparison
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
    run: Mapping[str, Any] = field(default_factory=dict)


def report_html(context: ReportContext) -> str:
    """One self-contained HTML page.

    Parameters
    ----------
    context
        The figures; survey text in it is escaped, never taken as markup.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = _figure
    details = context.comparison.to_dict()
    charts = _charts(context)
    return environment.get_template("report.html.jinja").render(
        context=context,
        bundle=Markup(_bundle()),  # noqa: S704 - a library's own script, no survey text in it
        charts=charts,
        left_out=[q.text for q in context.sweep.questions if q.n < SMALL_BASE],
        verdict=verdict(context.comparison),
        headlines=headlines(context.comparison, context.n_test),
        methods=methods_table(context.comparison).to_dict("records"),
        questions=[r for r in questions_table(context.comparison).to_dict("records") if r["n"] >= SMALL_BASE],
        temperature=details["temperature"],
        decoder=details["decoder"],
        population=_population_figures(context.population_figures),
        base=context.run.get("base") or {},
        small_base=SMALL_BASE,
    )


def _population_figures(figures: Mapping[str, Any]) -> list[str]:
    sentences = {
        "worst_margin_error": lambda value: f"Largest difference from a target: {value:.2f} points.",
        "weighting_efficiency": lambda value: f"Weighting efficiency: {100 * value:.0f} %.",
        "effective_base": lambda value: f"Effective base of the survey behind it: {value:.0f} respondents.",
    }
    return [write(figures[key]) for key, write in sentences.items() if figures.get(key) is not None]


def _charts(context: ReportContext) -> dict[str, Any]:
    views = {"Held-out respondents": context.sweep}
    if context.population_sweep is not None:
        views["The population you set"] = context.population_sweep
    real = GENERATED if context.generated else REAL
    shown = {q.column for q in context.sweep.questions if q.n >= SMALL_BASE}
    charts: dict[str, Any] = {
        "views": [
            {
                "name": name,
                "questions": [
                    {
                        "text": question.text,
                        "chart": _ready(
                            distribution_chart(question, sweep.temperatures, sweep.chosen, real_label=real)
                        ),
                    }
                    for question in sweep.questions
                    if question.column in shown
                ],
            }
            for name, sweep in views.items()
        ],
        "tradeoff": _ready(tradeoff_chart(context.sweep)),
        "margins": None,
    }
    if context.asked and context.achieved:
        charts["margins"] = _ready(marginals_chart(context.asked, context.achieved, context.labels))
    return charts


def _ready(chart: dict[str, Any]) -> dict[str, Any]:
    chart["config"] = chart["config"] | {"font": _FONT}
    return chart


@cache
def _bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script that may stand inside a page."""
    return vl_convert.javascript_bundle().replace("</script", "<\\/script")


def _figure(value: float | None, digits: int = 3) -> str:
    """A number for a table, or a dash when it is not defined."""
    return "–" if value is None or value != value else f"{value:.{digits}f}"
