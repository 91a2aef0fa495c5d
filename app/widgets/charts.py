"""Charts of `core.report.charts` placed on the page, as wide as it is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from core.report import charts

if TYPE_CHECKING:
    import numpy as np

    from core.comparison.calibration import CalibrationBin
    from core.comparison.sweep import QuestionSweep, Sweep
    from core.comparison.tradeoff import TradeoffPoint
    from core.experiments.design import Experiment
    from core.experiments.row import ExperimentRow
    from core.population.figures import PopulationFigures
    from core.report.specification import AnyChart
    from core.survey.topline import Topline


def place(chart: "AnyChart", key: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw a chart across the page; its description is the alternative text."""
    spec = charts.to_specification(chart)
    description = spec.pop("description")
    with st.container(key=key):
        st.vega_lite_chart(spec, width=width, alt=description)


def temperature_chart(
    question: "QuestionSweep", temperatures: "np.ndarray", chosen: float, start: float | None = None
) -> None:
    """Draw real against simulated shares of one question; the chart's slider begins at `start`."""
    chart = charts.distribution_chart(question, temperatures, chosen, theme=_theme(), start=start)
    place(chart, "results-chart")


def mix_chart(question: "QuestionSweep", temperatures: "np.ndarray", chosen: float) -> None:
    """Draw one question's shares for reweighted profiles."""
    place(charts.distribution_chart(question, temperatures, chosen, theme=_theme()), "mix-results-chart")


def tradeoff_chart(sweep: "Sweep", start: float | None = None) -> None:
    """Draw KL to the real toplines, and RMSE of individuals, against temperature; means over questions."""
    place(charts.tradeoff_chart(sweep, theme=_theme(), start=start), "tradeoff-results-chart")


def decoder_chart(sweep: "Sweep", points: "Sequence[TradeoffPoint]", start: float | None = None) -> bool:
    """Draw KL of toplines against RMSE of individuals for every decoder; False if no question has a scale."""
    return _placed(charts.decoder_chart(sweep, points, _theme(), start), "decoders-results-chart")


def calibration_chart(bins: "Sequence[CalibrationBin]") -> None:
    """Draw the share of answers really given against their simulated probability."""
    place(charts.calibration_chart(bins, theme=_theme()), "results-calibration")


def association_chart(
    pairs: Sequence[Sequence[Any]], demographics: Mapping[str, str], questions: Mapping[str, str]
) -> bool:
    """Draw differences of Cramér's V as a heatmap; False if no pair was compared."""
    chart = charts.association_chart(pairs, demographics, questions, theme=_theme())
    return _placed(chart, "results-associations")


def _placed(chart: "AnyChart | None", key: str) -> bool:
    if chart is not None:
        place(chart, key)
    return chart is not None


def loss_chart(metrics: Sequence[Mapping[str, Any]]) -> None:
    """Draw the learning curve of a tuning job."""
    place(charts.loss_chart(list(metrics), theme=_theme()), "job-curve")


def experiment_chart(rows: "Sequence[ExperimentRow]", experiment: "Experiment") -> None:
    """Draw an experiment's variants side by side, not stretched: stretched panels leave the page."""
    chart = charts.experiment_chart(
        rows,
        experiment.title,
        experiment.axis,
        theme=_theme(),
        curve=experiment.curve,
        ordered_only=experiment.ordered_only,
    )
    place(chart, "experiment-chart", width="content")


def runs_chart(metrics: Mapping[str, Sequence[Mapping[str, Any]]]) -> bool:
    """Draw validation curves of several runs; False if there are none."""
    return _placed(charts.runs_chart(metrics, theme=_theme()), "runs-curves")


def marginals_chart(found: "PopulationFigures") -> None:
    """Draw achieved against target marginals of a population."""
    spec = charts.marginals_chart(found.asked_shares, found.achieved_shares, found.labels, theme=_theme())
    place(spec, "population-chart")


def convergence_chart(trace: Sequence[float]) -> None:
    """Draw the largest deviation from a target after each round of raking."""
    place(charts.convergence_chart(trace, theme=_theme()), "population-convergence")


def pyramid_chart(rows: Sequence[Mapping[str, Any]], sexes: tuple[str, str]) -> None:
    """Draw the population pyramid: one record per age group and sex."""
    place(charts.pyramid_chart(rows, sexes, theme=_theme()), "population-pyramid")


def topline_chart(topline: "Topline") -> None:
    """Draw shares of the real answers to one question, with their margins of error."""
    place(charts.real_topline_chart(topline, theme=_theme()), "questionnaire-topline")


def simulated_colour() -> str:
    """Colour of simulated answers on the page as it is shown."""
    return charts.palette(_theme()).simulated


def _theme() -> str:
    return st.context.theme.type or charts.Theme.LIGHT
